package handles_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	authhttp "github.com/cardea-auth/cardea/adapters/stdlib"
	"github.com/cardea-auth/cardea/conformance/plugintest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/examples/internal/exampletest"
	handles "github.com/cardea-auth/cardea/examples/plugin"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	memorystore "github.com/cardea-auth/cardea/stores/memory"
)

func TestPlugin(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Options{New: func() core.Plugin { return handles.New() }})
}

func serve(t *testing.T, limits core.Switch) string {
	t.Helper()
	auth, err := core.New(core.Config{
		BaseURL:   "http://localhost:8080",
		Secret:    "example-test-secret-0123456789-0123456789",
		Store:     memorystore.New(),
		RateLimit: core.RateLimitConfig{Enabled: limits},
		Plugins:   []core.Plugin{emailpassword.New(emailpassword.Options{}), handles.New()},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	authhttp.Mount(mux, auth)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func signUp(t *testing.T, base, name string, i int) *exampletest.Client {
	t.Helper()
	c := exampletest.NewClient(t, base)
	c.Want(c.Do("POST", "/api/auth/sign-up/email", fmt.Sprintf(`{"name":%q,"email":"u%d@example.com","password":"correct horse"}`, name, i)), 200, "")
	return c
}

func TestHandles(t *testing.T) {
	t.Parallel()
	base := serve(t, core.Off)
	origin := []string{"Origin", "http://localhost:8080"}
	nobody := exampletest.NewClient(t, base)
	nobody.Want(nobody.Do("POST", "/api/auth/handle/claim", `{"name":"ann"}`, origin...), 401, "UNAUTHORIZED")
	nobody.Want(nobody.Do("GET", "/api/auth/handle/check?name=ann-lee", ""), 200, `"free":true`)

	ann := signUp(t, base, "Ann Lee", 1)
	nobody.Want(nobody.Do("GET", "/api/auth/handle/check?name=Ann-Lee", ""), 200, `"free":false`)
	namesake := signUp(t, base, "Ann Lee", 2) // keeps none
	namesake.Want(namesake.Do("POST", "/api/auth/handle/claim", `{"name":"ann-lee"}`, origin...), 409, "HANDLE_TAKEN")
	namesake.Want(namesake.Do("POST", "/api/auth/handle/claim", `{"name":"a b"}`, origin...), 400, "MALFORMED_HANDLE")
	ann.Want(ann.Do("POST", "/api/auth/handle/claim", `{"name":"annie"}`, origin...), 200, `"name":"annie"`)
	namesake.Want(namesake.Do("POST", "/api/auth/handle/claim", `{"name":"ann-lee"}`, origin...), 200, `"name":"ann-lee"`)
}

// TestOneOfFifty: a handle has one owner, however many claim it at once.
func TestOneOfFifty(t *testing.T) {
	t.Parallel()
	base := serve(t, core.Off)
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range 50 {
		c := signUp(t, base, "?", i)
		wg.Go(func() {
			if c.Do("POST", "/api/auth/handle/claim", `{"name":"one"}`, "Origin", "http://localhost:8080").Status == 200 {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d have the handle, want 1", won.Load())
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	c := exampletest.NewClient(t, serve(t, core.On))
	for range 20 {
		c.Want(c.Do("GET", "/api/auth/handle/check?name=ann", ""), 200, "")
	}
	if got := c.Do("GET", "/api/auth/handle/check?name=ann", "").Status; got != http.StatusTooManyRequests {
		t.Errorf("got %d for the 21st guess in a minute", got)
	}
}
