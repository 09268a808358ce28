package core_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// testPlugin is a plugin from its manifest.
type testPlugin struct{ m core.Manifest }

func (p testPlugin) Manifest() core.Manifest { return p.m }

func TestHooksRunInTheContractsOrder(t *testing.T) {
	t.Parallel()
	var order []string
	mark := func(name string) []core.Hook {
		return []core.Hook{
			core.BeforeAny(core.Paths("/ok"), func(context.Context, *core.Exchange, any) error {
				order = append(order, "before "+name)
				return nil
			}),
			core.AfterAny(core.Paths("/ok"), func(_ context.Context, _ *core.Exchange, out any, err error) (any, error) {
				order = append(order, "after "+name)
				return out, err
			}),
		}
	}
	r := newRig(t, func(c *core.Config) {
		c.Plugins = append(c.Plugins, testPlugin{core.Manifest{ID: "p1", Hooks: mark("p1")}}, testPlugin{core.Manifest{ID: "p2", Hooks: mark("p2")}})
		c.Hooks = mark("app")
	})
	wantStatus(t, r.do("GET", "/api/auth/ok", ""), 200, `{"ok":true}`)
	want := []string{"before app", "before p1", "before p2", "after app", "after p1", "after p2"}
	if !slices.Equal(order, want) {
		t.Errorf("got %v, want %v", order, want)
	}
}

func TestBeforeHookMayRepairTheInput(t *testing.T) {
	t.Parallel()
	pw := emailpassword.New(emailpassword.Options{})
	r := newRig(t, func(c *core.Config) {
		c.Plugins = []core.Plugin{pw}
		c.Hooks = []core.Hook{core.Before(pw.SignUp, func(_ context.Context, _ *core.Exchange, in *emailpassword.SignUpInput) error {
			in.Name = "From the hook"
			return nil
		})}
	})
	a := r.do("POST", "/api/auth/sign-up/email", `{"email":"ann@example.com","password":"password-1"}`)
	wantStatus(t, a, 200, `"name":"From the hook"`)
}

func TestBeforeHookByInterfaceSeesOnlyInputsThatHaveIt(t *testing.T) {
	t.Parallel()
	seen := 0
	r := newRig(t, func(c *core.Config) {
		c.Hooks = []core.Hook{core.BeforeInput(func(context.Context, *core.Exchange, interface{ NewPassword() string }) error {
			seen++
			return core.NewError(400, "PASSWORD_COMPROMISED", "Pick another one")
		})}
	})
	a := r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"ann@example.com","password":"password-1"}`)
	wantStatus(t, a, 400, "PASSWORD_COMPROMISED")
	wantStatus(t, r.do("GET", "/api/auth/ok", ""), 200, "")
	if seen != 1 {
		t.Errorf("the hook ran %d times, want 1", seen)
	}
}

func TestBeforeHookRefusesAheadOfValidation(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.Hooks = []core.Hook{core.BeforeAny(core.Everywhere, func(context.Context, *core.Exchange, any) error {
			return core.NewError(403, "NO", "no")
		})}
	})
	wantStatus(t, r.do("POST", "/api/auth/sign-in/email", `{}`), 403, `{"message":"no","code":"NO"}`)
}

func TestBeforeHookAnswersInPlaceOfTheHandler(t *testing.T) {
	t.Parallel()
	after := false
	r := newRig(t, func(c *core.Config) {
		c.Hooks = []core.Hook{
			core.BeforeAny(core.Paths("/ok"), func(context.Context, *core.Exchange, any) error {
				return core.Respond(map[string]any{"instead": true})
			}),
			core.AfterAny(core.Paths("/ok"), func(_ context.Context, _ *core.Exchange, out any, err error) (any, error) {
				after = true
				return out, err
			}),
		}
	})
	wantStatus(t, r.do("GET", "/api/auth/ok", ""), 200, `{"instead":true}`)
	if after {
		t.Error("after hooks ran behind a short-circuit")
	}
	_, err := core.OK.Call(t.Context(), r.Auth, core.None{})
	var replaced *core.Replaced
	if !errors.As(err, &replaced) {
		t.Errorf("a typed caller got %v, want *core.Replaced", err)
	}
}

func TestAfterHookSeesValueErrorAndSession(t *testing.T) {
	t.Parallel()
	pw := emailpassword.New(emailpassword.Options{})
	var outs []string
	r := newRig(t, func(c *core.Config) {
		c.Plugins = []core.Plugin{pw}
		c.Hooks = []core.Hook{core.After(pw.SignIn, func(_ context.Context, x *core.Exchange, out emailpassword.SignInOutput, err error) (emailpassword.SignInOutput, error) {
			switch {
			case err != nil:
				outs = append(outs, "error "+err.Error())
				return out, core.NewError(418, "TEAPOT", "short and stout")
			case x.NewSession() == nil || x.NewSession().Session.Token != out.Token:
				t.Error("the hook does not see the session that was made")
			}
			outs = append(outs, "token")
			out.Token = "replaced"
			return out, nil
		})}
	})
	r.signUp("ann@example.com")
	wantStatus(t, r.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1"}`), 200, `"token":"replaced"`)
	wantStatus(t, r.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"wrong"}`), 418, "TEAPOT")
	if len(outs) != 2 || outs[0] != "token" || !strings.HasPrefix(outs[1], "error INVALID_EMAIL_OR_PASSWORD") {
		t.Errorf("the hook saw %v", outs)
	}
}

func TestAfterHookReplacesTheSession(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.Hooks = []core.Hook{core.AfterAny(core.Paths("/sign-up/email"), func(ctx context.Context, x *core.Exchange, out any, err error) (any, error) {
			if s := x.NewSession(); s != nil {
				x.ReplaceNewSession(nil)
				return out, x.Auth().DeleteSession(ctx, s.Session.Token)
			}
			return out, err
		})}
	})
	a := r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"ann@example.com","password":"password-1"}`)
	wantStatus(t, a, 200, "")
	if got := a.header["Set-Cookie"]; len(got) != 0 {
		t.Errorf("cookies are set after the session was taken back: %v", got)
	}
}

func TestHookFailureIsA500ThatSaysNothing(t *testing.T) {
	t.Parallel()
	for name, hook := range map[string]core.Hook{
		"before error": core.BeforeAny(core.Paths("/ok"), func(context.Context, *core.Exchange, any) error { return errors.New("db password is hunter2") }),
		"before panic": core.BeforeAny(core.Paths("/ok"), func(context.Context, *core.Exchange, any) error { panic("db password is hunter2") }),
		"after error": core.AfterAny(core.Paths("/ok"), func(context.Context, *core.Exchange, any, error) (any, error) {
			return nil, errors.New("db password is hunter2")
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(c *core.Config) { c.Hooks = []core.Hook{hook} })
			a := r.do("GET", "/api/auth/ok", "")
			if a.status != 500 || a.body != "" {
				t.Errorf("got %d %q, want 500 with an empty body", a.status, a.body)
			}
			if !strings.Contains(r.log.String(), "hunter2") {
				t.Errorf("the log does not say why: %s", r.log)
			}
		})
	}
}

func TestSignInStepComesBeforeTheSession(t *testing.T) {
	t.Parallel()
	challenge := true
	r := newRig(t, func(c *core.Config) {
		c.Plugins = append(c.Plugins, testPlugin{core.Manifest{ID: "second", SignIn: []core.SignInStep{{
			Name: "second factor",
			Check: func(_ context.Context, _ *core.Exchange, s *core.SignIn) error {
				if s.Method != "email" || s.User == nil {
					t.Errorf("the step got %+v", s)
				}
				if challenge {
					return &core.Challenge{Method: "second", Body: map[string]any{"twoFactorRedirect": true}}
				}
				return nil
			},
		}}}})
	})
	a := r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"ann@example.com","password":"password-1"}`)
	wantStatus(t, a, 200, `{"twoFactorRedirect":true}`)
	a = r.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1"}`)
	wantStatus(t, a, 200, `{"twoFactorRedirect":true}`)
	for _, c := range a.cookies() { // the client is to forget the session that it may have had
		if c.MaxAge >= 0 || c.Value != "" {
			t.Errorf("a cookie is set before the second step: %v", c)
		}
	}
	a = r.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1","rememberMe":false}`)
	if got := a.cookie("better-auth.dont_remember"); !strings.HasPrefix(got, "true.") {
		t.Errorf("not to be remembered is forgotten: %v", a.header["Set-Cookie"])
	}
	_, err := r.pw.SignIn.Call(t.Context(), r.Auth, emailpassword.SignInInput{Email: "ann@example.com", Password: "password-1"})
	var c *core.Challenge
	if !errors.As(err, &c) {
		t.Errorf("in process: got %v, want a challenge as an error", err)
	}
	n, err := r.Store().Count(t.Context(), storeFrom(r, model.SessionTable))
	if err != nil || n != 0 {
		t.Errorf("%d sessions (%v), want none before the second step", n, err)
	}
	challenge = false
	wantStatus(t, r.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1"}`), 200, `"token":`)
}
