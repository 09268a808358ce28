package core_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// FuzzServe sends whatever it likes: the answer is never a breakdown, and JSON where it says so.
func FuzzServe(f *testing.F) {
	f.Add("POST", "/api/auth/sign-in/email", "application/json", "http://localhost:3000", "a=1", []byte(`{"email":"a@b.co","password":"x"}`))
	f.Add("POST", "/api/auth/sign-up/email", "application/x-www-form-urlencoded", "", "", []byte(`name=A&email=a%40b.co&password=password-1`))
	f.Add("GET", "/api/auth/get-session?disableRefresh=1", "", "null", "better-auth.session_token=x.y; =;;\"", []byte(nil))
	f.Add("GET", "/api/auth/error?error=%3C&error_description=%00", "", "", "", []byte(nil))
	f.Add("POST", "/api/auth//sign-out", "application/json;;", "https://[::1", "better-auth.session_token=%zz", []byte(`[[[`))
	auth, err := core.New(core.Config{
		BaseURL: testOrigin, Secret: testSecret, Store: memdb.New(), Password: core.PasswordConfig{Hasher: fastHasher{}},
		Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{})}, Logger: slog.New(slog.DiscardHandler),
		Errors: core.ErrorPageConfig{ShowPage: true}, RateLimit: core.RateLimitConfig{Enabled: core.Off},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, method, target, contentType, origin, cookie string, body []byte) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		r := httptest.NewRequest(http.MethodPost, testOrigin, bytes.NewReader(body))
		r.Method, r.URL = method, u
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Origin", origin)
		r.Header.Set("Cookie", cookie)
		res := auth.Serve(t.Context(), r)
		if res.Status >= 500 {
			t.Errorf("got %d", res.Status)
		}
		if res.Header.Get("Content-Type") == "application/json" && len(res.Body) > 0 && !json.Valid(res.Body) {
			t.Errorf("the body is no JSON: %q", res.Body)
		}
	})
}
