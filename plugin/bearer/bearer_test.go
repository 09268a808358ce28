package bearer_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/conformance/plugintest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/bearer"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

const testOrigin = "http://localhost:3000"

func newAuth(t *testing.T, o bearer.Options, change ...func(*core.Config)) *core.Auth {
	t.Helper()
	c := core.Config{
		BaseURL: testOrigin, Secret: "bearer-test-secret-0123456789-0123456789", Store: memdb.New(),
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Password: core.PasswordConfig{Hasher: authtest.Hasher{}},
		Plugins: []core.Plugin{bearer.New(o), emailpassword.New(emailpassword.Options{})}, RateLimit: core.RateLimitConfig{Enabled: core.Off},
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
	return auth
}

// do sends a request. headers come in pairs.
func do(t *testing.T, auth *core.Auth, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(method, testOrigin+"/api/auth"+path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	auth.ServeHTTP(w, req)
	return w
}

// signUp returns the token that a client takes from the header.
func signUp(t *testing.T, auth *core.Auth, email string) string {
	t.Helper()
	w := do(t, auth, "POST", "/sign-up/email", `{"name":"Ann","email":"`+email+`","password":"password-1"}`)
	token := w.Header().Get("set-auth-token")
	if w.Code != 200 || token == "" || w.Header().Get("Access-Control-Expose-Headers") != "set-auth-token" {
		t.Fatalf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
	return token
}

func who(t *testing.T, auth *core.Auth, headers ...string) string {
	t.Helper()
	w := do(t, auth, "GET", "/get-session", "", headers...)
	if w.Code != 200 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	for _, email := range []string{"ann@example.com", "bob@example.com"} {
		if strings.Contains(w.Body.String(), email) {
			return email
		}
	}
	return ""
}

func TestPlugin(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Options{New: func() core.Plugin { return bearer.New(bearer.Options{}) }})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	auth := newAuth(t, bearer.Options{})
	token := signUp(t, auth, "ann@example.com")
	bare, signature, _ := strings.Cut(token, ".")
	escaped := bare + "." + strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(signature)
	for header, want := range map[string]bool{
		"Bearer " + token: true, "bearer " + token: true, "BEARER  " + token + " ": true, "Bearer " + escaped: true,
		"Bearer " + bare:                                  false, // unsigned
		"Bearer " + bare + "x." + signature:               false,
		"Bearer " + bare + "." + signature[1:]:            false,
		"Bearer " + bare + ".x." + signature:              false,
		"Bearer " + bare + ".%zz":                         false,
		"Bearer " + bare + ".":                            false,
		"Bearer ." + signature:                            false,
		"Bearer":                                          false,
		"Bearer ":                                         false,
		"Basic " + token:                                  false,
		"Bearer" + token:                                  false,
		"Bearer " + strings.Repeat("x", 9000):             false,
		"Bearer " + bare + "\t." + signature:              false,
		"Bearer " + bare + "; better-auth.session_token=": false,
	} {
		if got := who(t, auth, "Authorization", header); (got != "") != want {
			t.Errorf("%q: got %q, want it to count: %v", header, got, want)
		}
	}
}

// TestUnsignedTokens: bare tokens count where the options say so, and in Exact.
func TestUnsignedTokens(t *testing.T) {
	t.Parallel()
	exact := func(c *core.Config) { c.Compat = core.Exact }
	for _, c := range []struct {
		option core.Switch
		change func(*core.Config)
		want   bool
	}{
		{core.Default, func(*core.Config) {}, false},
		{core.On, func(*core.Config) {}, true},
		{core.Off, exact, false},
		{core.Default, exact, true},
	} {
		auth := newAuth(t, bearer.Options{AllowUnsigned: c.option}, c.change)
		bare, _, _ := strings.Cut(signUp(t, auth, "ann@example.com"), ".")
		if got := who(t, auth, "Authorization", "Bearer "+bare); (got != "") != c.want {
			t.Errorf("option %v, hardened %v: got %q", c.option, auth.Hardened(), got)
		}
	}
}

// TestTokenGoesBeforeCookie: the session is the token's, and the cookie's where the token is none.
func TestTokenGoesBeforeCookie(t *testing.T) {
	t.Parallel()
	auth := newAuth(t, bearer.Options{})
	ann, bob := signUp(t, auth, "ann@example.com"), signUp(t, auth, "bob@example.com")
	cookie := "a=1; better-auth.session_token=" + strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(bob)
	if got := who(t, auth, "Cookie", cookie, "Authorization", "Bearer "+ann); got != "ann@example.com" {
		t.Errorf("got %q, want Ann", got)
	}
	if got := who(t, auth, "Cookie", cookie, "Authorization", "Bearer nonsense.signature"); got != "bob@example.com" {
		t.Errorf("got %q, want Bob", got)
	}
	// A browser's cookie is still checked for where the request comes from.
	w := do(t, auth, "POST", "/update-user", `{"name":"X"}`, "Cookie", cookie, "Authorization", "Bearer "+ann, "Origin", "https://evil.example")
	if w.Code != 403 {
		t.Errorf("a foreign origin: got %d %s", w.Code, w.Body)
	}
	if w := do(t, auth, "POST", "/update-user", `{"name":"X"}`, "Authorization", "Bearer "+ann); w.Code != 200 || w.Header().Get("set-auth-token") != ann {
		t.Errorf("without cookies: got %d %s, %q", w.Code, w.Body, w.Header().Get("set-auth-token"))
	}
}

// TestEverywhere: in process and in an adapter's middleware a token counts as over HTTP.
func TestEverywhere(t *testing.T) {
	t.Parallel()
	auth := newAuth(t, bearer.Options{})
	token := signUp(t, auth, "ann@example.com")
	header := http.Header{"Authorization": {"Bearer " + token}}
	s, err := core.GetSession.Call(t.Context(), auth, core.GetSessionInput{}, core.WithHeader(header))
	if err != nil || s == nil {
		t.Errorf("in process: got %v, %v", s, err)
	}
	if _, changed := header["Cookie"]; changed {
		t.Error("the caller's headers are changed")
	}
	res, err := auth.Call(t.Context(), "updateUser", core.CallInput{Body: map[string]any{"name": "X"}, Header: header})
	if err != nil || res.Header.Get("set-auth-token") != token {
		t.Errorf("by name: got %v, %v", res.Header, err)
	}
	req := httptest.NewRequest("GET", "/page", nil)
	req.Header = header
	if v := auth.Require(t.Context(), req); v.Session == nil || v.Refusal != nil {
		t.Errorf("Require: got %+v", v)
	}
	if v := auth.Load(t.Context(), req); v.Session == nil {
		t.Errorf("Load: got %+v", v)
	}
	w := do(t, auth, "POST", "/sign-out", `{}`, "Authorization", "Bearer "+token)
	if w.Code != 200 || w.Header().Get("set-auth-token") != "" || who(t, auth, "Authorization", "Bearer "+token) != "" {
		t.Errorf("sign-out: got %d %v", w.Code, w.Header())
	}
}

// challenger lets nobody in.
type challenger struct{}

func (challenger) Manifest() core.Manifest {
	return core.Manifest{ID: "challenger", SignIn: []core.SignInStep{{Name: "challenge", Check: func(context.Context, *core.Exchange, *core.SignIn) error {
		return &core.Challenge{Method: "test", Body: map[string]bool{"more": true}}
	}}}}
}

// TestNoTokenBeforeTheSession: a sign-in that is not complete shows no token.
func TestNoTokenBeforeTheSession(t *testing.T) {
	t.Parallel()
	auth := newAuth(t, bearer.Options{}, func(c *core.Config) { c.Plugins = append(c.Plugins, challenger{}) })
	w := do(t, auth, "POST", "/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`)
	if w.Code != 200 || w.Header().Get("set-auth-token") != "" || w.Header().Get("Access-Control-Expose-Headers") != "" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
}

func FuzzAuthorization(f *testing.F) {
	auth, err := core.New(core.Config{
		BaseURL: testOrigin, Secret: "bearer-test-secret-0123456789-0123456789", Store: memdb.New(),
		Plugins: []core.Plugin{bearer.New(bearer.Options{})}, Logger: slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil)),
		RateLimit: core.RateLimitConfig{Enabled: core.Off},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("Bearer a.b")
	f.Add("bearer %zz.%zz=")
	f.Add("Bearer a.b.c; d=e")
	f.Fuzz(func(t *testing.T, header string) {
		req := httptest.NewRequest("GET", testOrigin+"/api/auth/get-session", nil)
		req.Header["Authorization"] = []string{header}
		w := httptest.NewRecorder()
		auth.ServeHTTP(w, req)
		if w.Code != 200 || w.Body.String() != "null" {
			t.Errorf("%q: got %d %s", header, w.Code, w.Body)
		}
	})
}
