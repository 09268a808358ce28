package oauthpopup_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/conformance/plugintest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/oauthpopup"
	"github.com/cardea-auth/cardea/plugin/social"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Options{
		New:  func() core.Plugin { return oauthpopup.New() },
		With: func() []core.Plugin { return []core.Plugin{social.New()} },
	})
}

const base = "http://localhost:3000"

// browser is what a popup is.
type browser struct {
	auth *core.Auth
	jar  map[string]string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	acme := &provider.Provider{
		ID: "acme",
		AuthorizationURL: func(_ context.Context, _ *oauth.Client, r provider.AuthorizationRequest) (string, error) {
			return oauth.Authorization{Endpoint: "https://acme.example/a", ClientID: "id", State: r.State, Scopes: r.Scopes}.URL()
		},
		Exchange: func(_ context.Context, _ *oauth.Client, _ provider.ExchangeRequest) (*oauth.Tokens, error) {
			return &oauth.Tokens{AccessToken: "at"}, nil
		},
		UserInfo: func(_ context.Context, _ *oauth.Client, _ provider.UserInfoRequest) (*provider.Identity, error) {
			user := wire.NewObject()
			user.Set("email", "ann@example.com")
			return &provider.Identity{Subject: "1", User: user, Profile: wire.NewObject()}, nil
		},
	}
	auth, err := core.New(core.Config{
		BaseURL: base, Secret: strings.Repeat("s", 32), Store: memdb.New(), TrustedOrigins: []string{"https://app.example"},
		Plugins: []core.Plugin{social.New(acme), oauthpopup.New()},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &browser{auth, map[string]string{}}
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", base+"/api/auth"+path, nil)
	for name, value := range b.jar {
		r.Header.Add("Cookie", name+"="+value)
	}
	rec := httptest.NewRecorder()
	b.auth.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() { //nolint:bodyclose // a recorder's
		if delete(b.jar, c.Name); c.MaxAge >= 0 {
			b.jar[c.Name] = c.Value
		}
	}
	return rec
}

func (b *browser) state(t *testing.T, query string) string {
	t.Helper()
	rec := b.get("/oauth-popup/start?provider=acme&popupOrigin=" + query)
	u, err := url.Parse(rec.Header().Get("Location"))
	if err != nil || rec.Code != 302 {
		t.Fatalf("start: got %d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	return url.QueryEscape(u.Query().Get("state"))
}

var inline = regexp.MustCompile(`<script type="application/json"[^>]*>(.*)</script>`)

func data(t *testing.T, rec *httptest.ResponseRecorder) *wire.Object {
	t.Helper()
	m := inline.FindSubmatch(rec.Body.Bytes())
	if rec.Code != 200 || m == nil {
		t.Fatalf("got %d %v %s, want a page", rec.Code, rec.Header(), rec.Body)
	}
	v, err := wire.Parse(m[1], wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return v.(*wire.Object)
}

func TestPopup(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	state := b.state(t, "https://app.example&popupNonce=%3C%2Fscript%3E&scopes=a,b&callbackURL=/after")
	rec := b.get("/callback/acme?code=c&state=" + state)
	got := data(t, rec)
	if provider.Text(got, "targetOrigin") != "https://app.example" || provider.Text(got, "nonce") != "</script>" || provider.Text(got, "redirectTo") != "/after" {
		t.Errorf("got %s", rec.Body)
	}
	token := provider.Text(got, "token")
	if want, err := url.QueryUnescape(b.jar["better-auth.session_token"]); err != nil || token == "" || token != want {
		t.Errorf("token: got %q, want that of the cookie, %q", token, want)
	}
	if strings.Contains(rec.Body.String(), "</script></script>") || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %v %s", rec.Header(), rec.Body)
	}
	if _, still := b.jar["better-auth.oauth_popup"]; still {
		t.Error("the mark is still there")
	}
	state = b.state(t, "https://app.example&errorCallbackURL=/oops")
	got = data(t, b.get("/callback/acme?error=access_denied&error_description=no&state="+state))
	if provider.Text(got, "error", "code") != "access_denied" || provider.Text(got, "error", "description") != "no" || provider.Text(got, "token") != "" {
		t.Errorf("error: got %v", got)
	}
}

func TestOnlyTrustedWindowsAreTold(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	for _, origin := range []string{"https://evil.example", "*", "/", "", "null", "javascript:alert(1)", "https://app.example.evil.example", "//app.example"} {
		if rec := b.get("/oauth-popup/start?provider=acme&popupOrigin=" + url.QueryEscape(origin)); rec.Code != 403 {
			t.Errorf("%q: got %d %s, want 403", origin, rec.Code, rec.Body)
		}
	}
	for _, member := range []string{"callbackURL", "errorCallbackURL", "newUserCallbackURL"} {
		got := data(t, b.get("/oauth-popup/start?provider=acme&popupOrigin=https://app.example&"+member+"=https://evil.example"))
		if code := provider.Text(got, "error", "code"); !strings.HasPrefix(code, "invalid_") {
			t.Errorf("%s: got %v", member, code)
		}
	}
	// A mark that somebody has made up is none: the callback redirects.
	state := b.state(t, "https://app.example&callbackURL=/after")
	b.jar["better-auth.oauth_popup"] = url.QueryEscape(`{"popupOrigin":"https://evil.example","popupNonce":""}.AAAA`)
	if rec := b.get("/callback/acme?code=c&state=" + state); rec.Code != 302 || rec.Header().Get("Location") != "/after" {
		t.Errorf("got %d %v %s, want a redirect", rec.Code, rec.Header(), rec.Body)
	}
}
