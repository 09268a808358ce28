// Command nethttp adds sign-in to an app on net/http, with a front end on another origin.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/rs/cors"

	authhttp "github.com/cardea-auth/cardea/adapters/stdlib"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	memorystore "github.com/cardea-auth/cardea/stores/memory"
)

const frontEnd = "http://localhost:5173"

func main() {
	auth, err := core.New(core.Config{
		BaseURL:        "http://localhost:8080",
		Secret:         os.Getenv("BETTER_AUTH_SECRET"),
		Store:          memorystore.New(), // bunstore.New(db) keeps the data
		TrustedOrigins: []string{frontEnd},
		Plugins:        []core.Plugin{emailpassword.New(emailpassword.Options{})},
	})
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: "localhost:8080", Handler: newApp(auth), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func newApp(auth *core.Auth) http.Handler {
	mux := http.NewServeMux()
	authhttp.Mount(mux, auth)
	mux.Handle("GET /me", authhttp.Require(auth)(http.HandlerFunc(me)))
	mux.Handle("GET /account", authhttp.Require(auth, core.RedirectTo("/login"))(http.HandlerFunc(me)))

	return cors.New(cors.Options{
		AllowedOrigins:   []string{frontEnd},
		AllowedMethods:   []string{http.MethodGet, http.MethodPost},
		AllowedHeaders:   []string{"Content-Type", "Authorization"},
		ExposedHeaders:   []string{"set-auth-token"},
		AllowCredentials: true,
	}).Handler(mux)
}

func me(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(authhttp.Session(r).User); err != nil {
		log.Print(err)
	}
}
