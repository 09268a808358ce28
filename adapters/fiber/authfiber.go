// Package authfiber mounts Cardea into Fiber v2.
//
//	app := fiber.New()
//	authfiber.Mount(app, auth)
//	app.Get("/me", authfiber.Require(auth), me)
//	app.Get("/account", authfiber.Require(auth, core.RedirectTo("/login")), me)
//
//	func me(c *fiber.Ctx) error {
//		return c.JSON(authfiber.Session(c).User)
//	}
//
// Fiber reuses the memory of a request for the next one. All that Cardea gets is a copy, so what hooks, plugins and
// background work keep stays as it was. Fiber does not tell when a client has gone away: nothing is cancelled then, and
// the store's own timeout is what ends a slow query.
//
// A front end on another origin needs Fiber's CORS middleware (app.Use) with AllowCredentials, and its origin in
// Config.TrustedOrigins.
package authfiber

import (
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/cardea-auth/cardea/core"
)

// Mount serves every path under auth's base path, for every method that the app has in its RequestMethods, from an app or
// from a group. A group lends its middleware; if it has a prefix, that must be the beginning of the base path, and so must
// the path at which an app is mounted into another. Mount panics where it is not. Core sees the path that the client
// sent: a rewrite in front does not lead to it.
func Mount(r fiber.Router, auth *core.Auth) {
	base := auth.BasePath()
	if strings.ContainsAny(base, `:*+?()<>\`) {
		panic(fmt.Sprintf("authfiber: the base path %q has characters with a meaning of their own in Fiber's routes: choose a Config.BasePath without them", base))
	}
	path, err := pathIn(prefix(r), base)
	if err != nil {
		panic(err.Error())
	}
	serve := handler(auth)
	r.All(path+"/*", serve)
	if base != "" {
		r.All(path, serve)
	}
	if app, ok := r.(*fiber.App); ok {
		app.Hooks().OnMount(func(*fiber.App) error { // too late to register other paths, but not to say so
			if at, err := pathIn(prefix(app), base); err != nil {
				return err
			} else if at != path {
				return fmt.Errorf("authfiber: auth is served under %q: mount the app into its parent first, and then auth into the app", base)
			}
			return nil
		})
	}
}

// prefix returns what r adds in front of the paths that are registered with it.
func prefix(r fiber.Router) string {
	switch r := r.(type) {
	case *fiber.App:
		return r.MountPath()
	case *fiber.Group:
		return r.Prefix
	default:
		return ""
	}
}

// pathIn returns the part of the base path that comes after prefix.
func pathIn(prefix, base string) (string, error) {
	prefix = strings.TrimRight(prefix, "/")
	path, ok := strings.CutPrefix(base, prefix)
	if !ok || path != "" && path[0] != '/' {
		return "", fmt.Errorf("authfiber: auth is served under %q, which is not under the router's prefix %q: mount it on the app itself, or change Config.BasePath", base, prefix)
	}
	return path, nil
}

func handler(auth *core.Auth) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r, err := newRequest(c)
		if err != nil {
			return badTarget(c)
		}
		setBody(r, c)
		defer abort(c)
		write(c, auth.Serve(c.UserContext(), r))
		return nil
	}
}

// abort closes the connection without an answer where a handler panicked with http.ErrAbortHandler, as net/http does.
// Nothing above would recover it: fasthttp lets panics end the process. Core has turned all others into answers.
func abort(c *fiber.Ctx) {
	switch v := recover(); v {
	case nil:
	case http.ErrAbortHandler:
		c.Context().HijackSetNoResponse(true)
		c.Context().Hijack(func(net.Conn) {})
	default:
		panic(v)
	}
}
