package core_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

func benchAuth(b *testing.B, change ...func(*core.Config)) *core.Auth {
	b.Helper()
	c := core.Config{
		BaseURL: testOrigin, Secret: testSecret, Store: memdb.New(), Password: core.PasswordConfig{Hasher: authtest.Hasher{}},
		Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{})}, RateLimit: core.RateLimitConfig{Enabled: core.Off},
	}
	for _, f := range change {
		f(&c)
	}
	auth, err := core.New(c)
	if err != nil {
		b.Fatal(err)
	}
	return auth
}

// BenchmarkCall is the pipeline alone: an in-process call that asks no store.
func BenchmarkCall(b *testing.B) {
	auth := benchAuth(b)
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := core.OK.Call(ctx, auth, core.None{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGetSession is get-session over a memory store without the network.
func BenchmarkGetSession(b *testing.B) {
	auth := benchAuth(b)
	r := httptest.NewRequest(http.MethodPost, testOrigin+"/api/auth/sign-up/email", strings.NewReader(`{"name":"A","email":"a@example.com","password":"password-1"}`))
	r.Header.Set("Content-Type", "application/json")
	up := auth.Serve(b.Context(), r)
	line, _, _ := strings.Cut(up.Header["Set-Cookie"][0], ";")
	r = httptest.NewRequest(http.MethodGet, testOrigin+"/api/auth/get-session", nil)
	r.Header.Set("Cookie", line)
	b.ReportAllocs()
	for b.Loop() {
		if res := auth.Serve(b.Context(), r); res.Status != 200 || len(res.Body) < 100 {
			b.Fatal(res.Status, string(res.Body))
		}
	}
}
