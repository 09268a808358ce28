package twofactor_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/conformance/plugintest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	"github.com/cardea-auth/cardea/plugin/twofactor"
)

func TestPlugin(t *testing.T) {
	t.Parallel()
	send := func(context.Context, twofactor.Message) error { return nil }
	plugintest.Run(t, plugintest.Options{
		New:  func() core.Plugin { return twofactor.New(twofactor.Options{OTP: twofactor.OTPOptions{Send: send}}) },
		With: func() []core.Plugin { return []core.Plugin{emailpassword.New(emailpassword.Options{})} },
	})
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]twofactor.Options{
		"TOTP.Digits":         {TOTP: twofactor.TOTPOptions{Digits: 7}},
		"TOTP.Period":         {TOTP: twofactor.TOTPOptions{Period: time.Millisecond}},
		"negative":            {BackupCodes: twofactor.BackupCodeOptions{Amount: -1}},
		"BackupCodes.Storage": {BackupCodes: twofactor.BackupCodeOptions{Storage: twofactor.Storage{Encrypt: func(context.Context, string) (string, error) { return "", nil }}}},
	} {
		_, err := core.New(core.Config{
			BaseURL: testOrigin, Secret: "twofactor-test-secret-0123456789-0123456789", Store: memdb.New(), Plugins: []core.Plugin{twofactor.New(o)},
		})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error about %s", err, want)
		}
	}
}

// TestNothingBeforeTheSecondFactor: the first factor alone leaves no session behind, nor a cookie that is one.
func TestNothingBeforeTheSecondFactor(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{}, func(c *core.Config) { c.Session.CookieCache.Enabled = true })
	first, app := r.enrolled()
	before, told := r.count("session"), r.told("sign-in")
	b := first.copy() // a client with a session loses it
	a := b.signIn()
	if a.body != `{"twoFactorRedirect":true,"twoFactorMethods":["totp","otp"]}` {
		t.Errorf("got %s", a.body)
	}
	for name := range b.cookies {
		if name != "better-auth.two_factor" {
			t.Errorf("the client has the cookie %s", name)
		}
	}
	if b.signedIn() || r.count("session") != before || r.told("sign-in") != told {
		t.Error("there is a session before the second factor")
	}
	a = b.want(200, `"twoFactorEnabled":true`, "/two-factor/verify-totp", app.input())
	if !b.signedIn() || b.cookies["better-auth.two_factor"] != "" || r.told("sign-in") != told+1 {
		t.Errorf("not signed in after the second factor: %s", a.body)
	}
}

// TestChallengeIsAnErrorInProcess: a caller that knows nothing of second factors does not go on, one that does can.
func TestChallengeIsAnErrorInProcess(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	_, app := r.enrolled()
	res, err := r.pw.SignIn.Do(t.Context(), r.Auth, emailpassword.SignInInput{Email: "ann@example.com", Password: password})
	var challenge *core.Challenge
	if !errors.As(err, &challenge) {
		t.Fatalf("got %v, want a challenge", err)
	}
	if body, ok := challenge.Body.(twofactor.Challenge); !ok || !body.TwoFactorRedirect || len(body.TwoFactorMethods) != 2 {
		t.Errorf("got %+v", challenge.Body)
	}
	header := http.Header{}
	for _, c := range res.Cookies {
		if c.Value != "" {
			line, err := c.SetCookie()
			if err != nil {
				t.Fatal(err)
			}
			pair, _, _ := strings.Cut(line, ";")
			header.Add("Cookie", pair)
		}
	}
	out, err := r.second.VerifyTOTP.Call(t.Context(), r.Auth, twofactor.VerifyInput{Code: app.code()}, core.WithHeader(header))
	if err != nil || out.Token == "" || out.User.Email != "ann@example.com" {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestRememberMeOutlivesTheChallenge(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	_, app := r.enrolled()
	b := r.browser()
	b.want(200, "twoFactorRedirect", "/sign-in/email", `{"email":"ann@example.com","password":"`+password+`","rememberMe":false}`)
	a := b.want(200, "token", "/two-factor/verify-totp", app.input())
	if cookies := strings.Join(a.header["Set-Cookie"], "\n"); !strings.Contains(cookies, "dont_remember=true") || strings.Contains(cookies, "session_token=") && strings.Contains(cookies, "Max-Age=604800") {
		t.Errorf("the session is remembered: %s", cookies)
	}
}

// TestStepIsAcceptedOnce: a code that was used is as good as a wrong one, in whatever challenge; in Exact it counts again.
func TestStepIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	b := r.signUp("ann@example.com")
	app := b.enrol()
	input := app.input()
	b.want(200, "token", "/two-factor/verify-totp", input)
	r.challenged().want(401, "INVALID_CODE", "/two-factor/verify-totp", input)
	if failed, _ := r.row(); failed != 1 {
		t.Errorf("a used code counts as %d failures", failed)
	}
	r.clock.Advance(30 * time.Second)
	late := app.input()
	r.clock.Advance(30 * time.Second)
	next := app.input()
	r.challenged().want(200, "token", "/two-factor/verify-totp", next)
	r.challenged().want(401, "INVALID_CODE", "/two-factor/verify-totp", late) // an earlier step is past once a later one was used

	r = newRig(t, twofactor.Options{}, exact)
	b = r.signUp("ann@example.com")
	app = b.enrol()
	input = app.input()
	b.want(200, "token", "/two-factor/verify-totp", input)
	r.challenged().want(200, "token", "/two-factor/verify-totp", input)
}

func TestChallengesAreBound(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	first, app := r.enrolled()

	b := r.challenged()
	used := b.copy()
	b.want(200, "token", "/two-factor/verify-totp", app.input())
	r.clock.Advance(time.Minute)
	used.want(401, "INVALID_TWO_FACTOR_COOKIE", "/two-factor/verify-totp", app.input())

	b = r.challenged()
	r.clock.Advance(10 * time.Minute)
	b.want(401, "INVALID_TWO_FACTOR_COOKIE", "/two-factor/verify-totp", app.input())

	// What is signed for something else is no challenge.
	b = r.browser()
	b.cookies["better-auth.two_factor"] = first.cookies["better-auth.session_token"]
	b.want(401, "INVALID_TWO_FACTOR_COOKIE", "/two-factor/verify-totp", app.input())
	b.cookies["better-auth.two_factor"] = "2fa-00000000000000000000.unsigned"
	b.want(401, "INVALID_TWO_FACTOR_COOKIE", "/two-factor/send-otp", "{}")
	b.want(401, "INVALID_TWO_FACTOR_COOKIE", "/two-factor/verify-otp", wrong)
	b.want(401, "INVALID_TWO_FACTOR_COOKIE", "/two-factor/verify-backup-code", wrong)
}

// TestAttemptsAreForAllFactors: a challenge has five guesses, whatever they are at; the account ten.
func TestAttemptsAreForAllFactors(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	_, app := r.enrolled()
	b := r.challenged()
	b.want(200, "", "/two-factor/send-otp", "{}")
	for _, path := range []string{"verify-totp", "verify-backup-code", "verify-otp", "verify-otp", "verify-totp"} {
		b.want(401, "INVALID_", "/two-factor/"+path, wrong)
	}
	b.want(400, "TOO_MANY_ATTEMPTS", "/two-factor/verify-otp", code(r.lastSent()))
	b.want(401, "INVALID_TWO_FACTOR_COOKIE", "/two-factor/verify-totp", app.input())

	b = r.challenged()
	b.want(200, "", "/two-factor/send-otp", "{}")
	for _, path := range []string{"verify-otp", "verify-backup-code", "verify-totp", "verify-otp", "verify-totp"} {
		b.want(401, "INVALID_", "/two-factor/"+path, wrong)
	}
	if failed, locked := r.row(); failed != 10 || locked != 15*time.Minute || r.told("account-locked") != 1 {
		t.Errorf("got %d failures, locked for %v, told %d times", failed, locked, r.told("account-locked"))
	}
	b = r.challenged()
	b.want(200, "", "/two-factor/send-otp", "{}")
	b.want(429, "ACCOUNT_TEMPORARILY_LOCKED", "/two-factor/verify-totp", app.input())
	b.want(429, "ACCOUNT_TEMPORARILY_LOCKED", "/two-factor/verify-otp", code(r.lastSent()))
	b.want(429, "ACCOUNT_TEMPORARILY_LOCKED", "/two-factor/verify-backup-code", code(app.backupCodes[0]))

	// Somebody else is not locked.
	bob := r.signUp("bob@example.com")
	bob.want(200, "token", "/two-factor/verify-totp", bob.enrol().input())

	r.clock.Advance(15 * time.Minute)
	r.challenged().want(200, "token", "/two-factor/verify-totp", app.input())
	if failed, locked := r.row(); failed != 0 || locked != 0 {
		t.Errorf("got %d failures, locked for %v, after a success", failed, locked)
	}
}

// TestCodesThatAreSentLockToo: users without an authenticator app are counted as well.
func TestCodesThatAreSentLockToo(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	first := r.signUp("ann@example.com")
	first.want(200, `{"method":"otp"}`, "/two-factor/enable", `{"password":"`+password+`","method":"otp"}`)
	if a := r.challenged().signIn(); !strings.Contains(a.body, `"twoFactorMethods":["otp"]`) {
		t.Errorf("got %s", a.body)
	}
	for range 2 {
		b := r.challenged()
		b.want(200, "", "/two-factor/send-otp", "{}")
		for range 5 {
			b.want(401, "INVALID_CODE", "/two-factor/verify-otp", wrong)
		}
	}
	b := r.challenged()
	b.want(200, "", "/two-factor/send-otp", "{}")
	b.want(429, "ACCOUNT_TEMPORARILY_LOCKED", "/two-factor/verify-otp", code(r.lastSent()))
	b.want(400, "TOTP_NOT_ENABLED", "/two-factor/verify-totp", wrong)
	r.clock.Advance(15 * time.Minute)
	b = r.challenged()
	if a := b.signIn(); !strings.Contains(a.body, `"twoFactorMethods":["otp"]`) {
		t.Errorf("what counts is taken for an authenticator app: %s", a.body)
	}
	b.want(200, "", "/two-factor/send-otp", "{}")
	b.want(200, "token", "/two-factor/verify-otp", code(r.lastSent()))
	// The row that counts is no obstacle to an authenticator app.
	app := b.enrol()
	b.want(200, "token", "/two-factor/verify-totp", app.input())
	if n := r.count(twofactor.Table); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestSentCodes(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	first, _ := r.enrolled()
	b := r.challenged()
	b.want(400, "OTP_HAS_EXPIRED", "/two-factor/verify-otp", wrong)
	b.want(200, "", "/two-factor/send-otp", "")
	old := r.lastSent()
	b.want(200, "", "/two-factor/send-otp", "{}")
	for r.lastSent() == old { // one time in a million
		b.want(200, "", "/two-factor/send-otp", "{}")
	}
	b.want(401, "INVALID_CODE", "/two-factor/verify-otp", code(old))
	r.challenged().want(400, "OTP_HAS_EXPIRED", "/two-factor/verify-otp", code(r.lastSent())) // another challenge's
	r.clock.Advance(time.Minute)
	b.want(401, "INVALID_CODE", "/two-factor/verify-otp", wrong)
	r.clock.Advance(2 * time.Minute)
	b.want(400, "OTP_HAS_EXPIRED", "/two-factor/verify-otp", code(r.lastSent())) // a wrong guess does not prolong it
	b.want(200, "", "/two-factor/send-otp", "{}")
	b.want(200, "token", "/two-factor/verify-otp", code(r.lastSent()))
	b.want(200, "", "/two-factor/send-otp", "{}") // with a session
	b.want(200, "token", "/two-factor/verify-otp", code(r.lastSent()))
	first.want(400, "OTP_HAS_EXPIRED", "/two-factor/verify-otp", code(r.lastSent()))
	if failed, _ := r.row(); failed != 0 {
		t.Errorf("expired codes count as %d failures", failed)
	}
}

func TestEnablingBySentCode(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	b := r.signUp("ann@example.com")
	old := b.copy()
	b.want(200, "", "/two-factor/send-otp", "{}")
	b.want(200, `"twoFactorEnabled":true`, "/two-factor/verify-otp", code(r.lastSent()))
	if !b.signedIn() || old.signedIn() || r.told("two-factor-enrolled") != 1 {
		t.Error("the session was not replaced")
	}
	r.challenged()
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	b, _ := r.enrolled()
	for _, path := range []string{"enable", "disable", "get-totp-uri", "generate-backup-codes"} {
		b.want(400, `"[body.password] Invalid input: expected string, received undefined"`, "/two-factor/"+path, `{}`)
		b.want(400, `[body.password] Invalid input: expected string, received number`, "/two-factor/"+path, `{"password":1}`)
		b.want(400, `[body] Invalid input: expected object, received undefined`, "/two-factor/"+path, ``)
		b.want(400, "INVALID_PASSWORD", "/two-factor/"+path, `{"password":"other"}`)
		b.want(400, "INVALID_PASSWORD", "/two-factor/"+path, `{"password":""}`)
		b.want(400, "PASSWORD_TOO_LONG", "/two-factor/"+path, `{"password":"`+strings.Repeat("x", 129)+`"}`)
		r.browser().want(401, "UNAUTHORIZED", "/two-factor/"+path, `{"password":"x"}`)
	}
	b.want(400, `[body.password] Invalid input: expected string, received undefined; [body.method] Invalid option: expected one of`, "/two-factor/enable", `{"method":"sms"}`)
	b.want(400, "TOTP_ALREADY_ENABLED", "/two-factor/enable", `{"password":"`+password+`"}`)
}

// TestPasswordless: users without a password need a fresh session, those with one the password.
func TestPasswordless(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{AllowPasswordless: true})
	b := r.signUp("ann@example.com")
	b.want(400, "INVALID_PASSWORD", "/two-factor/enable", `{}`)
	user, err := r.FindUserByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.DeleteAccounts(t.Context(), user.ID); err != nil {
		t.Fatal(err)
	}
	old := b.copy()
	app := b.enrolWith(`{}`)
	b.want(200, "token", "/two-factor/verify-totp", app.input())
	b.want(200, "otpauth", "/two-factor/get-totp-uri", `{}`)
	b.want(200, "backupCodes", "/two-factor/generate-backup-codes", `{}`)
	r.clock.Advance(24 * time.Hour)
	b.want(403, "SESSION_NOT_FRESH", "/two-factor/disable", `{}`)
	if old.signedIn() {
		t.Error("the session from before is still there")
	}
}

func TestUnverifiedEnrolmentGatesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	b := r.signUp("ann@example.com")
	abandoned := b.enrol()
	if a := r.browser().signIn(); strings.Contains(a.body, "twoFactor\"") || !strings.Contains(a.body, "token") {
		t.Errorf("got %s", a.body)
	}
	app := b.enrol()
	b.want(401, "INVALID_CODE", "/two-factor/verify-totp", abandoned.input())
	b.want(200, "token", "/two-factor/verify-totp", app.input())
	if n := r.count(twofactor.Table); n != 1 {
		t.Errorf("%d rows", n)
	}
	b.want(200, app.secretURI(), "/two-factor/get-totp-uri", `{"password":"`+password+`"}`)
}

func TestSkippedVerification(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{SkipVerificationOnEnable: true})
	b := r.signUp("ann@example.com")
	old := b.copy()
	app := b.enrol()
	if old.signedIn() || !b.signedIn() {
		t.Error("the session was not replaced")
	}
	r.challenged().want(200, "token", "/two-factor/verify-totp", app.input())
}

func TestMethodsThatAreOff(t *testing.T) {
	t.Parallel()
	auth := twofactor.New(twofactor.Options{TOTP: twofactor.TOTPOptions{Disabled: true}})
	r := newRig(t, twofactor.Options{TOTP: twofactor.TOTPOptions{Disabled: true}}, func(c *core.Config) {
		c.Plugins[1] = auth // without codes that are sent, too
	})
	b := r.signUp("ann@example.com")
	b.want(400, "TOTP is not available", "/two-factor/enable", `{"password":"`+password+`"}`)
	b.want(400, "OTP is not available", "/two-factor/enable", `{"password":"`+password+`","method":"otp"}`)
	b.want(400, "totp isn't configured", "/two-factor/verify-totp", wrong)
	b.want(400, "totp isn't configured", "/two-factor/get-totp-uri", `{"password":"`+password+`"}`)
	b.want(400, "otp isn't configured", "/two-factor/send-otp", `{}`)
	b.want(400, "TWO_FACTOR_NOT_ENABLED", "/two-factor/generate-backup-codes", `{"password":"`+password+`"}`)
	b.want(400, "BACKUP_CODES_NOT_ENABLED", "/two-factor/verify-backup-code", wrong)
}

// magic signs in by a link, as other plugins do: in a transaction, and with a method of its own.
type magic struct{ method string }

func (m magic) Manifest() core.Manifest {
	return core.Manifest{ID: "magic", Endpoints: []core.AnyEndpoint{core.Define(core.Spec{
		ID: "magic", Method: "GET", Path: "/magic", Access: core.Public, ChangesState: true,
	}, func(ctx context.Context, x *core.Exchange, _ core.None) (core.StatusOutput, error) {
		user, err := x.Auth().FindUserByEmail(ctx, "ann@example.com")
		if err != nil {
			return core.StatusOutput{}, err
		}
		err = x.Auth().Store().InTx(ctx, func(ctx context.Context) error {
			_, err := x.CompleteSignIn(ctx, core.SignIn{User: user, Method: m.method})
			return err
		})
		return core.StatusOutput{Status: true}, err
	})}}
}

// TestRequire: which first factors are followed by the second.
func TestRequire(t *testing.T) {
	t.Parallel()
	only := func(method string) bool { return method == "special" }
	for _, c := range []struct {
		method  string
		opts    twofactor.Options
		exact   bool
		require bool
	}{
		{method: "magic-link", require: true},
		{method: "google", require: true},
		{method: "passkey"},
		{method: "magic-link", exact: true},
		{method: "username", exact: true, require: true},
		{method: "phone-number", exact: true, require: true},
		{method: "email", opts: twofactor.Options{Require: only}},
		{method: "special", opts: twofactor.Options{Require: only}, exact: true, require: true},
	} {
		r := newRig(t, c.opts, func(config *core.Config) {
			config.Plugins = append(config.Plugins, magic{c.method})
			if c.exact {
				exact(config)
			}
		})
		_, app := r.enrolled()
		b := r.browser()
		a := b.do("GET", "/magic", "")
		if required := a.is(200, `"twoFactorRedirect":true`); required != c.require || b.signedIn() == c.require {
			t.Errorf("%+v: got %d %s", c, a.status, a.body)
		}
		if c.require { // what was decided in the transaction outlives it
			b.want(200, "token", "/two-factor/verify-totp", app.input())
		}
	}
}

// TestChallengeURL: a browser that came by a link is sent to the page that asks.
func TestChallengeURL(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{ChallengeURL: "/second"}, func(c *core.Config) { c.Plugins = append(c.Plugins, magic{"magic-link"}) })
	_, app := r.enrolled()
	b := r.browser()
	a := b.do("GET", "/magic", "")
	if location := a.header.Get("Location"); a.status != 302 || location != "/second?twoFactorMethods=totp%2Cotp" {
		t.Errorf("got %d to %q", a.status, location)
	}
	b.want(200, "token", "/two-factor/verify-totp", app.input())
	if a := r.browser().signIn(); a.status != 200 {
		t.Errorf("a request of a script's: got %d", a.status)
	}
}

// refuser is a step that refuses what comes after the second factor.
type refuser struct{ refuse *bool }

func (p refuser) Manifest() core.Manifest {
	return core.Manifest{ID: "refuser", SignIn: []core.SignInStep{{Name: "refuse", Check: func(_ context.Context, _ *core.Exchange, s *core.SignIn) error {
		if *p.refuse && s.Method == "two-factor" {
			return core.NewError(403, "BANNED", "banned")
		}
		return nil
	}}}}
}

// TestRefusalSpendsNothing: what another plugin refuses after the second factor leaves factor and challenge as they were.
func TestRefusalSpendsNothing(t *testing.T) {
	t.Parallel()
	refuse := true
	r := newRig(t, twofactor.Options{}, func(c *core.Config) { c.Plugins = append(c.Plugins, refuser{&refuse}) })
	_, app := r.enrolled()
	b := r.challenged()
	b.want(403, "BANNED", "/two-factor/verify-totp", app.input())
	b.want(403, "BANNED", "/two-factor/verify-backup-code", code(app.backupCodes[0]))
	if failed, _ := r.row(); failed != 0 || b.signedIn() {
		t.Errorf("got %d failures", failed)
	}
	refuse = false
	b.want(200, "token", "/two-factor/verify-backup-code", code(app.backupCodes[0]))
	r.challenged().want(200, "token", "/two-factor/verify-totp", app.input())
}

// TestBreakdownsAreNoFailures: what cannot be read is neither a wrong code nor one guess less.
func TestBreakdownsAreNoFailures(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	_, _ = r.enrolled()
	table := r.Schema().Table(twofactor.Table)
	if _, err := r.Store().Update(t.Context(), store.From(table), store.Record{"secret": "broken", "backupCodes": "broken"}); err != nil {
		t.Fatal(err)
	}
	b := r.challenged()
	for range 6 {
		b.want(500, "", "/two-factor/verify-totp", wrong)
		b.want(500, "", "/two-factor/verify-backup-code", wrong)
	}
	if failed, _ := r.row(); failed != 0 {
		t.Errorf("got %d failures", failed)
	}
}

func TestMandatory(t *testing.T) {
	t.Parallel()
	staff := func(_ context.Context, u *model.User) (bool, error) { return u.Email == "ann@example.com", nil }
	r := newRig(t, twofactor.Options{Mandatory: staff})
	b := r.signUp("ann@example.com")
	b.want(403, "TWO_FACTOR_ENROLMENT_REQUIRED", "/update-user", `{"name":"A"}`)
	if a := b.do("GET", "/list-sessions", ""); a.status != 403 {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if !b.signedIn() {
		t.Error("the user cannot see that they are signed in")
	}
	visit := func(b *browser) int {
		req, err := http.NewRequestWithContext(t.Context(), "GET", testOrigin+"/page", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = b.header()
		if v := r.Require(t.Context(), req, r.second.RequireEnrolled); v.Refusal != nil {
			return v.Refusal.Status
		}
		return 200
	}
	if got := visit(b); got != 403 {
		t.Errorf("a route of the app: got %d, want 403", got)
	}
	app := b.enrol()
	b.want(200, "token", "/two-factor/verify-totp", app.input())
	b.want(200, "", "/update-user", `{"name":"A"}`)
	b.want(403, "TWO_FACTOR_ENROLMENT_REQUIRED", "/two-factor/disable", `{"password":"`+password+`"}`)
	if got := visit(b); got != 200 {
		t.Errorf("a route of the app: got %d, want 200", got)
	}
	bob := r.signUp("bob@example.com")
	bob.want(200, "", "/update-user", `{"name":"B"}`)
	if got := visit(bob); got != 200 {
		t.Errorf("a route of the app: got %d, want 200", got)
	}
	if got := visit(r.browser()); got != 401 {
		t.Errorf("without a session: got %d, want 401", got)
	}
	b.want(200, "", "/sign-out", `{}`)
}

// TestRecipientsAreLimited: codes do not fill a mailbox, however many challenges there are.
func TestRecipientsAreLimited(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	if _, err := r.pw.SignUp.Call(t.Context(), r.Auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: password}); err != nil {
		t.Fatal(err)
	}
	limited := newRig(t, twofactor.Options{}, func(c *core.Config) {
		c.Store, c.RateLimit = r.Config().Store, core.RateLimitConfig{Max: 1000, Window: time.Minute}
		c.RateLimit.Custom = append(c.RateLimit.Custom, unlimited("/sign-in/email", "/two-factor/*")...)
	})
	b := limited.browser()
	b.signIn()
	b.want(200, "", "/two-factor/enable", `{"password":"`+password+`","method":"otp"}`)
	for range 5 {
		limited.challenged().want(200, "", "/two-factor/send-otp", "{}")
	}
	limited.challenged().want(429, "", "/two-factor/send-otp", "{}")
	if len(limited.sent) != 5 {
		t.Errorf("%d codes were sent", len(limited.sent))
	}
}

func TestResetPasswordSkipsNothing(t *testing.T) {
	t.Parallel()
	var token string
	r := newRig(t, twofactor.Options{}, func(c *core.Config) {
		c.Plugins[0] = emailpassword.New(emailpassword.Options{SendResetPassword: func(_ context.Context, m core.Mail) error { token = m.Token; return nil }})
	})
	_, app := r.enrolled()
	pending := r.challenged()
	b := r.browser()
	b.want(200, "", "/request-password-reset", `{"email":"ann@example.com"}`)
	r.clock.Advance(time.Millisecond)
	b.want(200, "", "/reset-password", `{"newPassword":"`+password+`","token":"`+token+`"}`)
	pending.want(401, "INVALID_TWO_FACTOR_COOKIE", "/two-factor/verify-totp", app.input())
	r.challenged().want(200, "token", "/two-factor/verify-totp", app.input())
}

// failing is a store that fails at what counts guesses, while it is told to.
type failing struct {
	store.Store
	fail bool
}

func (s *failing) IncrementOne(ctx context.Context, q store.Query, column string, by int64) (store.Record, error) {
	if s.fail {
		return nil, errors.New("the database is away")
	}
	return s.Store.IncrementOne(ctx, q, column, by)
}

// TestUncountedGuessesAreNotCompared: a guess that cannot be counted is a breakdown, also if it is right.
func TestUncountedGuessesAreNotCompared(t *testing.T) {
	t.Parallel()
	db := &failing{Store: memdb.New()}
	r := newRig(t, twofactor.Options{}, func(c *core.Config) { c.Store = db })
	_, app := r.enrolled()
	b := r.challenged()
	db.fail = true
	for range 6 {
		b.want(500, "", "/two-factor/verify-totp", app.input())
		b.want(500, "", "/two-factor/verify-backup-code", code(app.backupCodes[0]))
	}
	db.fail = false
	b.want(200, "token", "/two-factor/verify-totp", app.input())
}
