// Command fiber adds sign-in to a Fiber app, with a front end on another origin.
package main

import (
	"log"
	"os"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/cors"

	authfiber "github.com/cardea-auth/cardea/adapters/fiber"
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
	log.Fatal(newApp(auth).Listen("localhost:8080"))
}

func newApp(auth *core.Auth) *fiber.App {
	app := fiber.New()
	app.Use(cors.New(cors.Config{
		AllowOrigins:     frontEnd,
		AllowHeaders:     "Content-Type, Authorization",
		ExposeHeaders:    "set-auth-token",
		AllowCredentials: true,
	}))
	authfiber.Mount(app, auth)
	app.Get("/me", authfiber.Require(auth), me)
	app.Get("/account", authfiber.Require(auth, core.RedirectTo("/login")), me)
	return app
}

func me(c *fiber.Ctx) error { return c.JSON(authfiber.Session(c).User) }
