package main

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/cardea-auth/cardea/adapters/echo"
	"github.com/cardea-auth/cardea/core"
)

func echoApp(auth *core.Auth) http.Handler {
	e := echo.New()
	e.RouteNotFound("/*", func(c echo.Context) error { return c.NoContent(http.StatusNotFound) })
	authecho.Mount(e, auth)
	e.GET("/ping", func(c echo.Context) error { return c.String(http.StatusOK, "pong") })
	e.GET("/me", func(c echo.Context) error {
		return c.Blob(http.StatusOK, "application/json", me(authecho.Session(c)))
	}, authecho.Require(auth))
	return e
}
