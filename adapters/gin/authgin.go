// Package authgin mounts Cardea into Gin.
//
//	r := gin.Default()
//	authgin.Mount(r, auth)
//	r.GET("/me", authgin.Require(auth), me)
//	r.GET("/account", authgin.Require(auth, core.RedirectTo("/login")), me)
//
//	func me(c *gin.Context) {
//		c.JSON(http.StatusOK, authgin.Session(c).User)
//	}
//
// Gin allows no route beside a wildcard: an app with routes of its own under the base path calls [MountRoutes] instead of
// Mount. A front end on another origin needs a CORS middleware such as gin-contrib/cors (r.Use), with credentials allowed,
// and its origin in Config.TrustedOrigins.
package authgin

import (
	"fmt"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/cardea-auth/cardea/core"
)

// Mount serves every path under auth's base path, for every method that Gin knows, from an engine or from a group. A
// group lends its middleware; if it has a prefix, that must be the beginning of the base path. Mount panics where it is
// not and, as Gin does, where the app has a route under the base path.
func Mount(r gin.IRouter, auth *core.Auth) {
	path := pathIn(r, auth)
	r.Any(path+"/*path", serve(auth))
	if auth.BasePath() != "" { // by itself too, or Gin would redirect it
		r.Any(path, serve(auth))
	}
}

// MountRoutes serves auth's endpoints one by one, from an engine or from a group as [Mount] does, so that the app can have
// routes beside them. What is under the base path and no endpoint is the app's to answer; Gin's own way is a 404 in plain
// text and a redirect of paths with a slash too many. Path parameters with an escaped slash in them need
// gin.Engine.UseEscapedPath.
func MountRoutes(r gin.IRouter, auth *core.Auth) {
	path := pathIn(r, auth)
	for _, e := range auth.Endpoints() {
		if e.Spec.Access == core.ServerOnly {
			continue
		}
		for method := range strings.FieldsSeq(e.Spec.Method) {
			r.Handle(method, path+ginPath(e.Spec.Path), serve(auth))
		}
	}
}

// pathIn returns the base path as it is registered with r, whose own prefix is added to it.
func pathIn(r gin.IRouter, auth *core.Auth) string {
	base := auth.BasePath()
	if strings.ContainsAny(base, `:*%\`) {
		panic(fmt.Sprintf("authgin: the base path %q has characters with a meaning of their own in Gin's routes: choose a Config.BasePath without them", base))
	}
	prefix := ""
	if g, ok := r.(interface{ BasePath() string }); ok {
		prefix = strings.TrimRight(g.BasePath(), "/")
	}
	path, ok := strings.CutPrefix(base, prefix)
	if !ok || path != "" && path[0] != '/' {
		panic(fmt.Sprintf("authgin: auth is served under %q, which is not under the group's prefix %q: mount it on the engine itself, or change Config.BasePath", base, prefix))
	}
	return path
}

// ginPath gives all parameters the same name: Gin refuses routes that name the same place differently, which endpoints of
// different plugins may. Nobody reads them; core has its own.
func ginPath(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if strings.HasPrefix(s, ":") {
			segments[i] = ":param"
		}
	}
	return strings.Join(segments, "/")
}

func serve(auth *core.Auth) gin.HandlerFunc {
	return func(c *gin.Context) {
		write(c, auth.Serve(c.Request.Context(), c.Request))
	}
}

func write(c *gin.Context, res *core.Response) {
	res.WriteTo(c.Writer)
	c.Writer.WriteHeaderNow() // or Gin might fill in a body for an empty 404
}
