package core_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cardea-auth/cardea/core/model"
)

func TestListAndUnlinkAccounts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	cookie := r.signUp("ann@example.com")
	r.signUp("bob@example.com")
	user, err := r.FindUserByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	list := func() string { return r.do("GET", "/api/auth/list-accounts", "", "Cookie", cookie).body }
	if got := list(); !strings.HasPrefix(got, `[{"accountId":"`+user.ID+`","providerId":"credential","userId":"`+user.ID+`","createdAt":"`) || !strings.HasSuffix(got, `"scopes":[]}]`) {
		t.Errorf("got %s", got)
	}
	unlink := func(id string) answer {
		return r.do("POST", "/api/auth/unlink-account", `{"accountId":"`+id+`"}`, "Cookie", cookie)
	}
	wantStatus(t, unlink("whatever"), 400, "FAILED_TO_UNLINK_LAST_ACCOUNT")

	scope, token := "read:user, user:email", "secret-token"
	acc, err := r.CreateAccount(t.Context(), model.Account{UserID: user.ID, ProviderID: "github", AccountID: "42", Scope: &scope, AccessToken: &token})
	if err != nil {
		t.Fatal(err)
	}
	if got := list(); !strings.Contains(got, `"scopes":["read:user","user:email"]`) || strings.Contains(got, token) {
		t.Errorf("got %s, want scopes and no token", got)
	}
	bob, err := r.FindUserByEmail(t.Context(), "bob@example.com")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := r.FindCredential(t.Context(), bob.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantStatus(t, unlink(theirs.ID), 400, "ACCOUNT_NOT_FOUND")
	wantStatus(t, unlink(acc.ID), 200, `{"status":true}`)
	wantStatus(t, r.do("GET", "/api/auth/list-accounts", ""), 401, "UNAUTHORIZED")
}

func TestUnlinkingBothAtOnceKeepsOne(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	cookie := r.signUp("ann@example.com")
	user, err := r.FindUserByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.CreateAccount(t.Context(), model.Account{UserID: user.ID, ProviderID: "github", AccountID: "42"}); err != nil {
		t.Fatal(err)
	}
	accounts, err := r.Accounts(t.Context(), user.ID)
	if err != nil || len(accounts) != 2 {
		t.Fatalf("%d accounts, %v", len(accounts), err)
	}
	var done atomic.Int64
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			a := r.do("POST", "/api/auth/unlink-account", `{"accountId":"`+accounts[i%2].ID+`"}`, "Cookie", cookie)
			if a.status == http.StatusOK {
				done.Add(1)
			}
		})
	}
	wg.Wait()
	left, err := r.Accounts(t.Context(), user.ID)
	if err != nil || len(left) != 1 || done.Load() != 1 {
		t.Errorf("%d accounts left after %d removals (%v), want 1 after 1", len(left), done.Load(), err)
	}
}
