// Package authecho mounts Cardea into Echo v4.
//
//	e := echo.New()
//	authecho.Mount(e, auth)
//	e.GET("/me", me, authecho.Require(auth))
//	e.GET("/account", me, authecho.Require(auth, core.RedirectTo("/login")))
//
//	func me(c echo.Context) error {
//		return c.JSON(http.StatusOK, authecho.Session(c).User)
//	}
//
// A front end on another origin needs Echo's CORS middleware (e.Use) with AllowCredentials, and its origin in
// Config.TrustedOrigins.
package authecho

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/cardea-auth/cardea/core"
)

// Router is an *echo.Echo or an *echo.Group.
type Router interface {
	Any(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) []*echo.Route
	RouteNotFound(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route
}

// Mount serves every path under auth's base path, for every method, from an Echo or from a group. A group lends its
// middleware and host; if it has a prefix, that must be the beginning of the base path. Mount panics where it is not.
// Routes of the app beside auth's, such as GET /api/auth/me, take precedence.
func Mount(r Router, auth *core.Auth) {
	base := auth.BasePath()
	if strings.ContainsAny(base, `:*%\`) {
		panic(fmt.Sprintf("authecho: the base path %q has characters with a meaning of their own in Echo's routes: choose a Config.BasePath without them", base))
	}
	serve := handler(auth)
	// Only a registered route tells the prefix of a group. Without a prefix this is one of those needed; with one, it is a
	// path that nobody asks for.
	probe := r.RouteNotFound(base+"/*", serve)
	prefix := strings.TrimSuffix(probe.Path, base+"/*")
	path, ok := strings.CutPrefix(base, prefix)
	if !ok {
		panic(fmt.Sprintf("authecho: auth is served under %q, which does not begin with the group's prefix %q: mount it on the Echo itself, or change Config.BasePath", base, prefix))
	}
	paths := []string{path + "/*"}
	if base != "" {
		paths = append(paths, path)
	}
	for _, path := range paths {
		r.Any(path, serve)
		r.RouteNotFound(path, serve) // the methods that Any has never heard of
	}
}

func handler(auth *core.Auth) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Body != nil && r.ContentLength != 0 {
			r.Body = body{r.Body}
		}
		auth.Serve(r.Context(), r).WriteTo(c.Response())
		return nil
	}
}

// body translates what the reader of Echo's BodyLimit returns past the limit: an HTTP error of Echo's own.
type body struct{ io.ReadCloser }

func (b body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if e, ok := errors.AsType[*echo.HTTPError](err); ok && e.Code == http.StatusRequestEntityTooLarge {
		err = core.ErrBodyTooLarge
	}
	return n, err
}
