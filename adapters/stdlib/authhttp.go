// Package authhttp mounts Cardea into net/http, and with it into every router whose middleware is
// func(http.Handler) http.Handler: chi, gorilla/mux and others.
//
//	mux := http.NewServeMux()
//	authhttp.Mount(mux, auth)
//	mux.Handle("GET /me", authhttp.Require(auth)(http.HandlerFunc(me)))
//	mux.Handle("GET /account", authhttp.Require(auth, core.RedirectTo("/login"))(http.HandlerFunc(me)))
//
//	func me(w http.ResponseWriter, r *http.Request) {
//		fmt.Fprintln(w, authhttp.Session(r).User.Name)
//	}
//
// In front of another router goes [Middleware] in the place of Mount. A front end on another origin needs the router's
// CORS middleware around all of it, with credentials allowed, and its origin in Config.TrustedOrigins.
package authhttp

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
)

// methods are those of RFC 9110 §9 and PATCH. They are registered one by one: a pattern without a method would collide
// with an app's "GET /", and for methods that have no pattern ServeMux answers 405 where the contract has 404. GET is also
// HEAD to it; a pattern of HEAD's own would collide with an app's "GET /api/auth/mine".
var methods = []string{
	http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
	http.MethodConnect, http.MethodTrace,
}

// Mount serves every path under auth's base path from mux, the base path itself included. It coexists with patterns of
// the app such as "GET /" and "POST /{path...}", and panics, as mux does, where the app has taken one of its own.
//
// The path that reaches auth must be the client's: a mux under http.StripPrefix is not the place. ServeMux redirects paths
// with empty or dot segments to their clean form before any handler sees them; with [Middleware] around mux instead, auth
// answers them as well.
func Mount(mux *http.ServeMux, auth *core.Auth) {
	base := auth.BasePath()
	for _, method := range methods {
		mux.Handle(method+" "+base+"/", auth)
		if base != "" { // by itself too, or ServeMux would redirect it
			mux.Handle(method+" "+base, auth)
		}
	}
}

// Middleware answers every request under auth's base path and passes all others on. It goes in front of a router, so it
// is indifferent to how that one matches, cleans and redirects:
//
//	http.ListenAndServe(addr, authhttp.Middleware(auth)(router))
func Middleware(auth *core.Auth) func(http.Handler) http.Handler {
	base := auth.BasePath()
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rest, ok := strings.CutPrefix(r.URL.EscapedPath(), base)
			if ok && (rest == "" || rest[0] == '/') {
				auth.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
