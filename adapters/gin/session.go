package authgin

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/cardea-auth/cardea/core"
)

// Load looks for the visitor's session and calls the handlers with or without one, for pages that serve both. If the
// session cannot be looked up it answers 500.
func Load(auth *core.Auth) gin.HandlerFunc {
	return middleware(auth.Load)
}

// Require calls the handlers for visitors with a session only. Others are answered 401, or as the first of the guards that
// refuses has it: [core.RedirectTo] sends them to a page, plugins have more. It leaves the request body alone.
func Require(auth *core.Auth, guards ...core.Guard) gin.HandlerFunc {
	return middleware(func(ctx context.Context, r *http.Request) core.Visit { return auth.Require(ctx, r, guards...) })
}

// Session returns the session that Load or Require found for the request, or nil. It may be kept after the request.
func Session(c *gin.Context) *core.ActiveSession {
	v, _ := c.Get(sessionKey{})
	s, _ := v.(*core.ActiveSession)
	return s
}

type sessionKey struct{}

func middleware(visit func(context.Context, *http.Request) core.Visit) gin.HandlerFunc {
	return func(c *gin.Context) {
		v := visit(c.Request.Context(), c.Request)
		if v.Refusal != nil {
			write(c, v.Refusal)
			c.Abort()
			return
		}
		h := c.Writer.Header()
		for name, values := range v.Header {
			h[name] = append(h[name], values...)
		}
		// Also without a session: a nil one hides what a Load further out may have found before.
		c.Set(sessionKey{}, v.Session)
	}
}
