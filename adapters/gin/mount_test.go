package authgin_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	authgin "github.com/cardea-auth/cardea/adapters/gin"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// plugin serves what it is told to.
type plugin []core.AnyEndpoint

func (p plugin) Manifest() core.Manifest { return core.Manifest{ID: "test", Endpoints: p} }

func endpoint(id, method, path string, access core.Access) core.AnyEndpoint {
	return core.Define(core.Spec{ID: id, Method: method, Path: path, Access: access},
		func(_ context.Context, x *core.Exchange, _ core.None) (string, error) {
			return id + " " + x.Param("one") + x.Param("two") + x.Param("three"), nil
		})
}

func authWith(t *testing.T, basePath string, endpoints ...core.AnyEndpoint) *core.Auth {
	t.Helper()
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080", BasePath: basePath, Secret: strings.Repeat("s", 32), Store: memdb.New(),
		Plugins: []core.Plugin{plugin(endpoints)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return auth
}

// TestParameterNames: endpoints may name the parameter at one place differently, which Gin's routes may not.
func TestParameterNames(t *testing.T) {
	t.Parallel()
	r := gin.New()
	authgin.MountRoutes(r, authWith(t, "",
		endpoint("first", "GET", "/x/:one", core.Public),
		endpoint("second", "GET", "/x/:two/y/:three", core.Public),
		endpoint("third", "GET POST", "/x/static", core.Public),
		endpoint("fourth", "POST", "/x/:three", core.Public),
		endpoint("server", "GET", "/x/server", core.ServerOnly),
	))
	v := &visitor{app: r}
	for request, want := range map[string]string{
		"GET /api/auth/x/1":      `"first 1"`,
		"GET /api/auth/x/1/y/2":  `"second 12"`,
		"GET /api/auth/x/static": `"third "`,
		"POST /api/auth/x/other": `"fourth other"`,
		"GET /api/auth/x/server": `"first server"`,
	} {
		method, path, _ := strings.Cut(request, " ")
		body, err := io.ReadAll(v.send(method, path, "").Body)
		if err != nil || string(body) != want {
			t.Errorf("%s: got %s %v, want %s", request, body, err, want)
		}
	}
	routes := r.Routes()
	if slices.ContainsFunc(routes, func(r gin.RouteInfo) bool { return strings.Contains(r.Path, "server") }) {
		t.Errorf("an endpoint for the server only has a route: %v", routes)
	}
}

// TestMountDoesNotRedirect: the base path is core's to answer, in every spelling that Gin would like to mend.
func TestMountDoesNotRedirect(t *testing.T) {
	t.Parallel()
	r := gin.New()
	r.RedirectFixedPath = true
	authgin.Mount(r, newAuth())
	v := &visitor{app: r}
	for _, path := range []string{"/api/auth", "/api/auth/", "/api/auth/ok/", "/api/auth//ok"} {
		if res := v.send("GET", path, ""); res.StatusCode != http.StatusNotFound || res.Header.Get("Content-Type") != "" {
			t.Errorf("GET %s: got %d with %v, want a bare 404", path, res.StatusCode, res.Header)
		}
	}
}

// TestRequireForAll: a Require for the whole engine also guards what has no route, and its answer stays as it is.
func TestRequireForAll(t *testing.T) {
	t.Parallel()
	auth := newAuth()
	hidden := func(context.Context, *core.Exchange) error { return core.NewError(http.StatusNotFound, "", "") }
	for name, c := range map[string]struct {
		guard core.Guard
		want  int
	}{
		"no guard":         {func(context.Context, *core.Exchange) error { return nil }, 401},
		"RedirectTo":       {core.RedirectTo("/login"), 302},
		"a bare not found": {hidden, 404},
	} {
		r := gin.New()
		r.Use(authgin.Require(auth, c.guard))
		r.GET("/", func(c *gin.Context) { t.Error("the handler is called") })
		v := &visitor{app: r}
		for _, path := range []string{"/", "/nothing"} {
			res := v.send("GET", path, "")
			body, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != c.want || strings.Contains(string(body), "404 page") {
				t.Errorf("%s: GET %s got %d %q %v, want %d as core answers it", name, path, res.StatusCode, body, err, c.want)
			}
		}
	}
}

// TestBasePathWithSigns: what Gin would take for a parameter cannot be served, and Mount says so.
func TestBasePathWithSigns(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"/a:b", "/a*", "/%C3%A9"} {
		auth := authWith(t, base)
		for _, mount := range []func(gin.IRouter, *core.Auth){authgin.Mount, authgin.MountRoutes} {
			func() {
				defer func() {
					if s := fmt.Sprint(recover()); !strings.Contains(s, "Config.BasePath") {
						t.Errorf("base path %q: got panic %q, want one that says what to change", base, s)
					}
				}()
				mount(gin.New(), auth)
			}()
		}
	}
}

func TestSessionWithoutMiddleware(t *testing.T) {
	t.Parallel()
	if s := authgin.Session(new(gin.Context)); s != nil {
		t.Errorf("got %+v, want nil", s)
	}
}
