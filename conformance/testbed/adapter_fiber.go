package main

import (
	"net"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/cardea-auth/cardea/adapters/fiber"
	"github.com/cardea-auth/cardea/core"
)

// fiberServer serves Fiber, which brings a server of its own.
type fiberServer struct {
	app  *fiber.App
	open conns
}

func newFiberServer(auth *core.Auth) *fiberServer {
	s := &fiberServer{}
	s.app = fiberApp(auth, func(c *fiber.Ctx) error {
		s.open.note(c.Context().Conn(), true, false)
		return c.Next()
	})
	// How often idle workers are let go, and so how long the goroutine that does it outlives the server.
	s.app.Server().MaxIdleWorkerDuration = 100 * time.Millisecond
	s.app.Server().ConnState = func(c net.Conn, state fasthttp.ConnState) {
		// For fasthttp a connection is active before its first request has come.
		if state != fasthttp.StateActive {
			s.open.note(c, false, state == fasthttp.StateClosed || state == fasthttp.StateHijacked)
		}
	}
	return s
}

func fiberApp(auth *core.Auth, first fiber.Handler) *fiber.App {
	app := fiber.New(fiber.Config{
		DisableStartupMessage: true,
		CaseSensitive:         true,
		StrictRouting:         true,
		// Above core's limit, so that it is core that answers what is too large.
		BodyLimit: 8 << 20,
		// Core decides about content types; what says that it is a form need not be one.
		DisablePreParseMultipartForm: true,
		ReadBufferSize:               maxHeaderBytes,
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
	})
	app.Use(first)
	app.Get("/ping", func(c *fiber.Ctx) error { return c.SendString("pong") })
	app.Get("/me", authfiber.Require(auth), func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return c.Send(me(authfiber.Session(c)))
	})
	authfiber.Mount(app, auth)
	app.Use(func(c *fiber.Ctx) error {
		c.Status(http.StatusNotFound)
		return nil
	})
	return app
}

func (s *fiberServer) Serve(l net.Listener) error { return s.app.Listener(l) }

func (s *fiberServer) conns() *conns { return &s.open }
