package social_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/social"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

const base = "http://localhost:3000"

// acme is a provider that says what a test wants it to.
type acme struct {
	provider.Provider
	// person is who signs in, by code. It may be changed between requests only.
	person func(code string) *provider.Identity
	// tokens are what a code is exchanged for.
	tokens func(code string) (*oauth.Tokens, error)

	exchanges, infos, refreshes atomic.Int64
	verifier                    atomic.Value
	refreshed                   func(token string) (*oauth.Tokens, error)
}

func identity(subject, email string, verified bool) *provider.Identity {
	user, profile := wire.NewObject(), wire.NewObject()
	user.Set("name", "Ann")
	user.Set("email", email)
	user.Set("image", "https://img.example/a.png")
	user.Set("emailVerified", verified)
	profile.Set("sub", subject)
	return &provider.Identity{Subject: subject, User: user, Profile: profile}
}

func newAcme(id string) *acme {
	a := &acme{}
	a.person = func(code string) *provider.Identity { return identity("sub-"+code, code+"@example.com", true) }
	a.tokens = func(code string) (*oauth.Tokens, error) {
		if code == "badcode" {
			return nil, errors.New("refused")
		}
		return &oauth.Tokens{AccessToken: "at-" + code, RefreshToken: "rt-" + code, IDToken: "it-" + code, Scopes: []string{"a", "b"}}, nil
	}
	a.refreshed = func(token string) (*oauth.Tokens, error) {
		return &oauth.Tokens{AccessToken: "new-" + token, Scopes: []string{}}, nil
	}
	a.Provider = provider.Provider{
		ID: id, Name: id,
		AuthorizationURL: func(_ context.Context, _ *oauth.Client, r provider.AuthorizationRequest) (string, error) {
			return oauth.Authorization{
				Endpoint: "https://" + id + ".example/authorize", ClientID: "cid", State: r.State, Scopes: r.Scopes,
				RedirectURI: r.RedirectURI, LoginHint: r.LoginHint, Nonce: r.Nonce, CodeVerifier: r.CodeVerifier, Params: r.Params,
			}.URL()
		},
		Exchange: func(_ context.Context, _ *oauth.Client, r provider.ExchangeRequest) (*oauth.Tokens, error) {
			a.exchanges.Add(1)
			a.verifier.Store(r.CodeVerifier)
			return a.tokens(r.Code)
		},
		UserInfo: func(_ context.Context, _ *oauth.Client, r provider.UserInfoRequest) (*provider.Identity, error) {
			a.infos.Add(1)
			code := r.Tokens.IDToken
			if i := a.person(strings.TrimPrefix(code, "it-")); i != nil {
				return i, nil
			}
			return nil, provider.ErrNoUserInfo
		},
		VerifyIDToken: func(_ context.Context, _ *oauth.Client, token, nonce string) error {
			if !strings.HasPrefix(token, "it-") || nonce != "" && nonce != "n1" {
				return errors.New("bad token")
			}
			return nil
		},
		Refresh: func(_ context.Context, _ *oauth.Client, r provider.RefreshRequest) (*oauth.Tokens, error) {
			a.refreshes.Add(1)
			return a.refreshed(r.RefreshToken)
		},
	}
	return a
}

// world is an installation, with a clock, and the log.
type world struct {
	t     *testing.T
	auth  *core.Auth
	p     *social.Plugin
	acme  *acme
	store store.Store
	now   atomic.Int64
	log   lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newWorld(t *testing.T, change ...func(*core.Config)) *world {
	t.Helper()
	a := newAcme("acme")
	w := newWorldOf(t, []*provider.Provider{&a.Provider, &newAcme("other").Provider}, change...)
	w.acme = a
	return w
}

func newWorldOf(t *testing.T, providers []*provider.Provider, change ...func(*core.Config)) *world {
	t.Helper()
	w := &world{t: t, p: social.New(providers...)}
	w.now.Store(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixMilli())
	c := core.Config{
		BaseURL: base, Secret: strings.Repeat("s", 32), Store: memdb.New(), Plugins: []core.Plugin{w.p},
		Now:        func() time.Time { return time.UnixMilli(w.now.Load()).UTC() },
		RateLimit:  core.RateLimitConfig{Enabled: core.Off},
		Logger:     slog.New(slog.NewTextHandler(&w.log, nil)),
		Background: func(fn func()) { fn() },
	}
	for _, f := range change {
		f(&c)
	}
	w.store = c.Store
	auth, err := core.New(c)
	if err != nil {
		t.Fatal(err)
	}
	w.auth = auth
	return w
}

func exact(c *core.Config) { c.Compat = core.Exact }

func inCookie(c *core.Config) { c.Account.StateStorage = core.StateInCookie }

func (w *world) wait(d time.Duration) { w.now.Add(d.Milliseconds()) }

// answer is a response.
type answer struct {
	status   int
	body     string
	location string
	cookies  []*http.Cookie
}

// browser keeps cookies.
type browser struct {
	w   *world
	jar map[string]string
}

func (w *world) browser() *browser { return &browser{w, map[string]string{}} }

func (b *browser) clone() *browser {
	c := b.w.browser()
	for k, v := range b.jar {
		c.jar[k] = v
	}
	return c
}

func (b *browser) send(method, path, body string, header ...string) answer {
	b.w.t.Helper()
	r := httptest.NewRequest(method, base+"/api/auth"+path, strings.NewReader(body))
	if body != "" && header == nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Origin", base)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	var pairs []string
	for k, v := range b.jar {
		pairs = append(pairs, k+"="+v)
	}
	if len(pairs) > 0 {
		r.Header.Set("Cookie", strings.Join(pairs, "; "))
	}
	rec := httptest.NewRecorder()
	b.w.auth.ServeHTTP(rec, r)
	res := rec.Result()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		b.w.t.Fatal(err)
	}
	out := answer{res.StatusCode, string(text), res.Header.Get("Location"), res.Cookies()}
	for _, c := range out.cookies {
		if c.MaxAge < 0 {
			delete(b.jar, c.Name)
		} else {
			b.jar[c.Name] = c.Value
		}
	}
	return out
}

func (b *browser) post(path string, body any) answer {
	b.w.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.send("POST", path, string(data))
}

type object = map[string]any

// begin starts a sign-in and returns the state.
func (b *browser) begin(body object) string {
	b.w.t.Helper()
	return b.stateOf(b.post("/sign-in/social", body))
}

func (b *browser) stateOf(a answer) string {
	b.w.t.Helper()
	if a.status != http.StatusOK {
		b.w.t.Fatalf("begin: got %d %s", a.status, a.body)
	}
	var out struct{ URL string }
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		b.w.t.Fatal(err)
	}
	u, err := url.Parse(out.URL)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return u.Query().Get("state")
}

// signIn goes the whole way and returns the last answer.
func (b *browser) signIn(code string) answer {
	b.w.t.Helper()
	state := b.begin(object{"provider": "acme", "callbackURL": "/after", "newUserCallbackURL": "/welcome", "errorCallbackURL": "/oops"})
	return b.send("GET", "/callback/acme?code="+code+"&state="+url.QueryEscape(state), "")
}

func (b *browser) signedIn() bool {
	_, ok := b.jar["better-auth.session_token"]
	return ok
}

func (w *world) count(table string) int64 {
	w.t.Helper()
	n, err := w.auth.Store().Count(w.t.Context(), store.From(w.auth.Schema().Table(table)))
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) rows(table string) []store.Record {
	w.t.Helper()
	rows, err := w.auth.Store().FindMany(w.t.Context(), store.Query{Table: w.auth.Schema().Table(table), OrderBy: []store.Order{{Column: "createdAt"}}})
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}

// user makes a user with a password.
func (w *world) user(email string, verified bool) *model.User {
	w.t.Helper()
	u, err := w.auth.CreateUser(w.t.Context(), model.User{Name: "L", Email: email, EmailVerified: verified})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.auth.SetPassword(w.t.Context(), u.ID, "hash"); err != nil {
		w.t.Fatal(err)
	}
	return u
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func readVectors(t *testing.T, into any) {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// roleColumns are a column that a client may set, and one that it may not.
var roleColumns = []schema.Extension{{Table: "user", Columns: []schema.Column{
	{Name: "role", Kind: schema.String, Returned: true}, {Name: "nick", Kind: schema.String, Returned: true, Input: true},
}}}
