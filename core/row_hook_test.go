package core_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// rowLog notes which hooks ran.
type rowLog struct {
	mu    sync.Mutex
	lines []string
}

func (l *rowLog) add(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func (l *rowLog) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.lines
	l.lines = nil
	return out
}

// noted makes hooks of every kind that note their running under a name.
func noted[T any](l *rowLog, who string, name func(*T) string) core.RowHooks[T] {
	note := func(when string) func(context.Context, *core.Exchange, *T) error {
		return func(ctx context.Context, x *core.Exchange, row *T) error {
			operation := "none"
			if x != nil {
				operation = x.Endpoint().Spec().ID
			}
			l.add("%s %s %s %v %s", who, when, name(row), store.InTransaction(ctx), operation)
			return nil
		}
	}
	return core.RowHooks[T]{
		BeforeCreate: note("before create"), OnCreate: note("on create"), AfterCreate: note("after create"),
		BeforeUpdate: func(_ context.Context, _ *core.Exchange, set store.Record) error {
			l.add("%s before update %d", who, len(set))
			return nil
		},
		OnUpdate: note("on update"), AfterUpdate: note("after update"),
		BeforeDelete: note("before delete"), OnDelete: note("on delete"), AfterDelete: note("after delete"),
	}
}

type hookedPlugin struct{ hooks core.DatabaseHooks }

func (p hookedPlugin) Manifest() core.Manifest {
	return core.Manifest{ID: "hooked", DatabaseHooks: p.hooks}
}

func TestRowHooksRunInOrder(t *testing.T) {
	t.Parallel()
	var l rowLog
	userName := func(u *model.User) string { return u.Name }
	r := newRig(t, func(c *core.Config) {
		c.DatabaseHooks.User = noted(&l, "app", userName)
		c.DatabaseHooks.Account = noted(&l, "app", func(a *model.Account) string { return a.ProviderID })
		c.DatabaseHooks.Session = noted(&l, "app", func(*model.Session) string { return "session" })
		c.Plugins = append(c.Plugins, hookedPlugin{core.DatabaseHooks{User: noted(&l, "plugin", userName)}})
	})
	cookie := r.signUp("ann@example.com")
	want := []string{
		"plugin before create Ann true signUpEmail", "app before create Ann true signUpEmail",
		"plugin on create Ann true signUpEmail", "app on create Ann true signUpEmail",
		"app before create credential true signUpEmail", "app on create credential true signUpEmail",
		"app before create session true signUpEmail", "app on create session true signUpEmail",
		"plugin after create Ann false signUpEmail", "app after create Ann false signUpEmail",
		"app after create credential false signUpEmail", "app after create session false signUpEmail",
	}
	if got := l.take(); !slices.Equal(got, want) {
		t.Errorf("sign-up: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	u, err := r.FindUserByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.UpdateUser(t.Context(), u.ID, store.Record{"name": "Anna"}); err != nil {
		t.Fatal(err)
	}
	want = []string{"plugin before update 2", "app before update 2", "plugin on update Anna true none", "app on update Anna true none",
		"plugin after update Anna false none", "app after update Anna false none"}
	if got := l.take(); !slices.Equal(got, want) {
		t.Errorf("update: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	r.clock.Advance(2 * day)
	r.signedIn(t, cookie)
	want = []string{"app before update 2", "app on update session true getSession", "app after update session false getSession"}
	if got := l.take(); !slices.Equal(got, want) {
		t.Errorf("refresh: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	r.do("POST", "/api/auth/sign-out", "{}", "Cookie", cookie)
	want = []string{"app before delete session false signOut", "app on delete session true signOut", "app after delete session false signOut"}
	if got := l.take(); !slices.Equal(got, want) {
		t.Errorf("sign-out: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRowHooksChangeAndRefuse(t *testing.T) {
	t.Parallel()
	var teapot = core.NewError(418, "TEAPOT", "short and stout")
	for name, c := range map[string]struct {
		hooks  core.DatabaseHooks
		status int
		body   string
		users  int64
	}{
		"change": {core.DatabaseHooks{User: core.RowHooks[model.User]{BeforeCreate: func(_ context.Context, _ *core.Exchange, u *model.User) error {
			u.Name = "Changed"
			return nil
		}}}, 200, `"name":"Changed"`, 1},
		"refuse a user": {core.DatabaseHooks{User: core.RowHooks[model.User]{BeforeCreate: func(context.Context, *core.Exchange, *model.User) error {
			return core.ErrRefused
		}}}, 400, "FAILED_TO_CREATE_USER", 0},
		"refuse with an answer": {core.DatabaseHooks{User: core.RowHooks[model.User]{BeforeCreate: func(context.Context, *core.Exchange, *model.User) error {
			return teapot
		}}}, 418, "TEAPOT", 0},
		"refuse a session": {core.DatabaseHooks{Session: core.RowHooks[model.Session]{BeforeCreate: func(context.Context, *core.Exchange, *model.Session) error {
			return core.ErrRefused
		}}}, 400, "FAILED_TO_CREATE_SESSION", 0},
		"fail in the transaction": {core.DatabaseHooks{Account: core.RowHooks[model.Account]{OnCreate: func(context.Context, *core.Exchange, *model.Account) error {
			return errors.New("broken")
		}}}, 500, "", 0},
		"fail afterwards": {core.DatabaseHooks{Account: core.RowHooks[model.Account]{AfterCreate: func(context.Context, *core.Exchange, *model.Account) error {
			return errors.New("broken")
		}}}, 500, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(config *core.Config) { config.DatabaseHooks = c.hooks })
			a := r.do("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`)
			wantStatus(t, a, c.status, c.body)
			if n, err := r.Store().Count(t.Context(), storeFrom(r, model.UserTable)); err != nil || n != c.users {
				t.Errorf("%d users (%v), want %d", n, err, c.users)
			}
			if c.status != 200 && len(a.header["Set-Cookie"]) != 0 {
				t.Errorf("cookies: %v", a.header["Set-Cookie"])
			}
		})
	}
}

func TestRowHooksRefuseSignIns(t *testing.T) {
	t.Parallel()
	refuse := false
	r := newRig(t, func(c *core.Config) {
		c.DatabaseHooks.Session.BeforeCreate = func(context.Context, *core.Exchange, *model.Session) error {
			if refuse {
				return core.ErrRefused
			}
			return nil
		}
	})
	r.signUp("ann@example.com")
	refuse = true
	wantStatus(t, r.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1"}`), 401, "FAILED_TO_CREATE_SESSION")
}

func TestRowHooksRefuseChanges(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.DatabaseHooks.User.BeforeUpdate = func(_ context.Context, _ *core.Exchange, set store.Record) error {
			if set["name"] == "Bad" {
				return core.ErrRefused
			}
			set["image"] = "changed"
			return nil
		}
		c.DatabaseHooks.Session.BeforeDelete = func(context.Context, *core.Exchange, *model.Session) error { return core.ErrRefused }
	})
	cookie := r.signUp("ann@example.com")
	u, err := r.FindUserByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.UpdateUser(t.Context(), u.ID, store.Record{"name": "Bad"}); !errors.Is(err, core.ErrRefused) {
		t.Errorf("got %v", err)
	}
	if u, err = r.UpdateUser(t.Context(), u.ID, store.Record{"name": "Good"}); err != nil || u.Name != "Good" || *u.Image != "changed" {
		t.Errorf("got %+v, %v", u, err)
	}
	wantStatus(t, r.do("POST", "/api/auth/sign-out", "{}", "Cookie", cookie), 403, "CHANGE_REFUSED")
	if !r.signedIn(t, cookie) {
		t.Error("the session is gone although a hook refused")
	}
}

func TestVerificationHooks(t *testing.T) {
	t.Parallel()
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l rowLog
			r := newRig(t, place, func(c *core.Config) {
				c.DatabaseHooks.Verification = noted(&l, "app", func(v *model.Verification) string { return v.Value })
			})
			if err := r.CreateVerification(t.Context(), "id", "value", day); err != nil {
				t.Fatal(err)
			}
			if _, err := r.ConsumeVerification(t.Context(), "id"); err != nil {
				t.Fatal(err)
			}
			want := []string{"app before create value false none", "app on create value true none", "app after create value false none",
				"app before delete value false none", "app on delete value true none", "app after delete value false none"}
			if got := l.take(); !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if _, err := r.ConsumeVerification(t.Context(), "id"); !errors.Is(err, core.ErrNoVerification) {
				t.Errorf("got %v", err)
			}
			if got := l.take(); len(got) != 0 {
				t.Errorf("hooks ran for a record that is not there: %v", got)
			}
		})
	}
}

func TestEventsAreTold(t *testing.T) {
	t.Parallel()
	var l rowLog
	r := newRig(t, func(c *core.Config) {
		c.Hooks = []core.Hook{
			core.OnEvent(func(_ context.Context, x *core.Exchange, e core.SignedIn) {
				l.add("typed %s %s %s", e.Method, e.User.Email, x.ClientIP())
			}),
			core.OnAnyEvent(func(_ context.Context, _ *core.Exchange, e core.Event) { l.add("any %s", e.EventName()) }),
		}
	})
	cookie := r.signUp("ann@example.com")
	second := r.signIn("ann@example.com")
	r.do("POST", "/api/auth/revoke-session", `{"token":"`+tokenOf(second)+`"}`, "Cookie", cookie)
	r.do("POST", "/api/auth/sign-out", "{}", "Cookie", cookie)
	got := l.take()
	for _, want := range []string{"typed email ann@example.com 192.0.2.1", "any sign-in", "any sessions-revoked", "any sign-out"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in %v", want, got)
		}
	}
}
