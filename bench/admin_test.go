package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/admin"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
)

// BenchmarkAdmin is get-session with and without the plugin admin, which adds columns to both of its tables and judges what
// is found.
func BenchmarkAdmin(b *testing.B) {
	for name, plugins := range map[string][]core.Plugin{
		"without": nil,
		"with":    {admin.New(admin.Options{})},
	} {
		b.Run(name, func(b *testing.B) {
			db, err := sqlite.Open(filepath.Join(b.TempDir(), "bench.sqlite"))
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			auth, err := core.New(core.Config{
				BaseURL: origin, Secret: secret, Store: bunstore.New(db), RateLimit: core.RateLimitConfig{Enabled: core.Off},
				Plugins: append(plugins, emailpassword.New(emailpassword.Options{})),
			})
			if err != nil {
				b.Fatal(err)
			}
			if err := auth.Migrate(b.Context()); err != nil {
				b.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodGet, origin+"/api/auth/get-session", nil)
			r.Header.Set("Cookie", cookieFor(b, auth))
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				auth.ServeHTTP(w, r)
				if w.Code != 200 || w.Body.Len() < 100 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
