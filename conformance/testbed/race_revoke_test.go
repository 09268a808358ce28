package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// sharedPlace is where two processes on one database have their sessions.
type sharedPlace struct {
	redis   bool
	options string
}

var sharedPlaces = map[string]sharedPlace{
	"table":           {false, `{"updateAge":60}`},
	"redis":           {true, `{"updateAge":60}`},
	"redis and table": {true, `{"updateAge":60,"storeSessionInDatabase":true}`},
}

// TestNewPasswordRace: a new password that one of two processes on one database has answered ends all that was done with the
// old one, also the sign-ins that were under way.
func TestNewPasswordRace(t *testing.T) {
	t.Parallel()
	for kind, fresh := range freshDatabases {
		for place, sessions := range sharedPlaces {
			t.Run(kind+"/"+place, func(t *testing.T) {
				t.Parallel()
				_, dsn := fresh(t)
				b := newBanned(t, kind, dsn, sessions)
				for round := range 4 {
					old, next := fmt.Sprint("password-", round+1), fmt.Sprint("password-", round+2)
					var cookies []string
					for i, a := range fiftyAnswers(func(i int) response {
						if i == 25 {
							return b.instances[round%2].post("/admin/set-user-password", `{"userId":"`+b.id+`","newPassword":"`+next+`"}`, b.admin)
						}
						return b.signInWith(i%2, old)
					}) {
						switch {
						case a.status == http.StatusOK && i != 25:
							cookies = append(cookies, cookieHeader(a.header["Set-Cookie"]))
						case a.status != http.StatusOK && (i == 25 || a.status != 401 || !strings.Contains(a.body, `"INVALID_EMAIL_OR_PASSWORD"`)):
							t.Errorf("%d: got %d %s", i, a.status, a.body)
						}
					}
					b.wantOut(t, cookies)
					wantStatus(t, 401, b.signInWith(0, old))
					wantStatus(t, 200, b.signInWith(1, next))
				}
			})
		}
	}
}

// TestBanRace: a ban that one of two processes on one database has answered holds at both, whatever the user was doing at
// that moment: none of the sessions that there were is good any more, none that was prolonged, and none that a sign-in made
// meanwhile. They are no good when the ban is lifted, either.
func TestBanRace(t *testing.T) {
	t.Parallel()
	for kind, fresh := range freshDatabases {
		for place, sessions := range sharedPlaces {
			t.Run(kind+"/"+place, func(t *testing.T) {
				t.Parallel()
				db, dsn := fresh(t)
				b := newBanned(t, kind, dsn, sessions)
				rows := `select count(*) from ` + quoted(kind, "session") + ` where ` + quoted(kind, "userId") + ` = '` + b.id + `'`
				for round := range 4 {
					cookies := b.ban(t, round%2)
					if n := count(t, db, rows); n != 0 {
						t.Errorf("%d sessions are left by a ban", n)
					}
					b.unban(t, 1-round%2)
					b.wantOut(t, cookies)
					if n := count(t, db, rows); n != 0 {
						t.Errorf("%d sessions are left when a ban is lifted", n)
					}
				}
			})
		}
	}
}

// banned is Bob, who is banned again and again, by an admin, at two processes.
type banned struct {
	id        string
	instances []*testInstance
	admin     jar
}

// newBanned opens two processes on one database.
func newBanned(t *testing.T, kind, dsn string, sessions sharedPlace) *banned {
	t.Helper()
	description := map[string]any{
		"database": map[string]any{"kind": kind, "dsn": dsn}, "compat": "hardened",
		"options": enabled(`"baseURL":"http://localhost:3000"`, `"secret":"race-secret-0123456789-0123456789"`, `"session":`+sessions.options),
		"plugins": []any{map[string]any{"id": "admin"}}, "passwordHasher": "slow",
	}
	if sessions.redis {
		description["secondaryStorage"], _ = freshRedis(t)
	}
	instances := []*testInstance{startProcess(t).open(description), startProcess(t).open(description)}
	instances[0].moveClock(`{"advanceMs":300}`) // no two servers have quite the same time
	b := &banned{instances: instances, admin: jar{}}
	instances[0].call("createUser", `{"body":{"name":"Ann","email":"ann@example.com","password":"password-1","role":"admin"}}`)
	wantStatus(t, 200, instances[0].post("/sign-in/email", `{"email":"ann@example.com","password":"password-1"}`, b.admin))
	res := instances[1].call("createUser", `{"body":{"name":"Bob","email":"bob@example.com","password":"password-1"}}`)
	var made struct{ User struct{ ID string } }
	decodeJSON(t, string(res.Body), &made)
	b.id = made.User.ID
	return b
}

func (b *banned) signIn(at int) response { return b.signInWith(at, "password-1") }

func (b *banned) signInWith(at int, password string) response {
	return b.instances[at].request("POST", "/api/auth/sign-in/email", `{"email":"bob@example.com","password":"`+password+`"}`)
}

// ban bans Bob at one of the processes while he signs in and uses the sessions that he has, at both. It returns the cookies
// of all his sessions.
func (b *banned) ban(t *testing.T, at int) []string {
	t.Helper()
	var old []string
	for i := range 10 {
		old = append(old, cookieHeader(wantStatus(t, 200, b.signIn(i%2)).header["Set-Cookie"]))
	}
	for _, i := range b.instances {
		i.moveClock(`{"advanceMs":61000}`) // whoever uses a session now prolongs it
	}
	cookies := old
	for i, a := range fiftyAnswers(func(i int) response {
		switch {
		case i == 24+at:
			res := b.instances[at].post("/admin/ban-user", `{"userId":"`+b.id+`"}`, b.admin)
			if res.status == http.StatusOK {
				b.wantOut(t, old) // at once
			}
			return res
		case i%5 < 3:
			return b.signIn(i % 2)
		default:
			return b.instances[i%2].request("GET", "/api/auth/get-session", "", "Cookie", old[i/5])
		}
	}) {
		switch {
		case i == 24+at:
			wantStatus(t, 200, a)
		case i%5 < 3 && a.status == http.StatusOK:
			cookies = append(cookies, cookieHeader(a.header["Set-Cookie"]))
		case i%5 < 3:
			b.wantRefused(t, a)
		case a.status != http.StatusOK && (a.status != 401 || !strings.Contains(a.body, `"FAILED_TO_GET_SESSION"`)):
			t.Errorf("get-session: got %d %s", a.status, a.body)
		}
	}
	b.wantOut(t, cookies)
	for at := range b.instances {
		b.wantRefused(t, b.signIn(at))
	}
	return cookies
}

func (b *banned) unban(t *testing.T, at int) {
	t.Helper()
	wantStatus(t, 200, b.instances[at].post("/admin/unban-user", `{"userId":"`+b.id+`"}`, b.admin))
}

// wantRefused wants a sign-in of somebody who is banned.
func (b *banned) wantRefused(t *testing.T, res response) {
	t.Helper()
	if res.status != 403 || !strings.Contains(res.body, `"BANNED_USER"`) {
		t.Errorf("sign-in: got %d %s, want 403 BANNED_USER", res.status, res.body)
	}
}

// wantOut wants none of the sessions to be good, at either process.
func (b *banned) wantOut(t *testing.T, cookies []string) {
	t.Helper()
	for _, c := range cookies {
		for _, i := range b.instances {
			wantBody(t, i.request("GET", "/api/auth/get-session", "", "Cookie", c), 200, "null")
		}
	}
}

func wantStatus(t *testing.T, status int, res response) response {
	t.Helper()
	if res.status != status {
		t.Fatalf("got %d %s, want %d", res.status, res.body, status)
	}
	return res
}
