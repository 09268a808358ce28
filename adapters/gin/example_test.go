package authgin_test

import (
	"net/http"

	"github.com/gin-gonic/gin"

	authgin "github.com/cardea-auth/cardea/adapters/gin"
	"github.com/cardea-auth/cardea/core"
)

func Example() {
	auth := newAuth() // core.New(core.Config{…})

	r := gin.New()
	authgin.Mount(r, auth)
	r.GET("/me", authgin.Require(auth), hello)
	r.GET("/account", authgin.Require(auth, core.RedirectTo("/login")), hello)
	r.GET("/", authgin.Load(auth), func(c *gin.Context) {
		if authgin.Session(c) == nil {
			c.String(http.StatusOK, "Hello stranger")
			return
		}
		hello(c)
	})

	ann := &visitor{app: r}
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

func hello(c *gin.Context) {
	c.String(http.StatusOK, "Hello "+authgin.Session(c).User.Name)
}

// An app with routes of its own under the base path.
func ExampleMountRoutes() {
	auth := newAuth()

	r := gin.New()
	authgin.MountRoutes(r, auth)
	r.GET("/api/auth/me", authgin.Require(auth), hello)

	ann := &visitor{app: r}
	ann.get("/api/auth/ok")
	ann.signUp("Ann")
	ann.get("/api/auth/me")
	// Output:
	// /api/auth/ok 200 {"ok":true}
	// /api/auth/me 200 Hello Ann
}
