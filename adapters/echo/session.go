package authecho

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/cardea-auth/cardea/core"
)

// Load looks for the visitor's session and calls the handler with or without one, for pages that serve both. If the
// session cannot be looked up it answers 500.
func Load(auth *core.Auth) echo.MiddlewareFunc {
	return middleware(auth.Load)
}

// Require calls the handler for visitors with a session only. Others are answered 401, or as the first of the guards that
// refuses has it: [core.RedirectTo] sends them to a page, plugins have more. It leaves the request body alone.
func Require(auth *core.Auth, guards ...core.Guard) echo.MiddlewareFunc {
	return middleware(func(ctx context.Context, r *http.Request) core.Visit { return auth.Require(ctx, r, guards...) })
}

// Session returns the session that Load or Require found for the request, or nil. It may be kept after the request.
func Session(c echo.Context) *core.ActiveSession {
	s, _ := c.Get(sessionKey).(*core.ActiveSession)
	return s
}

// sessionKey has the module's name in it: all of an Echo app's middleware shares the context's keys.
const sessionKey = "github.com/cardea-auth/cardea.session"

func middleware(visit func(context.Context, *http.Request) core.Visit) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			v := visit(c.Request().Context(), c.Request())
			if v.Refusal != nil {
				v.Refusal.WriteTo(c.Response())
				return nil
			}
			h := c.Response().Header()
			for name, values := range v.Header {
				h[name] = append(h[name], values...)
			}
			// Also without a session: a nil one hides what a Load further out may have found before.
			c.Set(sessionKey, v.Session)
			return next(c)
		}
	}
}
