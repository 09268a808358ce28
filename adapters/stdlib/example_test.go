package authhttp_test

import (
	"fmt"
	"net/http"

	authhttp "github.com/cardea-auth/cardea/adapters/stdlib"
	"github.com/cardea-auth/cardea/core"
)

func Example() {
	auth := newAuth() // core.New(core.Config{…})

	mux := http.NewServeMux()
	authhttp.Mount(mux, auth)
	mux.Handle("GET /me", authhttp.Require(auth)(http.HandlerFunc(hello)))
	mux.Handle("GET /account", authhttp.Require(auth, core.RedirectTo("/login"))(http.HandlerFunc(hello)))
	mux.Handle("GET /", authhttp.Load(auth)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "signed in: ", authhttp.Session(r) != nil)
	})))

	ann := &visitor{app: mux}
	ann.get("/me")
	ann.get("/account")
	ann.get("/")
	ann.signUp("Ann")
	ann.get("/me")
	ann.get("/")
	// Output:
	// /me 401 {"message":"Unauthorized","code":"UNAUTHORIZED"}
	// /account 302 /login
	// / 200 signed in: false
	// /me 200 Hello Ann
	// / 200 signed in: true
}

func hello(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, "Hello ", authhttp.Session(r).User.Name)
}

// A router whose middleware is func(http.Handler) http.Handler takes Load and Require as they are, and Middleware in front
// of it in the place of Mount.
func ExampleMiddleware() {
	auth := newAuth()

	router := authhttp.Require(auth)(http.HandlerFunc(hello)) // chi, gorilla/mux …
	ann := &visitor{app: authhttp.Middleware(auth)(router)}
	ann.get("/api/auth/ok")
	ann.get("/me")
	// Output:
	// /api/auth/ok 200 {"ok":true}
	// /me 401 {"message":"Unauthorized","code":"UNAUTHORIZED"}
}
