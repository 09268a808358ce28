package twofactor_test

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	"github.com/cardea-auth/cardea/plugin/twofactor"
)

const (
	testOrigin = "http://localhost:3000"
	password   = "password-1"
)

// rig is an installation with the plugin, and what a test looks at.
type rig struct {
	*core.Auth
	t      *testing.T
	clock  *authtest.Clock
	pw     *emailpassword.Plugin
	second *twofactor.Plugin

	mu     sync.Mutex
	sent   []string
	events []core.Event
}

func newRig(t *testing.T, opts twofactor.Options, change ...func(*core.Config)) *rig {
	t.Helper()
	r := &rig{t: t, clock: authtest.NewClock(), pw: emailpassword.New(emailpassword.Options{
		SendResetPassword: func(context.Context, core.Mail) error { return nil },
	})}
	if opts.OTP.Send == nil {
		opts.OTP.Send = func(_ context.Context, m twofactor.Message) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.sent = append(r.sent, m.Code)
			return nil
		}
	}
	r.second = twofactor.New(opts)
	c := core.Config{
		BaseURL: testOrigin, Secret: "twofactor-test-secret-0123456789-0123456789", Store: memdb.New(), Now: r.clock.Now,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Password: core.PasswordConfig{Hasher: authtest.Hasher{}},
		Plugins: []core.Plugin{r.pw, r.second}, Background: func(fn func()) { fn() },
		RateLimit: core.RateLimitConfig{Enabled: core.Off},
		Hooks: []core.Hook{core.OnAnyEvent(func(_ context.Context, _ *core.Exchange, e core.Event) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.events = append(r.events, e)
		})},
	}
	for _, f := range change {
		f(&c)
	}
	auth, err := core.New(c)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(func() {
		if err := auth.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	r.Auth = auth
	return r
}

func exact(c *core.Config) { c.Compat = core.Exact }

// browser keeps cookies as one does.
type browser struct {
	r       *rig
	mu      sync.Mutex
	cookies map[string]string
}

func (r *rig) browser() *browser { return &browser{r: r, cookies: map[string]string{}} }

func (b *browser) copy() *browser {
	c := b.r.browser()
	for name, value := range b.cookies {
		c.cookies[name] = value
	}
	return c
}

func (b *browser) header() http.Header {
	b.mu.Lock()
	defer b.mu.Unlock()
	var pairs []string
	for name, value := range b.cookies {
		pairs = append(pairs, name+"="+value)
	}
	slices.Sort(pairs)
	return http.Header{"Cookie": {strings.Join(pairs, "; ")}}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) is(status int, contains string) bool {
	return a.status == status && strings.Contains(a.body, contains)
}

func (b *browser) do(method, path, body string) answer {
	b.r.t.Helper()
	req := httptest.NewRequest(method, testOrigin+"/api/auth"+path, strings.NewReader(body))
	req.Header = b.header()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", testOrigin)
	w := httptest.NewRecorder()
	b.r.ServeHTTP(w, req)
	res := w.Result()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return answer{res.StatusCode, res.Header, w.Body.String()}
}

func (b *browser) post(path, body string) answer { b.r.t.Helper(); return b.do("POST", path, body) }

func (b *browser) want(status int, contains, path, body string) answer {
	b.r.t.Helper()
	a := b.post(path, body)
	if !a.is(status, contains) {
		b.r.t.Errorf("%s %s: got %d %s, want %d with %q", path, body, a.status, a.body, status, contains)
	}
	return a
}

func (b *browser) signedIn() bool {
	b.r.t.Helper()
	return strings.Contains(b.do("GET", "/get-session", "").body, `"session":`)
}

func (b *browser) signIn() answer {
	b.r.t.Helper()
	return b.want(200, "", "/sign-in/email", `{"email":"ann@example.com","password":"`+password+`"}`)
}

// challenged returns a browser that has shown the first factor.
func (r *rig) challenged() *browser {
	r.t.Helper()
	b := r.browser()
	if a := b.signIn(); !strings.Contains(a.body, `"twoFactorRedirect":true`) {
		r.t.Fatalf("no challenge: %s", a.body)
	}
	return b
}

func (r *rig) signUp(email string) *browser {
	r.t.Helper()
	b := r.browser()
	b.want(200, "token", "/sign-up/email", `{"name":"Ann","email":"`+email+`","password":"`+password+`"}`)
	return b
}

// app is an authenticator app.
type app struct {
	r           *rig
	secret      string
	backupCodes []string
}

// enrol begins the enrolment.
func (b *browser) enrol() *app {
	b.r.t.Helper()
	return b.enrolWith(`{"password":"` + password + `"}`)
}

// appOf reads what an enrolment answers.
func (r *rig) appOf(text string) *app {
	r.t.Helper()
	var body struct {
		TOTPURI     string
		BackupCodes []string
	}
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		r.t.Fatal(err)
	}
	uri, err := url.Parse(body.TOTPURI)
	if err != nil {
		r.t.Fatal(err)
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(uri.Query().Get("secret"))
	if err != nil {
		r.t.Fatal(err)
	}
	return &app{r, string(raw), body.BackupCodes}
}

func (a *app) code() string {
	a.r.t.Helper()
	out, err := a.r.second.GenerateTOTP.Call(context.Background(), a.r.Auth, twofactor.GenerateTOTPInput{Secret: a.secret})
	if err != nil {
		a.r.t.Fatal(err)
	}
	return out.Code
}

func (a *app) input() string { a.r.t.Helper(); return code(a.code()) }

func code(s string) string { return `{"code":"` + s + `"}` }

const wrong = `{"code":"x00000"}`

// enrolled returns Ann's browser and her authenticator app. The time has moved on: the code that she enrolled with is past.
func (r *rig) enrolled() (*browser, *app) {
	r.t.Helper()
	b := r.signUp("ann@example.com")
	a := b.enrol()
	b.want(200, `"token"`, "/two-factor/verify-totp", a.input())
	r.clock.Advance(2 * time.Minute)
	return b, a
}

func (r *rig) lastSent() string {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.sent) == 0 {
		r.t.Fatal("nothing was sent")
	}
	return r.sent[len(r.sent)-1]
}

func (r *rig) count(table string, where ...store.Cond) int64 {
	r.t.Helper()
	n, err := r.Store().Count(r.t.Context(), store.From(r.Schema().Table(table), where...))
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

// row returns the counters of Ann's row.
func (r *rig) row() (failed int64, lockedFor time.Duration) {
	r.t.Helper()
	table := r.Schema().Table(twofactor.Table)
	rec, err := r.Store().FindOne(r.t.Context(), store.From(table))
	if err != nil {
		r.t.Fatal(err)
	}
	if rec, err = table.NormalizeRecord(rec); err != nil {
		r.t.Fatal(err)
	}
	failed, _ = rec["failedVerificationCount"].(int64)
	if until, ok := rec["lockedUntil"].(time.Time); ok {
		lockedFor = until.Sub(r.Now())
	}
	return failed, lockedFor
}

// told returns how many events of a name there were.
func (r *rig) told(name string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e.EventName() == name {
			n++
		}
	}
	return n
}

// enrolWith begins the enrolment with another body.
func (b *browser) enrolWith(body string) *app {
	b.r.t.Helper()
	a := b.want(200, "otpauth", "/two-factor/enable", body)
	return b.r.appOf(a.body)
}

// secretURI is the part of the URI that has the secret.
func (a *app) secretURI() string {
	return "?secret=" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(a.secret)) + "&"
}

func unlimited(paths ...string) []ratelimit.CustomRule {
	rules := make([]ratelimit.CustomRule, len(paths))
	for i, path := range paths {
		rules[i] = ratelimit.CustomRule{Path: path, Off: true}
	}
	return rules
}
