package core

import (
	"context"
	"net/http"
)

// Visit is what an adapter's Load and Require learn about a request to one of the app's own routes.
type Visit struct {
	// Session is the visitor's session, or nil.
	Session *ActiveSession
	// Header has what the adapter adds to the response before the app's handler runs: the cookies of a session that was
	// prolonged or has ended. It may be nil.
	Header http.Header
	// Refusal is the answer to give instead of calling the app's handler, or nil.
	Refusal *Response
}

// Load looks at the visitor's session for a route that serves both, those who have one and those who don't. Refusal is
// set only where the session cannot be looked up.
func (a *Auth) Load(ctx context.Context, r *http.Request) Visit {
	return a.visit(ctx, r, func(ctx context.Context, x *Exchange) error {
		_, err := x.Session(ctx)
		return err
	})
}

// Require looks at the visitor's session for a route that needs one. The guards are asked in order, then for the session:
// Refusal is 401 if there is none, unless a guard such as [RedirectTo] had another answer.
func (a *Auth) Require(ctx context.Context, r *http.Request, guards ...Guard) Visit {
	return a.visit(ctx, r, func(ctx context.Context, x *Exchange) error {
		for _, guard := range guards {
			if err := guard(ctx, x); err != nil {
				return err
			}
		}
		_, err := x.RequireSession(ctx)
		return err
	})
}

func (a *Auth) visit(ctx context.Context, r *http.Request, check Guard) (v Visit) {
	x := a.newHTTPExchange(r)
	defer func() {
		if p := recover(); p != nil {
			v = Visit{Refusal: x.respondError(ctx, newPanicError(p))}
		}
	}()
	if err := x.arrive(); err != nil {
		return Visit{Refusal: x.respondError(ctx, err)}
	}
	ctx = x.withExchange(ctx)
	err := a.calls.run(ctx, x)
	if err == nil {
		err = check(ctx, x)
	}
	if err != nil {
		return Visit{Refusal: x.respondError(ctx, err)}
	}
	v.Session = x.session
	if x.cookies.Len() > 0 {
		res := x.finish(ctx, &Response{Status: http.StatusOK})
		v.Header = http.Header{"Set-Cookie": res.Header["Set-Cookie"]}
	}
	return v
}
