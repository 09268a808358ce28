package main

import (
	"io"
	"net/http"

	"github.com/cardea-auth/cardea/adapters/stdlib"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/wire"
)

func stdlibApp(auth *core.Auth) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ping", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "pong") // an error means that the client has gone
	})
	mux.Handle("GET /me", authhttp.Require(auth)(http.HandlerFunc(stdlibMe)))
	if auth.BasePath() == "" {
		mux.Handle("/", auth) // whatever the app leaves
		return mux
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotFound) })
	// In front of the mux, which would redirect paths that the contract answers with 404.
	return authhttp.Middleware(auth)(mux)
}

func stdlibMe(w http.ResponseWriter, r *http.Request) {
	body, err := wire.Append(nil, me{authhttp.Session(r).User.ID})
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}
