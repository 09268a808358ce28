package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
)

// BenchmarkPlugins is get-session without the network, with plugins and without: the median, and how many times that of none.
// The sets take turns, a few milliseconds each, so that what slows the machine down slows all of them down.
//
//	go test -run - -bench Plugins -benchtime 400x .
func BenchmarkPlugins(b *testing.B) {
	const requests = 250 // in each turn
	sets := pluginSets()
	handlers, cookies := make([]*core.Auth, len(sets)), make([]string, len(sets))
	for i, s := range sets {
		handlers[i] = onSQLite(b, s.plugins)
		cookies[i] = cookieFor(b, handlers[i])
	}
	turns := make([][]time.Duration, len(sets))
	for b.Loop() {
		for i, h := range handlers {
			r := httptest.NewRequest(http.MethodGet, origin+"/api/auth/get-session", nil)
			r.Header.Set("Cookie", cookies[i])
			start := time.Now()
			for range requests {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != http.StatusOK || w.Body.Len() < 100 {
					b.Fatal(w.Code, w.Body)
				}
			}
			turns[i] = append(turns[i], time.Since(start)/requests)
		}
	}
	var none float64
	for i, s := range sets {
		slices.Sort(turns[i])
		median := float64(turns[i][len(turns[i])/2])
		if i == 0 {
			none = median
		}
		b.ReportMetric(median, s.name+"-ns/req")
		b.ReportMetric(median/none, s.name+"/none")
	}
	b.ReportMetric(0, "ns/op") // of all together says nothing
}

// onSQLite is an installation with plugins over a file.
func onSQLite(b *testing.B, plugins []core.Plugin) *core.Auth {
	b.Helper()
	db, err := sqlite.Open(filepath.Join(b.TempDir(), "bench.sqlite"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	auth, err := core.New(core.Config{
		BaseURL: origin, Secret: secret, Store: bunstore.New(db), RateLimit: core.RateLimitConfig{Enabled: core.Off},
		Plugins: append(plugins, emailpassword.New(emailpassword.Options{})),
	})
	if err == nil {
		err = auth.Migrate(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	return auth
}
