package emailpassword_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// mailbox keeps what was sent.
type mailbox struct {
	mu    sync.Mutex
	mails []core.Mail
}

func (b *mailbox) send(_ context.Context, m core.Mail) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mails = append(b.mails, m)
	return nil
}

func (b *mailbox) last(t *testing.T, n int) core.Mail {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.mails) != n {
		t.Fatalf("%d mails were sent, want %d", len(b.mails), n)
	}
	return b.mails[n-1]
}

// atOnce runs background work before the answer.
func atOnce(c *core.Config) { c.Background = func(fn func()) { fn() } }

func exact(c *core.Config) { c.Compat = core.Exact }

func requestReset(t *testing.T, auth *core.Auth, pw *emailpassword.Plugin, email string) {
	t.Helper()
	redirect := "/reset"
	out, err := pw.RequestPasswordReset.Call(t.Context(), auth, emailpassword.RequestPasswordResetInput{Email: email, RedirectTo: &redirect})
	if err != nil || !out.Status || !strings.HasPrefix(out.Message, "If this email exists") {
		t.Errorf("%s: got %+v, %v", email, out, err)
	}
}

func reset(t *testing.T, auth *core.Auth, pw *emailpassword.Plugin, token, newPassword string) error {
	t.Helper()
	_, err := pw.ResetPassword.Call(t.Context(), auth, emailpassword.ResetPasswordInput{New: newPassword, Token: &token})
	return err
}

func signIn(t *testing.T, auth *core.Auth, pw *emailpassword.Plugin, email, password string) error {
	t.Helper()
	_, err := pw.SignIn.Call(t.Context(), auth, emailpassword.SignInInput{Email: email, Password: password})
	return err
}

func verify(t *testing.T, auth *core.Auth, userID string) {
	t.Helper()
	if _, err := auth.UpdateUser(t.Context(), userID, store.Record{"emailVerified": true}); err != nil {
		t.Fatal(err)
	}
}

func TestResetPassword(t *testing.T) {
	t.Parallel()
	var box mailbox
	var events []string
	var told *model.User
	auth, pw, h := setUp(t, emailpassword.Options{
		SendResetPassword: box.send,
		OnPasswordReset:   func(_ context.Context, _ *core.Exchange, u *model.User) error { told = u; return nil },
	}, atOnce, func(c *core.Config) {
		c.Hooks = []core.Hook{core.OnAnyEvent(func(_ context.Context, _ *core.Exchange, e core.Event) { events = append(events, e.EventName()) })}
	})
	up := signUp(t, auth, pw, "ann@example.com")
	verify(t, auth, up.User.ID)
	requestReset(t, auth, pw, "ANN@example.com")
	m := box.last(t, 1)
	if want := "http://localhost:3000/api/auth/reset-password/" + m.Token + "?callbackURL=%2Freset"; m.URL != want || len(m.Token) != 24 || m.User.ID != up.User.ID {
		t.Errorf("got %+v, want the link %s", m, want)
	}
	// Looking at the token does not use it up.
	for range 2 {
		if got := location(t, auth, http.MethodGet, m.URL); got != "http://localhost:3000/reset?token="+m.Token {
			t.Errorf("the link leads to %s", got)
		}
	}
	before := h.calls.Load()
	for _, c := range []struct {
		token, password string
		want            error
	}{
		{"", "password-2", emailpassword.ErrInvalidToken},
		{"bad", "password-2", emailpassword.ErrInvalidToken},
		{m.Token, "short", emailpassword.ErrPasswordTooShort},
		{m.Token, strings.Repeat("x", 129), emailpassword.ErrPasswordTooLong},
	} {
		if err := reset(t, auth, pw, c.token, c.password); !errors.Is(err, c.want) {
			t.Errorf("%q, %.10s: got %v, want %v", c.token, c.password, err, c.want)
		}
	}
	if h.calls.Load() != before {
		t.Error("a reset that was refused cost a hash")
	}
	if err := reset(t, auth, pw, m.Token, "password-2"); err != nil || told == nil || told.ID != up.User.ID {
		t.Fatalf("got %v, told of %+v", err, told)
	}
	if err := reset(t, auth, pw, m.Token, "password-3"); !errors.Is(err, emailpassword.ErrInvalidToken) {
		t.Errorf("again: got %v", err)
	}
	if got := location(t, auth, http.MethodGet, m.URL); got != "http://localhost:3000/reset?error=INVALID_TOKEN" {
		t.Errorf("afterwards the link leads to %s", got)
	}
	if err := signIn(t, auth, pw, "ann@example.com", "password-1"); !errors.Is(err, emailpassword.ErrInvalidEmailOrPassword) {
		t.Errorf("the old password: got %v", err)
	}
	if err := signIn(t, auth, pw, "ann@example.com", "password-2"); err != nil {
		t.Errorf("the new password: got %v", err)
	}
	for _, want := range []string{"sign-up", "password-reset-requested", "password-reset", "sign-in-failed"} {
		if !slices.Contains(events, want) {
			t.Errorf("no event %s among %v", want, events)
		}
	}
}

// location sends a request and returns where it leads.
func location(t *testing.T, auth *core.Auth, method, url string) string {
	t.Helper()
	w := httptest.NewRecorder()
	auth.ServeHTTP(w, httptest.NewRequest(method, url, http.NoBody))
	return w.Header().Get("Location")
}

func TestResetCallback(t *testing.T) {
	t.Parallel()
	var box mailbox
	auth, pw, _ := setUp(t, emailpassword.Options{SendResetPassword: box.send}, atOnce, func(c *core.Config) { c.TrustedOrigins = []string{"myapp://"} })
	signUp(t, auth, pw, "ann@example.com")
	requestReset(t, auth, pw, "ann@example.com")
	token := box.last(t, 1).Token
	for callback, want := range map[string]string{
		"%2Fr":                          "http://localhost:3000/r?token=" + token,
		"%2Fr%3Ftoken%3Dold%26a%3Db+c":  "http://localhost:3000/r?token=" + token + "&a=b+c",
		"%2F..%2F%2Fevil.example":       "http://localhost:3000//evil.example?token=" + token,
		"myapp%3A%2F%2Freset":           "myapp://reset?token=" + token,
		"":                              "http://localhost:3000/api/auth/error?error=INVALID_TOKEN",
		"https%3A%2F%2Fevil.example%2F": "",
		"%2F%2Fevil.example":            "",
	} {
		if got := location(t, auth, http.MethodGet, "http://localhost:3000/api/auth/reset-password/"+token+"?callbackURL="+callback); got != want {
			t.Errorf("%s: leads to %q, want %q", callback, got, want)
		}
	}
	if got := location(t, auth, http.MethodHead, "http://localhost:3000/api/auth/reset-password/"+token+"?callbackURL=/r"); got != "" {
		t.Errorf("HEAD leads to %q", got)
	}
}

// TestResetTellsNothing: an address without an account gets the same answer and no mail.
func TestResetTellsNothing(t *testing.T) {
	t.Parallel()
	var box mailbox
	auth, pw, h := setUp(t, emailpassword.Options{SendResetPassword: box.send}, atOnce)
	signUp(t, auth, pw, "ann@example.com")
	before := h.calls.Load()
	answer := func(email string) string {
		r := httptest.NewRequest(http.MethodPost, "http://localhost:3000/api/auth/request-password-reset", strings.NewReader(`{"email":"`+email+`"}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		auth.ServeHTTP(w, r)
		return w.Body.String() + strings.Join(w.Header()["Cache-Control"], "") + strings.Join(w.Header()["Set-Cookie"], "")
	}
	known := answer("ann@example.com")
	for _, email := range []string{"ghost@example.com", strings.Repeat("a", 300) + "@example.com"} {
		if got := answer(email); got != known {
			t.Errorf("%.20s: got %s, want %s", email, got, known)
		}
	}
	box.last(t, 1)
	if h.calls.Load() != before {
		t.Error("asking for a link cost a hash")
	}
	none, pw, _ := setUp(t, emailpassword.Options{})
	if _, err := pw.RequestPasswordReset.Call(t.Context(), none, emailpassword.RequestPasswordResetInput{Email: "ann@example.com"}); !errors.Is(err, emailpassword.ErrResetDisabled) {
		t.Errorf("without a mail server: got %v", err)
	}
}

// TestOtherTokensDie: one reset voids the other links of that user, and nobody else's.
func TestOtherTokensDie(t *testing.T) {
	t.Parallel()
	var box mailbox
	auth, pw, _ := setUp(t, emailpassword.Options{SendResetPassword: box.send}, atOnce)
	signUp(t, auth, pw, "ann@example.com")
	signUp(t, auth, pw, "bob@example.com")
	requestReset(t, auth, pw, "ann@example.com")
	first := box.last(t, 1).Token
	requestReset(t, auth, pw, "ann@example.com")
	second := box.last(t, 2).Token
	requestReset(t, auth, pw, "bob@example.com")
	bobs := box.last(t, 3).Token
	if err := reset(t, auth, pw, first, "password-2"); err != nil {
		t.Fatal(err)
	}
	if err := reset(t, auth, pw, second, "password-3"); !errors.Is(err, emailpassword.ErrInvalidToken) {
		t.Errorf("the other one: got %v", err)
	}
	if err := reset(t, auth, pw, bobs, "password-3"); err != nil {
		t.Errorf("somebody else's: got %v", err)
	}
}

// TestFiftyResets: of fifty uses of two links of one user, one sets a password.
func TestFiftyResets(t *testing.T) {
	t.Parallel()
	var box mailbox
	var told atomic.Int64
	auth, pw, _ := setUp(t, emailpassword.Options{
		SendResetPassword: box.send,
		OnPasswordReset:   func(context.Context, *core.Exchange, *model.User) error { told.Add(1); return nil },
	}, atOnce)
	signUp(t, auth, pw, "ann@example.com")
	var tokens [2]string
	for i := range tokens {
		requestReset(t, auth, pw, "ann@example.com")
		tokens[i] = box.last(t, i+1).Token
	}
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			switch err := reset(t, auth, pw, tokens[i%2], "password-2"); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, emailpassword.ErrInvalidToken):
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || told.Load() != 1 {
		t.Errorf("%d won and OnPasswordReset was called %d times, want 1 and 1", won.Load(), told.Load())
	}
}

func TestResetAndSessions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		revoke core.Switch
		change func(*core.Config)
		kept   int64
	}{
		"by default":          {core.Default, atOnce, 0},
		"off":                 {core.Off, atOnce, 1},
		"on":                  {core.On, atOnce, 0},
		"by default in Exact": {core.Default, exact, 1},
		"on in Exact":         {core.On, exact, 0},
	} {
		var box mailbox
		auth, pw, _ := setUp(t, emailpassword.Options{SendResetPassword: box.send, RevokeSessionsOnPasswordReset: c.revoke}, atOnce, c.change)
		up := signUp(t, auth, pw, "ann@example.com")
		verify(t, auth, up.User.ID)
		requestReset(t, auth, pw, "ann@example.com")
		if err := reset(t, auth, pw, box.last(t, 1).Token, "password-2"); err != nil {
			t.Fatal(err)
		}
		if n := count(t, auth, model.SessionTable); n != c.kept {
			t.Errorf("%s: %d sessions are left, want %d", name, n, c.kept)
		}
	}
}

// TestResetOfAnUnverifiedAccount: whoever made the account may not have been the owner of the mailbox. Nothing of theirs
// stays.
func TestResetOfAnUnverifiedAccount(t *testing.T) {
	t.Parallel()
	for compat, want := range map[core.Compat]struct {
		accounts, sessions int64
		verified           bool
	}{core.Hardened: {1, 0, true}, core.Exact: {2, 1, false}} {
		var box mailbox
		auth, pw, _ := setUp(t, emailpassword.Options{SendResetPassword: box.send, RevokeSessionsOnPasswordReset: core.Off}, atOnce,
			func(c *core.Config) { c.Compat = compat })
		up := signUp(t, auth, pw, "ann@example.com")
		if _, err := auth.CreateAccount(t.Context(), model.Account{UserID: up.User.ID, ProviderID: "evil", AccountID: "1"}); err != nil {
			t.Fatal(err)
		}
		requestReset(t, auth, pw, "ann@example.com")
		if err := reset(t, auth, pw, box.last(t, 1).Token, "password-2"); err != nil {
			t.Fatal(err)
		}
		u, err := auth.FindUser(t.Context(), up.User.ID)
		if err != nil || u.EmailVerified != want.verified || count(t, auth, model.AccountTable) != want.accounts || count(t, auth, model.SessionTable) != want.sessions {
			t.Errorf("compat %d: got %+v, %v with %d accounts and %d sessions, want %+v", compat, u, err, count(t, auth, model.AccountTable), count(t, auth, model.SessionTable), want)
		}
		if err := signIn(t, auth, pw, "ann@example.com", "password-2"); err != nil {
			t.Errorf("the new password: got %v", err)
		}
	}
}

// TestResetGivesAPassword: a user who has none gets one.
func TestResetGivesAPassword(t *testing.T) {
	t.Parallel()
	var box mailbox
	auth, pw, _ := setUp(t, emailpassword.Options{SendResetPassword: box.send}, atOnce)
	if _, err := auth.CreateUser(t.Context(), model.User{Name: "Social", Email: "social@example.com", EmailVerified: true}); err != nil {
		t.Fatal(err)
	}
	requestReset(t, auth, pw, "social@example.com")
	if err := reset(t, auth, pw, box.last(t, 1).Token, "password-2"); err != nil {
		t.Fatal(err)
	}
	if err := signIn(t, auth, pw, "social@example.com", "password-2"); err != nil {
		t.Error(err)
	}
}

// TestSpentTokenComesBack: a reset that fails on its way leaves everything as it was.
func TestSpentTokenComesBack(t *testing.T) {
	t.Parallel()
	var box mailbox
	broken := &brokenStore{}
	auth, pw, _ := setUp(t, emailpassword.Options{SendResetPassword: box.send}, atOnce, func(c *core.Config) {
		broken.Store = c.Store
		c.Store = broken
	})
	up := signUp(t, auth, pw, "ann@example.com")
	verify(t, auth, up.User.ID)
	requestReset(t, auth, pw, "ann@example.com")
	token := box.last(t, 1).Token
	broken.table = model.AccountTable
	if err := reset(t, auth, pw, token, "password-2"); !errors.Is(err, errBroken) {
		t.Fatalf("got %v", err)
	}
	broken.table = ""
	if n := count(t, auth, model.SessionTable); n != 1 {
		t.Errorf("%d sessions, want the one from before", n)
	}
	if err := reset(t, auth, pw, token, "password-2"); err != nil {
		t.Errorf("again: got %v", err)
	}
}

var errBroken = errors.New("broken")

// brokenStore refuses to update rows of one table.
type brokenStore struct {
	store.Store
	table string
}

func (s *brokenStore) Update(ctx context.Context, q store.Query, set store.Record) (int64, error) {
	if q.Table.Name == s.table {
		return 0, errBroken
	}
	return s.Store.Update(ctx, q, set)
}

func TestResetLinkExpires(t *testing.T) {
	t.Parallel()
	var box mailbox
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	auth, pw, _ := setUp(t, emailpassword.Options{SendResetPassword: box.send, ResetTokenExpiresIn: time.Minute}, atOnce,
		func(c *core.Config) { c.Now = func() time.Time { return now } })
	signUp(t, auth, pw, "ann@example.com")
	requestReset(t, auth, pw, "ann@example.com")
	now = now.Add(time.Minute)
	if err := reset(t, auth, pw, box.last(t, 1).Token, "password-2"); !errors.Is(err, emailpassword.ErrInvalidToken) {
		t.Errorf("got %v", err)
	}
}
