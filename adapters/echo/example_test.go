package authecho_test

import (
	"net/http"

	"github.com/labstack/echo/v4"

	authecho "github.com/cardea-auth/cardea/adapters/echo"
	"github.com/cardea-auth/cardea/core"
)

func Example() {
	auth := newAuth() // core.New(core.Config{…})

	e := echo.New()
	authecho.Mount(e, auth)
	e.GET("/me", hello, authecho.Require(auth))
	e.GET("/account", hello, authecho.Require(auth, core.RedirectTo("/login")))
	e.GET("/", func(c echo.Context) error {
		if authecho.Session(c) == nil {
			return c.String(http.StatusOK, "Hello stranger")
		}
		return hello(c)
	}, authecho.Load(auth))

	ann := &visitor{app: e}
	ann.get("/me")
	ann.get("/account")
	ann.get("/")
	ann.signUp("Ann")
	ann.get("/me")
	ann.get("/")
	// Output:
	// /me 401 {"message":"Unauthorized","code":"UNAUTHORIZED"}
	// /account 302 /login
	// / 200 Hello stranger
	// /me 200 Hello Ann
	// / 200 Hello Ann
}

func hello(c echo.Context) error {
	return c.String(http.StatusOK, "Hello "+authecho.Session(c).User.Name)
}
