package authfiber

import (
	"context"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/cardea-auth/cardea/core"
)

// Load looks for the visitor's session and calls the handlers with or without one, for pages that serve both. If the
// session cannot be looked up it answers 500.
func Load(auth *core.Auth) fiber.Handler {
	return middleware(auth.Load)
}

// Require calls the handlers for visitors with a session only. Others are answered 401, or as the first of the guards that
// refuses has it: [core.RedirectTo] sends them to a page, plugins have more. It leaves the request body alone.
func Require(auth *core.Auth, guards ...core.Guard) fiber.Handler {
	return middleware(func(ctx context.Context, r *http.Request) core.Visit { return auth.Require(ctx, r, guards...) })
}

// Session returns the session that Load or Require found for the request, or nil. Unlike what comes out of c itself, it
// may be kept after the request.
func Session(c *fiber.Ctx) *core.ActiveSession {
	s, _ := c.Locals(sessionKey{}).(*core.ActiveSession)
	return s
}

// FromContext is [Session] for code behind the handler that has only a context, be it c.UserContext() or c.Context().
func FromContext(ctx context.Context) *core.ActiveSession {
	s, _ := ctx.Value(sessionKey{}).(*core.ActiveSession)
	return s
}

type sessionKey struct{}

func middleware(visit func(context.Context, *http.Request) core.Visit) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r, err := newRequest(c)
		if err != nil {
			return badTarget(c)
		}
		ctx := c.UserContext()
		v := visit(ctx, r)
		if v.Refusal != nil {
			write(c, v.Refusal)
			return nil
		}
		for name, values := range v.Header {
			for _, value := range values {
				c.Response().Header.Add(name, value)
			}
		}
		// Also without a session: a nil one hides what a Load further out may have found before.
		c.Locals(sessionKey{}, v.Session)
		c.SetUserContext(context.WithValue(ctx, sessionKey{}, v.Session))
		return c.Next()
	}
}
