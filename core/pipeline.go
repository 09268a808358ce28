package core

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/cardea-auth/cardea/core/wire"
)

// input is decoded input on its way to the handler. value points to the endpoint's In. Hooks may still repair what
// problems records; typed input never went through JSON and has none.
type input struct {
	value    any
	problems wire.Problems
	typed    bool
}

func typedInput(p any) input { return input{value: p, typed: true} }

// run is the middle of the one way through: call hooks, before hooks, validation, access, guards, handler, after hooks. HTTP and
// in-process calls differ only in what they do before and after it.
func (a *Auth) run(ctx context.Context, x *Exchange, in input) (any, error) {
	ctx = x.withExchange(ctx)
	if err := a.calls.run(ctx, x); err != nil {
		return nil, err
	}
	for _, hook := range x.route.before {
		if err := hook(ctx, x, in.value); err != nil {
			var r *reply
			if errors.As(err, &r) {
				return r.value, nil // after hooks are skipped (formats.md §15.8)
			}
			return nil, err
		}
	}
	out, err := a.handle(ctx, x, in)
	if err != nil && !answerable(err) {
		return nil, err // something broke: nobody may make an answer of it
	}
	for _, hook := range x.route.after {
		out, err = hook(ctx, x, out, err)
		if err != nil && !answerable(err) {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// answerable reports whether err is an answer rather than a breakdown.
func answerable(err error) bool {
	var c *Challenge
	return clientError(err) != nil || errors.As(err, &c)
}

func (a *Auth) handle(ctx context.Context, x *Exchange, in input) (any, error) {
	if err := x.validate(in); err != nil {
		return nil, err
	}
	if err := x.authorize(ctx); err != nil {
		return nil, err
	}
	return x.route.endpoint.invoke(ctx, x, in.value)
}

func (x *Exchange) validate(in input) error {
	plan := x.route.endpoint.binding()
	var issues wire.Issues
	if in.typed {
		issues = plan.CheckTyped(in.value)
	} else {
		issues = plan.Check(in.value, in.problems)
	}
	if len(issues) > 0 {
		return ErrValidation.WithMessage(issues.Message())
	}
	if x.route.spec.NeedsHeaders && x.reqHeader == nil {
		return ErrValidation.WithMessage("Headers is required")
	}
	return nil
}

// authorize asks for login CSRF first, then for the session that the endpoint's Access wants, then the guards.
func (x *Exchange) authorize(ctx context.Context) error {
	if x.route.spec.Login {
		if err := x.checkLoginOrigin(ctx); err != nil {
			return err
		}
	}
	var err error
	switch x.route.spec.Access {
	case Session:
		_, err = x.RequireSession(ctx)
	case StoredSession:
		_, err = x.RequireStoredSession(ctx)
	case FreshSession:
		_, err = x.RequireFreshSession(ctx)
	}
	if err != nil {
		if refusal := x.route.spec.NoSession; refusal != nil && errors.Is(err, ErrUnauthorized) {
			return refusal.Wrap(err)
		}
		return err
	}
	for _, guard := range x.route.spec.Guards {
		if err := guard(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

// panicError carries a recovered panic to the log.
type panicError struct {
	value any
	stack []byte
}

func newPanicError(v any) *panicError { return &panicError{v, debug.Stack()} }

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }
