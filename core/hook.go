package core

import (
	"context"
	"fmt"
	"reflect"
)

// Hook is a step before or after endpoints. It has three forms: typed to one endpoint ([Before], [After]), erased with
// a matcher ([BeforeAny], [AfterAny]), and by an interface that inputs implement ([BeforeInput]). Two more stand around
// HTTP as a whole ([OnRequest], [OnResponse]), one comes before the question who is calling ([OnCall]), and one is told of
// what has happened ([OnEvent]). Hooks run in the order of formats.md §15: the app's own (Config.Hooks), then each
// plugin's in the order of Config.Plugins.
//
// A before hook sees the decoded input, not yet validated, and may change it. It may refuse by returning an error, or
// answer in place of the handler by returning [Respond]. An after hook sees what the handler returned, or its error if
// that is one for the client, and the session that was made ([Exchange.NewSession]); what it returns takes their place.
// Hooks fail closed: any error ends the request.
type Hook struct {
	match  func(AnyEndpoint) bool
	before func(ctx context.Context, x *Exchange, in any) error
	after  func(ctx context.Context, x *Exchange, out any, err error) (any, error)

	call     func(ctx context.Context, x *Exchange) error
	request  func(ctx context.Context, x *Exchange) error
	response func(ctx context.Context, x *Exchange, res *Response) (*Response, error)

	event  reflect.Type // for hooks made by OnEvent
	listen func(ctx context.Context, x *Exchange, e Event)
}

// Matcher says to which endpoints a hook belongs. It is asked once for each endpoint, in New.
type Matcher func(AnyEndpoint) bool

// Everywhere matches every endpoint.
func Everywhere(AnyEndpoint) bool { return true }

// Paths matches the endpoints with these paths, as in [Spec.Path].
func Paths(paths ...string) Matcher {
	return func(e AnyEndpoint) bool {
		path := e.Spec().Path
		for _, p := range paths {
			if p == path {
				return true
			}
		}
		return false
	}
}

// Before makes a hook that runs before one endpoint.
func Before[In, Out any](e *Endpoint[In, Out], fn func(ctx context.Context, x *Exchange, in *In) error) Hook {
	return Hook{
		match: func(a AnyEndpoint) bool { return a == AnyEndpoint(e) },
		before: func(ctx context.Context, x *Exchange, in any) error {
			p, ok := in.(*In)
			if !ok {
				return fmt.Errorf("core: hook before %q was given %T", e.spec.ID, in)
			}
			return fn(ctx, x, p)
		},
	}
}

// After makes a hook that runs after one endpoint. It returns what takes the place of out and err; to leave them as they
// are it returns them. If an earlier hook replaced the answer by one of another type, this one is passed over.
func After[In, Out any](e *Endpoint[In, Out], fn func(ctx context.Context, x *Exchange, out Out, err error) (Out, error)) Hook {
	return Hook{
		match: func(a AnyEndpoint) bool { return a == AnyEndpoint(e) },
		after: func(ctx context.Context, x *Exchange, out any, err error) (any, error) {
			v, ok := out.(Out)
			if !ok && out != nil {
				return out, err
			}
			return fn(ctx, x, v, err)
		},
	}
}

// BeforeAny makes a hook that runs before every endpoint that m matches. in is a pointer to the endpoint's In.
func BeforeAny(m Matcher, fn func(ctx context.Context, x *Exchange, in any) error) Hook {
	return Hook{match: m, before: fn}
}

// AfterAny makes a hook that runs after every endpoint that m matches. It returns what takes the place of out and err.
func AfterAny(m Matcher, fn func(ctx context.Context, x *Exchange, out any, err error) (any, error)) Hook {
	return Hook{match: m, after: fn}
}

// BeforeInput makes a hook that runs before every endpoint whose input implements I, such as
// interface{ NewPassword() string }: a hook by meaning rather than by path.
func BeforeInput[I any](fn func(ctx context.Context, x *Exchange, in I) error) Hook {
	return Hook{
		match: func(e AnyEndpoint) bool { _, ok := e.newInput().(I); return ok },
		before: func(ctx context.Context, x *Exchange, in any) error {
			i, ok := in.(I)
			if !ok {
				return fmt.Errorf("core: hook by input was given %T", in)
			}
			return fn(ctx, x, i)
		},
	}
}
