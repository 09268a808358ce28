package emailpassword_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// asBrowser returns the headers that a browser with these cookies sends.
func asBrowser(t *testing.T, cookies []cookie.Cookie) core.CallOption {
	t.Helper()
	h := http.Header{}
	for _, c := range cookies {
		line, err := c.SetCookie()
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := http.ParseSetCookie(line)
		if err != nil {
			t.Fatal(err)
		}
		h.Add("Cookie", parsed.Name+"="+parsed.Value)
	}
	return core.WithHeader(h)
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	auth, pw, h := setUp(t, emailpassword.Options{})
	signUp(t, auth, pw, "ann@example.com")
	signIn := func(password string) (core.Result[emailpassword.SignInOutput], error) {
		return pw.SignIn.Do(t.Context(), auth, emailpassword.SignInInput{Email: "ann@example.com", Password: password})
	}
	in, err := signIn("password-1")
	if err != nil {
		t.Fatal(err)
	}
	me := asBrowser(t, in.Cookies)
	yes := true
	for name, c := range map[string]struct {
		in   emailpassword.ChangePasswordInput
		want error
	}{
		"wrong current":    {emailpassword.ChangePasswordInput{Current: "bad", New: "password-2"}, emailpassword.ErrInvalidPassword},
		"too short":        {emailpassword.ChangePasswordInput{Current: "password-1", New: "x"}, emailpassword.ErrPasswordTooShort},
		"too long current": {emailpassword.ChangePasswordInput{Current: string(make([]byte, 129)), New: "password-2"}, emailpassword.ErrPasswordTooLong},
	} {
		if _, err := pw.ChangePassword.Call(t.Context(), auth, c.in, me); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if _, err := pw.ChangePassword.Call(t.Context(), auth, emailpassword.ChangePasswordInput{Current: "password-1", New: "password-2"}); !errors.Is(err, core.ErrUnauthorized) {
		t.Errorf("without a session: got %v", err)
	}
	out, err := pw.ChangePassword.Call(t.Context(), auth, emailpassword.ChangePasswordInput{Current: "password-1", New: "password-2"}, me)
	if err != nil || out.Token != nil || out.User.Email != "ann@example.com" {
		t.Errorf("got %+v, %v", out, err)
	}
	if _, err := signIn("password-1"); !errors.Is(err, emailpassword.ErrInvalidEmailOrPassword) {
		t.Errorf("the old password: got %v", err)
	}
	res, err := pw.ChangePassword.Do(t.Context(), auth, emailpassword.ChangePasswordInput{Current: "password-2", New: "password-3", RevokeOtherSessions: &yes}, me)
	if err != nil || res.Value.Token == nil || len(res.Cookies) != 1 || *res.Value.Token == in.Value.Token {
		t.Fatalf("with revocation: got %+v, %v", res, err)
	}
	if n := count(t, auth, model.SessionTable); n != 1 {
		t.Errorf("%d sessions, want the new one alone", n)
	}
	if s, err := core.GetSession.Call(t.Context(), auth, core.GetSessionInput{}, me); err != nil || s != nil {
		t.Errorf("the old session: got %v, %v, want none", s, err)
	}
	if _, err := pw.VerifyPassword.Call(t.Context(), auth, emailpassword.VerifyPasswordInput{Password: "password-3"}, asBrowser(t, res.Cookies)); err != nil {
		t.Errorf("verify: %v", err)
	}
	before := h.calls.Load()
	if _, err := pw.VerifyPassword.Call(t.Context(), auth, emailpassword.VerifyPasswordInput{Password: "nope"}, asBrowser(t, res.Cookies)); !errors.Is(err, emailpassword.ErrInvalidPassword) || h.calls.Load() != before+1 {
		t.Errorf("verify a wrong one: got %v", err)
	}
}

func TestSetPassword(t *testing.T) {
	t.Parallel()
	social := &socialPlugin{}
	social.in = core.Define(core.Spec{ID: "signInSocialTest", Access: core.ServerOnly}, social.signIn)
	auth, pw, _ := setUp(t, emailpassword.Options{}, func(c *core.Config) { c.Plugins = append(c.Plugins, social) })
	res, err := social.in.Do(t.Context(), auth, core.None{})
	if err != nil {
		t.Fatal(err)
	}
	me := asBrowser(t, res.Cookies)
	if _, err := pw.ChangePassword.Call(t.Context(), auth, emailpassword.ChangePasswordInput{Current: "x", New: "password-1"}, me); !errors.Is(err, emailpassword.ErrNoPassword) {
		t.Errorf("change without a password: got %v", err)
	}
	if _, err := pw.SetPassword.Call(t.Context(), auth, emailpassword.SetPasswordInput{New: "password-1"}, me); err != nil {
		t.Fatal(err)
	}
	if _, err := pw.SetPassword.Call(t.Context(), auth, emailpassword.SetPasswordInput{New: "password-2"}, me); !errors.Is(err, emailpassword.ErrPasswordSet) {
		t.Errorf("a second time: got %v", err)
	}
	if _, err := pw.SignIn.Call(t.Context(), auth, emailpassword.SignInInput{Email: "social@example.com", Password: "password-1"}); err != nil {
		t.Errorf("sign-in with the new password: %v", err)
	}
}

// socialPlugin signs a user without a password in.
type socialPlugin struct {
	in *core.Endpoint[core.None, string]
}

func (p *socialPlugin) Manifest() core.Manifest {
	return core.Manifest{ID: "social-test", Endpoints: []core.AnyEndpoint{p.in}}
}

func (p *socialPlugin) signIn(ctx context.Context, x *core.Exchange, _ core.None) (string, error) {
	u, err := x.Auth().CreateUser(ctx, model.User{Name: "S", Email: "social@example.com"})
	if err != nil {
		return "", err
	}
	s, err := x.CompleteSignIn(ctx, core.SignIn{User: u, Method: "test"})
	if err != nil {
		return "", err
	}
	return s.Token, nil
}
