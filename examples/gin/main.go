// Command gin adds sign-in to a Gin app, with a front end on another origin.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"

	authgin "github.com/cardea-auth/cardea/adapters/gin"
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
	log.Fatal(newApp(auth).Run("localhost:8080"))
}

func newApp(auth *core.Auth) *gin.Engine {
	r := gin.New()
	r.Use(gin.Recovery(), cors.New(cors.Config{
		AllowOrigins:     []string{frontEnd},
		AllowMethods:     []string{http.MethodGet, http.MethodPost},
		AllowHeaders:     []string{"Content-Type", "Authorization"},
		ExposeHeaders:    []string{"set-auth-token"},
		AllowCredentials: true,
	}))
	authgin.Mount(r, auth)
	r.GET("/me", authgin.Require(auth), me)
	r.GET("/account", authgin.Require(auth, core.RedirectTo("/login")), me)
	return r
}

func me(c *gin.Context) { c.JSON(http.StatusOK, authgin.Session(c).User) }
