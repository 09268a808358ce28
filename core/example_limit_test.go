package core_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// Limits are on in production. An app changes them, or adds its own.
func ExampleRateLimitConfig() {
	auth, err := core.New(core.Config{
		BaseURL: "https://example.com", Secret: "example-secret-0123456789-0123456789", Store: memdb.New(),
		RateLimit: core.RateLimitConfig{
			Custom: []ratelimit.CustomRule{{Path: "/ok", Rule: ratelimit.Rule{Window: time.Minute, Max: 2}}},
		},
	})
	if err != nil {
		panic(err)
	}
	for range 3 {
		w := httptest.NewRecorder()
		auth.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/auth/ok", nil))
		fmt.Println(w.Code, w.Header().Get("X-Retry-After"), w.Body)
	}
	// Output:
	// 200  {"ok":true}
	// 200  {"ok":true}
	// 429 60 {"message":"Too many requests. Please try again later."}
}

// A server with several hosts has the base URL of each request.
func ExampleBaseURLsConfig() {
	auth, err := core.New(core.Config{
		BaseURLs: core.BaseURLsConfig{AllowedHosts: []string{"*.example.com", "localhost:*"}},
		Secret:   "example-secret-0123456789-0123456789", Store: memdb.New(),
		Plugins: []core.Plugin{testPlugin{core.Manifest{ID: "where", Endpoints: []core.AnyEndpoint{where}}}},
	})
	if err != nil {
		panic(err)
	}
	for _, host := range []string{"a.example.com", "localhost:3000", "evil.example"} {
		r := httptest.NewRequest(http.MethodGet, "/api/auth/where", nil)
		r.Host = host
		res := auth.Serve(r.Context(), r)
		fmt.Println(res.Status, string(res.Body))
	}
	// Output:
	// 200 "https://a.example.com/api/auth"
	// 200 "http://localhost:3000/api/auth"
	// 421
}
