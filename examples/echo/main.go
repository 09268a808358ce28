// Command echo adds sign-in to an Echo app, with a front end on another origin.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	authecho "github.com/cardea-auth/cardea/adapters/echo"
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
	log.Fatal(newApp(auth).Start("localhost:8080"))
}

func newApp(auth *core.Auth) *echo.Echo {
	e := echo.New()
	e.Use(middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOrigins:     []string{frontEnd},
		AllowHeaders:     []string{"Content-Type", "Authorization"},
		ExposeHeaders:    []string{"set-auth-token"},
		AllowCredentials: true,
	}))
	authecho.Mount(e, auth)
	e.GET("/me", me, authecho.Require(auth))
	e.GET("/account", me, authecho.Require(auth, core.RedirectTo("/login")))
	return e
}

func me(c echo.Context) error { return c.JSON(http.StatusOK, authecho.Session(c).User) }
