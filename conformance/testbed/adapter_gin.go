package main

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/cardea-auth/cardea/adapters/gin"
	"github.com/cardea-auth/cardea/core"
)

func ginApp(auth *core.Auth) http.Handler {
	gin.SetMode(gin.ReleaseMode) // or it prints every route
	r := gin.New()
	r.RedirectTrailingSlash = false
	r.NoRoute(func(c *gin.Context) { c.AbortWithStatus(http.StatusNotFound) })
	if auth.BasePath() == "" { // Gin has no room for /ping beside a wildcard
		authgin.MountRoutes(r, auth)
	} else {
		authgin.Mount(r, auth)
	}
	r.GET("/ping", func(c *gin.Context) { c.String(http.StatusOK, "pong") })
	r.GET("/me", authgin.Require(auth), func(c *gin.Context) {
		c.Data(http.StatusOK, "application/json", me(authgin.Session(c)))
	})
	return r
}
