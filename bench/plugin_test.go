package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
)

// BenchmarkPlugins is get-session without the network, with plugins and without.
func BenchmarkPlugins(b *testing.B) {
	for _, c := range pluginSets() {
		b.Run(c.name, func(b *testing.B) {
			db, err := sqlite.Open(filepath.Join(b.TempDir(), "bench.sqlite"))
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			auth, err := core.New(core.Config{
				BaseURL: origin, Secret: secret, Store: bunstore.New(db), RateLimit: core.RateLimitConfig{Enabled: core.Off},
				Plugins: append(c.plugins, emailpassword.New(emailpassword.Options{})),
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
