package authfiber_test

import (
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	authfiber "github.com/cardea-auth/cardea/adapters/fiber"
)

func BenchmarkMount(b *testing.B) {
	app := fiber.New()
	authfiber.Mount(app, newAuth())
	handle := app.Handler()
	var c fasthttp.RequestCtx
	c.Request.Header.SetRequestURI("/api/auth/get-session")
	c.Request.Header.SetHost("example.com")
	b.ReportAllocs()
	for b.Loop() {
		c.Response.Reset()
		handle(&c)
	}
	if c.Response.StatusCode() != fasthttp.StatusOK {
		b.Fatalf("got %d", c.Response.StatusCode())
	}
}
