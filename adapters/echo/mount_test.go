package authecho_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	authecho "github.com/cardea-auth/cardea/adapters/echo"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// TestBesideRoutesOfTheApp: the app's own routes under the base path and around it stay what they are, and do not keep
// other requests from core.
func TestBesideRoutesOfTheApp(t *testing.T) {
	t.Parallel()
	for _, mountFirst := range []bool{true, false} {
		e := echo.New()
		if mountFirst {
			authecho.Mount(e, newAuth())
		}
		own := func(c echo.Context) error { return c.NoContent(http.StatusTeapot) }
		e.GET("/api/auth/mine", own)
		e.GET("/api/:version", own)
		e.GET("/", own)
		e.RouteNotFound("/*", own)
		if !mountFirst {
			authecho.Mount(e, newAuth())
		}
		v := &visitor{app: e}
		for request, want := range map[string]int{
			"GET /api/auth/mine": 418, "POST /api/auth/mine": 404, "GET /api/auth/ok": 200, "OPTIONS /api/auth/ok": 404,
			"GET /api/v1": 418, "GET /api/auth": 404, "GET /": 418, "GET /elsewhere": 418, "PURGE /api/auth/ok": 404,
		} {
			method, path, _ := strings.Cut(request, " ")
			if res := v.send(method, path, ""); res.StatusCode != want {
				t.Errorf("mounted first %v: %s got %d, want %d", mountFirst, request, res.StatusCode, want)
			}
		}
	}
}

// TestGroupMiddleware: a group lends its middleware to all of core's routes, also where it comes after Mount, and its host.
func TestGroupMiddleware(t *testing.T) {
	t.Parallel()
	count := 0
	counting := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			count++
			return next(c)
		}
	}
	e := echo.New()
	g := e.Group("/api", counting)
	authecho.Mount(g, newAuth())
	g.Use(counting)
	v := &visitor{app: e}
	for path, want := range map[string]int{"/api/auth/ok": 200, "/api/auth/nothing": 404, "/api/auth": 404} {
		count = 0
		if res := v.send("GET", path, ""); res.StatusCode != want || count != 1 {
			t.Errorf("GET %s: got %d through %d middlewares, want %d through 1", path, res.StatusCode, count, want)
		}
	}
	e = echo.New()
	authecho.Mount(e.Host("auth.example.com"), newAuth())
	v.app = e
	if res := v.send("GET", "/api/auth/ok", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("another host: got %d, want 404", res.StatusCode)
	}
}

// TestBasePathWithSigns: what Echo would take for a parameter cannot be served, and Mount says so.
func TestBasePathWithSigns(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"/a:b", "/a*", "/%C3%A9"} {
		auth, err := core.New(core.Config{BaseURL: "http://localhost:8080", BasePath: base, Secret: strings.Repeat("s", 32), Store: memdb.New()})
		if err != nil {
			t.Fatal(err)
		}
		func() {
			defer func() {
				if s := fmt.Sprint(recover()); !strings.Contains(s, "Config.BasePath") {
					t.Errorf("base path %q: got panic %q, want one that says what to change", base, s)
				}
			}()
			authecho.Mount(echo.New(), auth)
		}()
	}
}

func TestSessionWithoutMiddleware(t *testing.T) {
	t.Parallel()
	if s := authecho.Session(echo.New().NewContext(nil, nil)); s != nil {
		t.Errorf("got %+v, want nil", s)
	}
}
