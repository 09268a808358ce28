package core_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

func withDeleteUser(change ...func(*core.DeleteUserConfig)) func(*core.Config) {
	return func(c *core.Config) {
		c.Background = func(fn func()) { fn() }
		c.User.DeleteUser.Enabled = true
		for _, f := range change {
			f(&c.User.DeleteUser)
		}
	}
}

func (r *rig) count(table string) int64 {
	r.t.Helper()
	n, err := r.Store().Count(r.t.Context(), store.From(r.Schema().Table(table)))
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

func TestDeleteUser(t *testing.T) {
	t.Parallel()
	var events []string
	r := newRig(t, withDeleteUser(), func(c *core.Config) {
		c.Hooks = []core.Hook{core.OnEvent(func(_ context.Context, _ *core.Exchange, e core.UserDeleted) { events = append(events, e.UserID) })}
	})
	ann, bob := r.signUp("ann@example.com"), r.signUp("bob@example.com")
	id := r.user("ann@example.com").ID
	if err := r.CreateVerification(t.Context(), "reset-password:x", id, time.Hour); err != nil {
		t.Fatal(err)
	}
	r.clock.Advance(25 * time.Hour)
	for body, want := range map[string]string{
		`{}`:                   "SESSION_EXPIRED",
		`{"password":""}`:      "SESSION_EXPIRED",
		`{"password":"wrong"}`: "INVALID_PASSWORD",
		`{"password":"` + strings.Repeat("x", 129) + `"}`: "PASSWORD_TOO_LONG",
	} {
		wantStatus(t, r.do("POST", "/api/auth/delete-user", body, "Cookie", ann), 400, want)
	}
	wantStatus(t, r.do("POST", "/api/auth/delete-user", `{"token":"x"}`, "Cookie", ann), 404, "INVALID_TOKEN")
	a := r.do("POST", "/api/auth/delete-user", `{"password":"password-1"}`, "Cookie", ann)
	if wantStatus(t, a, 200, `{"success":true,"message":"User deleted"}`); len(a.cookies()) != 3 {
		t.Errorf("got %v, want the cookies to be taken away", a.header)
	}
	if len(events) != 1 || events[0] != id {
		t.Errorf("got %v, want %s", events, id)
	}
	for _, table := range []string{model.UserTable, model.AccountTable, model.SessionTable} {
		if n := r.count(table); n != 1 {
			t.Errorf("%d rows in %s, want Bob's", n, table)
		}
	}
	if n := r.count(model.VerificationTable); n != 0 {
		t.Errorf("%d verifications are left", n)
	}
	wantStatus(t, r.do("POST", "/api/auth/delete-user", `{}`, "Cookie", ann), 401, "UNAUTHORIZED")
	wantStatus(t, r.do("GET", "/api/auth/get-session", "", "Cookie", bob), 200, "bob@example.com")
}

func TestDeleteUserByLink(t *testing.T) {
	t.Parallel()
	var box mailbox
	var calls []string
	refuse := false
	note := func(what string) core.UserFunc {
		return func(_ context.Context, _ *core.Exchange, u *model.User) error {
			calls = append(calls, what+" "+u.Email)
			if refuse {
				return core.NewError(409, "STAYS", "not now")
			}
			return nil
		}
	}
	r := newRig(t, withDeleteUser(func(c *core.DeleteUserConfig) {
		c.SendVerification, c.Before, c.After = box.send, note("before"), note("after")
	}))
	ann, bob := r.signUp("ann@example.com"), r.signUp("bob@example.com")
	wantStatus(t, r.do("POST", "/api/auth/delete-user", `{"callbackURL":"/bye"}`, "Cookie", ann), 200, "Verification email sent")
	m := box.last(t, 1)
	if want := testOrigin + "/api/auth/delete-user/callback?token=" + m.Token + "&callbackURL=%2Fbye"; m.URL != want || len(m.Token) != 32 {
		t.Errorf("got %s, want %s", m.URL, want)
	}
	wantStatus(t, r.do("GET", path(t, m), ""), 404, "FAILED_TO_GET_USER_INFO")
	wantStatus(t, r.do("GET", path(t, m), "", "Cookie", bob), 404, "INVALID_TOKEN")
	wantStatus(t, r.do("POST", "/api/auth/delete-user", `{"token":"`+m.Token+`"}`, "Cookie", bob), 404, "INVALID_TOKEN")
	wantStatus(t, r.do("POST", "/api/auth/reset-password", `{"newPassword":"password-2","token":"`+m.Token+`"}`), 400, "INVALID_TOKEN")
	if a := r.do("HEAD", path(t, m), "", "Cookie", ann); a.status != 404 {
		t.Errorf("HEAD: got %d", a.status)
	}
	refuse = true
	wantStatus(t, r.do("GET", path(t, m), "", "Cookie", ann), 409, "STAYS")
	refuse = false
	if len(calls) != 1 || r.count(model.UserTable) != 2 {
		t.Errorf("got %v and %d users", calls, r.count(model.UserTable))
	}
	a := r.do("GET", path(t, m)+"&callbackURL=/bye", "", "Cookie", ann)
	if a.status != 302 || a.header.Get("Location") != "/bye" || len(a.cookies()) != 3 {
		t.Errorf("got %d %v", a.status, a.header)
	}
	if got := strings.Join(calls, ", "); got != "before ann@example.com, before ann@example.com, after ann@example.com" {
		t.Errorf("got %s", got)
	}
	if r.count(model.VerificationTable) != 0 {
		t.Error("the token is left")
	}
}

// TestFiftyDeletions: of fifty uses of one link, one deletes.
func TestFiftyDeletions(t *testing.T) {
	t.Parallel()
	const n = 50
	var box mailbox
	var after atomic.Int64
	var arrived sync.WaitGroup
	arrived.Add(n)
	r := newRig(t, withDeleteUser(func(c *core.DeleteUserConfig) {
		c.SendVerification = box.send
		c.Before = func(context.Context, *core.Exchange, *model.User) error {
			arrived.Done()
			arrived.Wait() // until all have seen the token
			return nil
		}
		c.After = func(context.Context, *core.Exchange, *model.User) error { after.Add(1); return nil }
	}))
	ann := r.signUp("ann@example.com")
	r.signUp("bob@example.com")
	r.do("POST", "/api/auth/delete-user", `{}`, "Cookie", ann)
	link := path(t, box.last(t, 1))
	var won atomic.Int64
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			switch a := r.do("GET", link, "", "Cookie", ann); a.status {
			case 200:
				won.Add(1)
			case 404, 401:
			default:
				t.Errorf("got %d %s", a.status, a.body)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || after.Load() != 1 || r.count(model.UserTable) != 1 {
		t.Errorf("%d won, After was called %d times, %d users are left; want 1, 1 and 1", won.Load(), after.Load(), r.count(model.UserTable))
	}
}

// TestNobodyHasAPassword: without the plugin that knows passwords there are none.
func TestNobodyHasAPassword(t *testing.T) {
	t.Parallel()
	check := core.Define(core.Spec{ID: "check", Access: core.ServerOnly}, func(ctx context.Context, x *core.Exchange, _ core.None) (core.None, error) {
		return core.None{}, x.CheckPassword(ctx, "somebody", "password-1")
	})
	r := newRig(t, func(c *core.Config) { c.Plugins = []core.Plugin{one{check}} })
	if _, err := check.Call(t.Context(), r.Auth, core.None{}); !errors.Is(err, core.ErrNoPasswordAccount) {
		t.Errorf("got %v, want %v", err, core.ErrNoPasswordAccount)
	}
}

type one struct{ e core.AnyEndpoint }

func (o one) Manifest() core.Manifest {
	return core.Manifest{ID: "one", Endpoints: []core.AnyEndpoint{o.e}}
}
