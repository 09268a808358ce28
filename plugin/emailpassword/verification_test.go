package emailpassword_test

import (
	"context"
	"errors"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

func TestRequireEmailVerification(t *testing.T) {
	t.Parallel()
	var box mailbox
	var failures []string
	auth, pw, h := setUp(t, emailpassword.Options{RequireEmailVerification: true}, atOnce, func(c *core.Config) {
		c.EmailVerification = core.EmailVerificationConfig{Send: box.send, SendOnSignIn: true}
		c.Hooks = []core.Hook{core.OnEvent(func(_ context.Context, _ *core.Exchange, e core.SignInFailed) {
			failures = append(failures, e.UserID+" "+e.Reason.Code)
		})}
	})
	callback := "/welcome"
	up, err := pw.SignUp.Call(t.Context(), auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: "password-1", CallbackURL: &callback})
	if err != nil || up.Token != nil || count(t, auth, model.SessionTable) != 0 {
		t.Fatalf("got %+v, %v, want no session", up, err)
	}
	m := box.last(t, 1)
	if want := "http://localhost:3000/api/auth/verify-email?token=" + m.Token + "&callbackURL=%2Fwelcome"; m.URL != want {
		t.Errorf("got %s, want %s", m.URL, want)
	}
	before := h.calls.Load()
	again := signUp(t, auth, pw, "ann@example.com")
	if again.Token != nil || again.User.ID == up.User.ID || h.calls.Load() != before+1 {
		t.Errorf("got %+v after %d hashes, want a made-up user after one", again, h.calls.Load()-before)
	}
	box.last(t, 1) // no further mail
	if err := signIn(t, auth, pw, "ann@example.com", "wrong-password"); !errors.Is(err, emailpassword.ErrInvalidEmailOrPassword) {
		t.Errorf("a wrong password: got %v", err)
	}
	box.last(t, 1)
	if err := signIn(t, auth, pw, "ann@example.com", "password-1"); !errors.Is(err, core.ErrEmailNotVerified) {
		t.Errorf("not verified: got %v", err)
	}
	token := box.last(t, 2).Token
	if err := signIn(t, auth, pw, "ghost@example.com", "password-1"); !errors.Is(err, emailpassword.ErrInvalidEmailOrPassword) {
		t.Errorf("nobody: got %v", err)
	}
	if _, err := core.VerifyEmail.Call(t.Context(), auth, core.VerifyEmailInput{Token: token}); err != nil {
		t.Fatal(err)
	}
	if err := signIn(t, auth, pw, "ann@example.com", "password-1"); err != nil {
		t.Errorf("verified: got %v", err)
	}
	want := []string{up.User.ID + " INVALID_EMAIL_OR_PASSWORD", up.User.ID + " EMAIL_NOT_VERIFIED", " INVALID_EMAIL_OR_PASSWORD"}
	if len(failures) != 3 || failures[0] != want[0] || failures[1] != want[1] || failures[2] != want[2] {
		t.Errorf("got the events %q, want %q", failures, want)
	}
}

func TestSendOnSignUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		required bool
		send     core.Switch
		mails    int
	}{
		"by default":                {false, core.Default, 0},
		"on":                        {false, core.On, 1},
		"required":                  {true, core.Default, 1},
		"required, sent by the app": {true, core.Off, 0},
	} {
		var box mailbox
		auth, pw, _ := setUp(t, emailpassword.Options{RequireEmailVerification: c.required}, atOnce, func(config *core.Config) {
			config.EmailVerification = core.EmailVerificationConfig{Send: box.send, SendOnSignUp: c.send}
		})
		signUp(t, auth, pw, "ann@example.com")
		if len(box.mails) != c.mails {
			t.Errorf("%s: %d mails, want %d", name, len(box.mails), c.mails)
		}
	}
}

// TestNoMailForNobody: a sign-up that is undone sends nothing and tells nobody.
func TestNoMailForNobody(t *testing.T) {
	t.Parallel()
	var box mailbox
	events := 0
	auth, pw, _ := setUp(t, emailpassword.Options{}, atOnce, func(c *core.Config) {
		c.EmailVerification = core.EmailVerificationConfig{Send: box.send, SendOnSignUp: core.On}
		c.Plugins = append(c.Plugins, banner{core.NewError(403, "BANNED", "no")})
		c.Hooks = []core.Hook{core.OnEvent(func(context.Context, *core.Exchange, core.SignedUp) { events++ })}
	})
	if _, err := pw.SignUp.Call(t.Context(), auth, emailpassword.SignUpInput{Name: "A", Email: "a@example.com", Password: "password-1"}); err == nil {
		t.Fatal("the sign-up was to fail")
	}
	if len(box.mails) != 0 || events != 0 {
		t.Errorf("%d mails and %d events for a user who is not there", len(box.mails), events)
	}
}

func TestExistingUserIsTold(t *testing.T) {
	t.Parallel()
	var told []string
	auth, pw, _ := setUp(t, emailpassword.Options{
		DisableAutoSignIn: true,
		OnExistingUserSignUp: func(_ context.Context, a emailpassword.SignUpAttempt) error {
			told = append(told, a.User.ID)
			return errors.New("the mail server is down")
		},
		CustomSyntheticUser: func(u model.User) model.User {
			u.Name = "made up of " + u.Name
			return u
		},
	}, atOnce)
	first := signUp(t, auth, pw, "ann@example.com")
	if len(told) != 0 {
		t.Error("told of a new user")
	}
	second := signUp(t, auth, pw, "ANN@example.com")
	if len(told) != 1 || told[0] != first.User.ID {
		t.Errorf("told of %v, want %s", told, first.User.ID)
	}
	if second.User.Name != "made up of Ann" || second.User.Email != "ann@example.com" || second.Token != nil {
		t.Errorf("got %+v", second)
	}
}

func TestPasswordEvents(t *testing.T) {
	t.Parallel()
	var changed []string
	auth, pw, _ := setUp(t, emailpassword.Options{}, func(c *core.Config) {
		c.Hooks = []core.Hook{core.OnEvent(func(_ context.Context, _ *core.Exchange, e core.PasswordChanged) { changed = append(changed, e.UserID) })}
	})
	res, err := pw.SignUp.Do(t.Context(), auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: "password-1"})
	if err != nil {
		t.Fatal(err)
	}
	as := asBrowser(t, res.Cookies)
	if _, err := pw.ChangePassword.Call(t.Context(), auth, emailpassword.ChangePasswordInput{New: "password-2", Current: "wrong-password"}, as); err == nil || len(changed) != 0 {
		t.Errorf("a wrong password: got %v and %v", err, changed)
	}
	if _, err := pw.ChangePassword.Call(t.Context(), auth, emailpassword.ChangePasswordInput{New: "password-2", Current: "password-1"}, as); err != nil {
		t.Fatal(err)
	}
	if err := auth.DeleteAccounts(t.Context(), res.Value.User.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := pw.SetPassword.Call(t.Context(), auth, emailpassword.SetPasswordInput{New: "password-3"}, as); err != nil {
		t.Fatal(err)
	}
	if len(changed) != 2 || changed[0] != res.Value.User.ID || changed[1] != changed[0] {
		t.Errorf("got the events %v", changed)
	}
}
