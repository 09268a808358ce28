package authhttp

import (
	"context"
	"net/http"

	"github.com/cardea-auth/cardea/core"
)

// Load looks for the visitor's session and calls the handler with or without one, for pages that serve both. If the
// session cannot be looked up it answers 500.
func Load(auth *core.Auth) func(http.Handler) http.Handler {
	return middleware(auth.Load)
}

// Require calls the handler for visitors with a session only. Others are answered 401, or as the first of the guards that
// refuses has it: [core.RedirectTo] sends them to a page, plugins have more. It leaves the request body alone.
func Require(auth *core.Auth, guards ...core.Guard) func(http.Handler) http.Handler {
	return middleware(func(ctx context.Context, r *http.Request) core.Visit { return auth.Require(ctx, r, guards...) })
}

// Session returns the session that Load or Require found for the request, or nil. It may be kept after the request.
func Session(r *http.Request) *core.ActiveSession { return FromContext(r.Context()) }

// FromContext is [Session] for code behind the handler that has only the request's context.
func FromContext(ctx context.Context) *core.ActiveSession {
	s, _ := ctx.Value(sessionKey{}).(*core.ActiveSession)
	return s
}

type sessionKey struct{}

func middleware(visit func(context.Context, *http.Request) core.Visit) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := r.Context()
			v := visit(ctx, r)
			if v.Refusal != nil {
				v.Refusal.WriteTo(w)
				return
			}
			h := w.Header()
			for name, values := range v.Header {
				h[name] = append(h[name], values...)
			}
			// Also without a session: a nil one hides what a Load further out may have found before.
			next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, sessionKey{}, v.Session)))
		})
	}
}
