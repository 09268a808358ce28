package main

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// twoProcesses opens instances of one description in two processes on one database.
func twoProcesses(t *testing.T, kind, dsn string, options map[string]any) []*testInstance {
	t.Helper()
	all := map[string]any{"emailAndPassword": map[string]any{"enabled": true}}
	maps.Copy(all, options)
	description := map[string]any{"database": map[string]any{"kind": kind, "dsn": dsn}, "options": all}
	return []*testInstance{startProcess(t).open(description), startProcess(t).open(description)}
}

// fiftyAnswers sends fifty requests at once and returns the answers.
func fiftyAnswers(send func(i int) response) []response {
	answers := make([]response, 50)
	begin := make(chan struct{})
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			<-begin
			answers[i] = send(i)
		})
	}
	close(begin)
	wg.Wait()
	return answers
}

// lastToken returns the token of the last mail that an instance has sent.
func lastToken(t *testing.T, i *testInstance) string {
	t.Helper()
	var messages []struct{ Args []struct{ Token string } }
	decodeJSON(t, i.outbox(""), &messages)
	if len(messages) == 0 {
		t.Fatal("nothing was sent")
	}
	return messages[len(messages)-1].Args[0].Token
}

// TestOneResetOfFifty: of fifty uses of two links to reset one password, one succeeds, and its password is the one that
// counts.
func TestOneResetOfFifty(t *testing.T) {
	t.Parallel()
	for kind, fresh := range freshDatabases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			db, dsn := fresh(t)
			record := map[string]any{"$record": true}
			instances := twoProcesses(t, kind, dsn, map[string]any{"emailAndPassword": map[string]any{"enabled": true, "sendResetPassword": record}})
			ann := instances[0]
			ann.signUp("ann@example.com")
			ann.request("POST", "/api/auth/request-password-reset", `{"email":"ann@example.com"}`)
			tokens := []string{lastToken(t, ann)}
			ann.request("POST", "/api/auth/request-password-reset", `{"email":"ann@example.com"}`)
			tokens = append(tokens, lastToken(t, ann))
			won, password := 0, ""
			for i, a := range fiftyAnswers(func(i int) response {
				body := fmt.Sprintf(`{"newPassword":"password-%d","token":"%s"}`, 100+i, tokens[i/2%2])
				return instances[i%2].request("POST", "/api/auth/reset-password", body)
			}) {
				switch {
				case a.status == http.StatusOK:
					won++
					password = fmt.Sprintf("password-%d", 100+i)
				case a.status != 400 || !strings.Contains(a.body, `"INVALID_TOKEN"`):
					t.Errorf("got %d %s, want 400", a.status, a.body)
				}
			}
			if won != 1 {
				t.Errorf("got %d winners, want 1", won)
			}
			if a := ann.request("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"`+password+`"}`); a.status != http.StatusOK {
				t.Errorf("the winner's password: got %d %s", a.status, a.body)
			}
			if n := count(t, db, "select count(*) from verification"); n != 0 {
				t.Errorf("%d tokens are left", n)
			}
		})
	}
}

// TestOneDeletionOfFifty: of fifty uses of one link to delete a user, one succeeds, and nothing of the user is left.
func TestOneDeletionOfFifty(t *testing.T) {
	t.Parallel()
	for kind, fresh := range freshDatabases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			db, dsn := fresh(t)
			remove := map[string]any{"enabled": true, "sendDeleteAccountVerification": map[string]any{"$record": true}}
			instances := twoProcesses(t, kind, dsn, map[string]any{"user": map[string]any{"deleteUser": remove}})
			ann := instances[0]
			cookie := ann.signUp("ann@example.com")
			ann.request("POST", "/api/auth/delete-user", "{}", "Cookie", cookie, "Origin", ann.url)
			link, won := "/api/auth/delete-user/callback?token="+lastToken(t, ann), 0
			for _, a := range fiftyAnswers(func(i int) response { return instances[i%2].request("GET", link, "", "Cookie", cookie) }) {
				switch a.status {
				case 200:
					won++
				case 404, 401: // the token is spent, or the session has gone with the user
				default:
					t.Errorf("got %d %s, want 404 or 401", a.status, a.body)
				}
			}
			if won != 1 {
				t.Errorf("got %d winners, want 1", won)
			}
			quote := `"`
			if kind == "mysql" {
				quote = "`"
			}
			for _, table := range []string{"user", "account", "session", "verification"} {
				if n := count(t, db, "select count(*) from "+quote+table+quote); n != 0 {
					t.Errorf("%d rows of %s are left", n, table)
				}
			}
		})
	}
}
