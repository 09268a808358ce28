package authgin_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"

	authgin "github.com/cardea-auth/cardea/adapters/gin"
	"github.com/cardea-auth/cardea/conformance/adaptertest"
	"github.com/cardea-auth/cardea/core"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode) // or it prints every route
	os.Exit(m.Run())
}

func TestMount(t *testing.T) {
	t.Parallel()
	adaptertest.Run(t, adaptertest.Options{
		Serve:    func(t testing.TB, app adaptertest.App) string { return serve(t, gin.New(), app, authgin.Mount) },
		Features: adaptertest.Features{NoStrangeMethods: true},
	})
}

func TestMountRoutes(t *testing.T) {
	t.Parallel()
	adaptertest.Run(t, adaptertest.Options{
		Serve: func(t testing.TB, app adaptertest.App) string {
			r := gin.New()
			r.UseEscapedPath = true // for parameters with a slash in them
			return serve(t, r, app, authgin.MountRoutes)
		},
		Features: adaptertest.Features{NoStrangeMethods: true, OwnNotFound: true},
	})
}

func serve(t testing.TB, r *gin.Engine, app adaptertest.App, mount func(gin.IRouter, *core.Auth)) string {
	inFront(t, r, app)
	if app.Group == "" {
		mount(r, app.Auth)
	} else {
		mount(r.Group(app.Group), app.Auth)
	}
	for _, route := range app.Routes {
		access := authgin.Load(app.Auth)
		if route.Require {
			access = authgin.Require(app.Auth, route.Guards...)
		}
		handler := func(c *gin.Context) {
			body, err := io.ReadAll(c.Request.Body)
			if err != nil {
				t.Errorf("%s %s: %v", c.Request.Method, c.Request.URL, err)
			}
			c.String(http.StatusOK, "%s", route.Handle(authgin.Session(c), body))
		}
		if route.Group == "" {
			r.Handle(route.Method, route.Path, access, handler)
		} else {
			r.Group(route.Group, access).Handle(route.Method, route.Path, handler)
		}
	}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return server.URL
}

// inFront is the middleware that app asks for.
func inFront(t testing.TB, r *gin.Engine, app adaptertest.App) {
	if app.FrontEnd != "" {
		r.Use(cors.New(cors.Config{
			AllowOrigins:     []string{app.FrontEnd},
			AllowMethods:     []string{http.MethodGet, http.MethodPost},
			AllowHeaders:     []string{"Content-Type"},
			ExposeHeaders:    []string{"set-auth-token"},
			AllowCredentials: true,
		}))
	}
	r.Use(func(c *gin.Context) {
		if app.BodyLimit > 0 {
			c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, app.BodyLimit)
		}
		if app.EatBody {
			if _, err := io.Copy(io.Discard, c.Request.Body); err != nil {
				t.Error(err)
			}
		}
		if app.Context != nil {
			c.Request = c.Request.WithContext(app.Context(c.Request.Context()))
		}
		if app.Cookie != "" {
			c.Writer.Header().Add("Set-Cookie", app.Cookie)
		}
	})
}
