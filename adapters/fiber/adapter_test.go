package authfiber_test

import (
	"net"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/cors"

	authfiber "github.com/cardea-auth/cardea/adapters/fiber"
	"github.com/cardea-auth/cardea/conformance/adaptertest"
)

func TestAdapter(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]fiber.Config{
		"defaults": {},
		"strict":   {CaseSensitive: true, StrictRouting: true},
		"lenient":  {UnescapePath: true, DisableHeaderNormalizing: true, Immutable: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			adaptertest.Run(t, adaptertest.Options{
				Serve:    func(t testing.TB, app adaptertest.App) string { return serve(t, config, app) },
				Features: adaptertest.Features{NoCancellation: true, NoStrangeMethods: true, KeepsBody: true},
			})
		})
	}
}

// TestStreamedBodies is Fiber with bodies that a handler reads from the connection. Its BodyLimit is no limit then, but
// what is read ahead; core's own remains.
func TestStreamedBodies(t *testing.T) {
	t.Parallel()
	adaptertest.Run(t, adaptertest.Options{
		Serve: func(t testing.TB, app adaptertest.App) string {
			return serve(t, fiber.Config{StreamRequestBody: true, BodyLimit: 64}, app)
		},
		Features: adaptertest.Features{NoCancellation: true, NoStrangeMethods: true, KeepsBody: true, NoBodyLimit: true},
	})
}

func serve(t testing.TB, config fiber.Config, app adaptertest.App) string {
	config.DisableStartupMessage = true
	if app.BodyLimit > 0 {
		config.BodyLimit = int(app.BodyLimit)
	}
	f := fiber.New(config)
	inFront(f, app)
	if app.Group == "" {
		authfiber.Mount(f, app.Auth)
	} else {
		authfiber.Mount(f.Group(app.Group), app.Auth)
	}
	for _, route := range app.Routes {
		access := authfiber.Load(app.Auth)
		if route.Require {
			access = authfiber.Require(app.Auth, route.Guards...)
		}
		handler := func(c *fiber.Ctx) error {
			return c.SendString(route.Handle(authfiber.Session(c), c.Body()))
		}
		if route.Group == "" {
			f.Add(route.Method, route.Path, access, handler)
		} else {
			f.Group(route.Group, access).Add(route.Method, route.Path, handler)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- f.Listener(l) }()
	t.Cleanup(func() {
		if err := f.Shutdown(); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-done; err != nil {
			t.Errorf("Listener: %v", err)
		}
	})
	return "http://" + l.Addr().String()
}

// inFront is the middleware that app asks for.
func inFront(f *fiber.App, app adaptertest.App) {
	if app.FrontEnd != "" {
		f.Use(cors.New(cors.Config{
			AllowOrigins:     app.FrontEnd,
			AllowMethods:     http.MethodGet + "," + http.MethodPost,
			AllowHeaders:     "Content-Type",
			ExposeHeaders:    "set-auth-token",
			AllowCredentials: true,
		}))
	}
	f.Use(func(c *fiber.Ctx) error {
		if app.EatBody {
			_ = c.Body()
		}
		if app.Context != nil {
			c.SetUserContext(app.Context(c.UserContext()))
		}
		if app.Cookie != "" {
			c.Response().Header.Add(fiber.HeaderSetCookie, app.Cookie)
		}
		return c.Next()
	})
}
