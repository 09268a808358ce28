package oauthproxy_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/conformance/plugintest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/oauthproxy"
	"github.com/cardea-auth/cardea/plugin/social"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Options{
		New:  func() core.Plugin { return oauthproxy.New(oauthproxy.Options{}) },
		With: func() []core.Plugin { return []core.Plugin{social.New()} },
	})
}

const (
	production = "https://app.example"
	preview    = "https://preview.example"
)

// world has the two servers and a browser.
type world struct {
	t       *testing.T
	now     atomic.Int64
	servers map[string]*core.Auth
	jars    map[string]map[string]string // by origin
}

func newWorld(t *testing.T, secrets ...string) *world {
	t.Helper()
	w := &world{t: t, servers: map[string]*core.Auth{}, jars: map[string]map[string]string{production: {}, preview: {}}}
	w.now.Store(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixMilli())
	for i, at := range []string{production, preview} {
		acme := func(id string) *provider.Provider {
			return &provider.Provider{
				ID: id,
				AuthorizationURL: func(_ context.Context, _ *oauth.Client, r provider.AuthorizationRequest) (string, error) {
					return oauth.Authorization{Endpoint: "https://acme.example/a", ClientID: "id", State: r.State, RedirectURI: r.RedirectURI, CodeVerifier: r.CodeVerifier}.URL()
				},
				Exchange: func(_ context.Context, _ *oauth.Client, r provider.ExchangeRequest) (*oauth.Tokens, error) {
					if r.Code != "good" || len(r.CodeVerifier) != 128 || r.RedirectURI != production+"/api/auth/callback/"+id {
						return nil, errors.New("refused")
					}
					return &oauth.Tokens{AccessToken: "at", Scopes: []string{"a", "b"}, AccessTokenExpiresAt: time.UnixMilli(w.now.Load()).Add(time.Hour)}, nil
				},
				UserInfo: func(context.Context, *oauth.Client, provider.UserInfoRequest) (*provider.Identity, error) {
					user, profile := wire.NewObject(), wire.NewObject()
					user.Set("email", "ann@example.com")
					user.Set("name", "Ann")
					user.Set("emailVerified", true)
					profile.Set("sub", "1")
					return &provider.Identity{Subject: "1", User: user, Profile: profile}, nil
				},
			}
		}
		o := oauthproxy.Options{ProductionURL: production, CurrentURL: at}
		if len(secrets) > i {
			o.Secret = secrets[i]
		}
		auth, err := core.New(core.Config{
			BaseURL: at, Secret: strings.Repeat("s", 32), Store: memdb.New(), RateLimit: core.RateLimitConfig{Enabled: core.Off},
			Now:     func() time.Time { return time.UnixMilli(w.now.Load()).UTC() },
			Plugins: []core.Plugin{social.New(acme("acme"), acme("other")), oauthproxy.New(o)},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.servers[at] = auth
	}
	return w
}

func (w *world) send(method, target, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		w.t.Fatal(err)
	}
	at := u.Scheme + "://" + u.Host
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Origin", at)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range w.jars[at] {
		r.Header.Add("Cookie", name+"="+value)
	}
	rec := httptest.NewRecorder()
	w.servers[at].ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() { //nolint:bodyclose // a recorder's
		if delete(w.jars[at], c.Name); c.MaxAge >= 0 {
			w.jars[at][c.Name] = c.Value
		}
	}
	return rec
}

// begin begins a sign-in at the preview and returns production's callback.
func (w *world) begin() string {
	w.t.Helper()
	rec := w.send("POST", preview+"/api/auth/sign-in/social", `{"provider":"acme","callbackURL":"/after","newUserCallbackURL":"/new","errorCallbackURL":"/oops"}`)
	u, err := url.Parse(rec.Header().Get("Location"))
	if err != nil || rec.Code != 200 {
		w.t.Fatalf("begin: got %d %s", rec.Code, rec.Body)
	}
	return u.Query().Get("redirect_uri") + "?code=good&state=" + u.Query().Get("state")
}

func (w *world) count(at, table string) int64 {
	w.t.Helper()
	a := w.servers[at]
	n, err := a.Store().Count(w.t.Context(), store.From(a.Schema().Table(table)))
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) signedIn() bool { return w.jars[preview]["__Secure-better-auth.session_token"] != "" }

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, want := range []string{"/new", "/after"} {
		w.jars[preview] = map[string]string{}
		callback := w.begin()
		if !strings.HasPrefix(callback, production+"/api/auth/callback/acme?") {
			t.Fatalf("callback: got %s", callback)
		}
		back := w.send("GET", callback, "").Header().Get("Location")
		if !strings.HasPrefix(back, preview+"/api/auth/callback/acme/oauth-proxy?callbackURL=%2Fafter&profile=") {
			t.Fatalf("back: got %s", back)
		}
		if rec := w.send("GET", back, ""); rec.Code != 302 || rec.Header().Get("Location") != want || !w.signedIn() {
			t.Errorf("got %d %v, want %s", rec.Code, rec.Header(), want)
		}
		// The state is used up.
		if got := w.send("GET", back, "").Header().Get("Location"); got != "/oops?error=state_mismatch" {
			t.Errorf("again: got %s", got)
		}
	}
	if w.count(production, "user") != 0 || w.count(production, "account") != 0 || w.count(preview, "user") != 1 || w.count(preview, "account") != 1 {
		t.Errorf("rows: production %d, preview %d", w.count(production, "user"), w.count(preview, "user"))
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	location := func(target string) string { return w.send("GET", target, "").Header().Get("Location") }
	for query, want := range map[string]string{
		"code=bad": "invalid_code", "error=access_denied": "access_denied", "": "no_code",
	} {
		_, state, _ := strings.Cut(w.begin(), "&")
		if got := location(production + "/api/auth/callback/acme?" + query + "&" + state); !strings.HasSuffix(got, "/oops?error="+want) {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	if got := location(strings.Replace(w.begin(), "/callback/acme", "/callback/other", 1)); !strings.HasSuffix(got, "/oops?error=state_mismatch") {
		t.Errorf("another provider's callback: got %s", got)
	}
	back := location(w.begin())
	if got := location(strings.Replace(back, "/callback/acme", "/callback/other", 1)); got != "/oops?error=provider_mismatch" {
		t.Errorf("another provider's completion: got %s", got)
	}
	mine := w.jars[preview]
	w.jars[preview] = map[string]string{}
	if got := location(back); got != "/oops?error=state_mismatch" || w.signedIn() {
		t.Errorf("another browser: got %s", got)
	}
	w.jars[preview] = mine
	w.now.Add(61_000)
	if got := location(back); got != "/oops?error=payload_expired" {
		t.Errorf("late: got %s", got)
	}
	for query, want := range map[string]string{"callbackURL=/a": "missing_profile", "callbackURL=/a&profile=zz": "invalid_profile"} {
		if got := location(preview + "/api/auth/oauth-proxy-callback?" + query); got != preview+"/api/auth/error?error="+want {
			t.Errorf("%s: got %s", query, got)
		}
	}
	if rec := w.send("GET", preview+"/api/auth/callback/acme/oauth-proxy?callbackURL=https://evil.example", ""); rec.Code != 403 {
		t.Errorf("untrusted: got %d", rec.Code)
	}
}

// TestSecrets: what one server has encrypted another with another secret does not take, unless they share one for this.
func TestSecrets(t *testing.T) {
	t.Parallel()
	shared := strings.Repeat("p", 32)
	w := newWorld(t, shared, shared)
	w.send("GET", w.send("GET", w.begin(), "").Header().Get("Location"), "")
	if !w.signedIn() {
		t.Error("a shared secret: not signed in")
	}
	w = newWorld(t, shared, strings.Repeat("q", 32))
	if got := w.send("GET", w.begin(), "").Header().Get("Location"); got != production+"/api/auth/error?error=state_mismatch" {
		t.Errorf("different secrets: got %s", got)
	}
}
