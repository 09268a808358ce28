package authfiber_test

import (
	"github.com/gofiber/fiber/v2"

	authfiber "github.com/cardea-auth/cardea/adapters/fiber"
	"github.com/cardea-auth/cardea/core"
)

func Example() {
	auth := newAuth() // core.New(core.Config{…})

	app := fiber.New()
	authfiber.Mount(app, auth)
	app.Get("/me", authfiber.Require(auth), hello)
	app.Get("/account", authfiber.Require(auth, core.RedirectTo("/login")), hello)
	app.Get("/", authfiber.Load(auth), func(c *fiber.Ctx) error {
		if authfiber.Session(c) == nil {
			return c.SendString("Hello stranger")
		}
		return hello(c)
	})

	ann := &visitor{app: app}
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

func hello(c *fiber.Ctx) error {
	return c.SendString("Hello " + authfiber.Session(c).User.Name)
}
