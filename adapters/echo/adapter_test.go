package authecho_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	authecho "github.com/cardea-auth/cardea/adapters/echo"
	"github.com/cardea-auth/cardea/conformance/adaptertest"
)

func TestAdapter(t *testing.T) {
	t.Parallel()
	adaptertest.Run(t, adaptertest.Options{Serve: serve})
}

func serve(t testing.TB, app adaptertest.App) string {
	e := echo.New()
	inFront(t, e, app)
	if app.Group == "" {
		authecho.Mount(e, app.Auth)
	} else {
		authecho.Mount(e.Group(app.Group), app.Auth)
	}
	for _, route := range app.Routes {
		access := authecho.Load(app.Auth)
		if route.Require {
			access = authecho.Require(app.Auth, route.Guards...)
		}
		handler := func(c echo.Context) error {
			body, err := io.ReadAll(c.Request().Body)
			if err != nil {
				return err
			}
			return c.String(http.StatusOK, route.Handle(authecho.Session(c), body))
		}
		if route.Group == "" {
			e.Add(route.Method, route.Path, handler, access)
		} else {
			e.Group(route.Group, access).Add(route.Method, route.Path, handler)
		}
	}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return server.URL
}

// inFront is the middleware that app asks for.
func inFront(t testing.TB, e *echo.Echo, app adaptertest.App) {
	if app.FrontEnd != "" {
		e.Use(middleware.CORSWithConfig(middleware.CORSConfig{
			AllowOrigins:     []string{app.FrontEnd},
			AllowMethods:     []string{http.MethodGet, http.MethodPost},
			AllowHeaders:     []string{"Content-Type"},
			ExposeHeaders:    []string{"set-auth-token"},
			AllowCredentials: true,
		}))
	}
	if app.BodyLimit > 0 {
		e.Use(middleware.BodyLimit(strconv.FormatInt(app.BodyLimit, 10) + "B"))
	}
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if app.EatBody {
				if _, err := io.Copy(io.Discard, c.Request().Body); err != nil {
					t.Error(err)
				}
			}
			if app.Context != nil {
				c.SetRequest(c.Request().WithContext(app.Context(c.Request().Context())))
			}
			if app.Cookie != "" {
				c.Response().Header().Add("Set-Cookie", app.Cookie)
			}
			return next(c)
		}
	})
}
