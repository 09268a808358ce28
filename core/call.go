package core

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/wire"
)

// CallInput is the input of an operation called by name.
type CallInput struct {
	// Body is what would be the JSON body: a parsed value (see wire.Parse) or any Go value that encodes to JSON. Nil is no
	// body.
	Body any
	// Query is what would be the query.
	Query url.Values
	// Params are the path parameters.
	Params map[string]string
	// Header are the request headers, cookies among them. Nil is none at all.
	Header http.Header
}

// CallResult is what an operation called by name gives back.
type CallResult struct {
	// Value is the returned value. wire.Append encodes it as a client over HTTP would get it.
	Value any
	// Header holds the response headers without cookies. It may be nil.
	Header http.Header
	// Cookies are the cookies to set, in order.
	Cookies []cookie.Cookie
}

// ErrNoOperation says that no endpoint has the name given to Auth.Call.
var ErrNoOperation = fmt.Errorf("core: no such operation")

// Call runs the operation with that name ([Spec].ID) in process, as [Endpoint.Do] does, with untyped input. Header and
// cookies come back also where it returns an error.
func (a *Auth) Call(ctx context.Context, operation string, in CallInput) (CallResult, error) {
	rt := a.registry.byID[operation]
	if rt == nil {
		return CallResult{}, fmt.Errorf("%w: %q", ErrNoOperation, operation)
	}
	x := a.newExchange(rt, &callOptions{header: in.Header})
	x.params = in.Params
	if in.Body != nil {
		body, err := plainValue(in.Body)
		if err != nil {
			return CallResult{}, fmt.Errorf("core: input of %q: %w", operation, err)
		}
		x.body, x.hasBody = body, true
	}
	out, err := a.call(ctx, x, x.bind(func() url.Values { return in.Query }))
	return CallResult{Value: out, Header: x.header, Cookies: slices.Collect(x.cookies.All())}, err
}

// call is the in-process end of the way: run, and the headers of an error among those that come back.
func (a *Auth) call(ctx context.Context, x *Exchange, in input) (any, error) {
	ctx = x.observe(ctx)
	defer x.observed(ctx)
	if err := x.arrive(); err != nil {
		return nil, err
	}
	out, err := a.run(ctx, x, in)
	if err != nil {
		x.noteError(err)
	} else {
		x.noteStatus(http.StatusOK)
	}
	if e := clientError(err); e != nil {
		x.addErrorHeader(e)
	}
	return out, err
}

// plainValue returns v as wire.Parse would have: by way of JSON, unless it is one already.
func plainValue(v any) (any, error) {
	if o, ok := v.(*wire.Object); ok {
		return o, nil
	}
	data, err := wire.Append(nil, v)
	if err != nil {
		return nil, err
	}
	return wire.Parse(data, wire.Limits{Depth: maxDepth})
}
