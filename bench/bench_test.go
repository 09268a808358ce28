package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
	memorystore "github.com/cardea-auth/cardea/stores/memory"
)

func newAuth(b *testing.B, s store.Store) *core.Auth {
	b.Helper()
	auth, err := core.New(core.Config{
		BaseURL: origin, Secret: secret, Store: s,
		Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{})}, RateLimit: core.RateLimitConfig{Enabled: core.Off},
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := auth.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	return auth
}

// BenchmarkCall is the pipeline alone: an in-process call that asks no store.
func BenchmarkCall(b *testing.B) {
	auth := newAuth(b, memorystore.New())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := core.OK.Call(b.Context(), auth, core.None{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCallNoSession is a call that looks for a session and finds no cookie.
func BenchmarkCallNoSession(b *testing.B) {
	auth := newAuth(b, memorystore.New())
	h := http.Header{"User-Agent": {"bench"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := core.GetSession.Call(b.Context(), auth, core.GetSessionInput{}, core.WithHeader(h)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHandler is get-session without the network, beside the floor.
func BenchmarkHandler(b *testing.B) {
	db, err := sqlite.Open(filepath.Join(b.TempDir(), "bench.sqlite"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	auth := newAuth(b, bunstore.New(db))
	mark, err := newFloor(cell{}, db, auth)
	if err != nil {
		b.Fatal(err)
	}
	memory := newAuth(b, memorystore.New())
	for _, c := range []struct {
		name    string
		signUp  http.Handler
		handler http.Handler
	}{{"floor-sqlite", auth, mark}, {"cardea-sqlite", auth, auth}, {"cardea-memory", memory, memory}} {
		b.Run(c.name, func(b *testing.B) {
			cookie := cookieFor(b, c.signUp)
			r := httptest.NewRequest(http.MethodGet, origin+"/api/auth/get-session", nil)
			r.Header.Set("Cookie", cookie)
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				c.handler.ServeHTTP(w, r)
				if w.Code != 200 || w.Body.Len() < 100 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}

func cookieFor(b *testing.B, h http.Handler) string {
	b.Helper()
	for _, path := range []string{"/api/auth/sign-up/email", "/api/auth/sign-in/email"} {
		r := httptest.NewRequest(http.MethodPost, origin+path, strings.NewReader(body("sign-up", 0)))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			return c.Name + "=" + c.Value
		}
	}
	b.Fatal("no session")
	return ""
}
