package main

import (
	"io"
	"net/http"

	"github.com/cardea-auth/cardea/adapters/stdlib"
	"github.com/cardea-auth/cardea/core"
)

// stdlibApp is not a ServeMux, which would redirect paths that the contract answers with 404.
func stdlibApp(auth *core.Auth) http.Handler {
	protected := authhttp.Require(auth)(http.HandlerFunc(stdlibMe))
	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "GET /ping":
			_, _ = io.WriteString(w, "pong") // an error means that the client has gone
		case "GET /me":
			protected.ServeHTTP(w, r)
		default:
			if auth.BasePath() == "" {
				auth.ServeHTTP(w, r)
				return
			}
			w.WriteHeader(http.StatusNotFound)
		}
	})
	if auth.BasePath() == "" {
		return app
	}
	return authhttp.Middleware(auth)(app)
}

func stdlibMe(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(me(authhttp.Session(r))) // an error means that the client has gone
}
