package core

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/wire"
)

// Spec describes an endpoint. ID, Access and, unless the endpoint is ServerOnly, Method and Path are mandatory.
type Spec struct {
	// ID is the operation's name, by which [Auth.Call] finds it: "signInEmail".
	ID string
	// Method is the HTTP method, or several with spaces between: "GET POST".
	Method string
	// Path is the path under the base path: "/sign-in/email", "/reset-password/:token".
	Path string
	// Access says who may call it.
	Access Access
	// NoSession is what whoever has no session is answered where Access wants one. The default is [ErrUnauthorized].
	NoSession *Error
	// Guards are asked in order after validation and Access.
	Guards []Guard
	// Form also takes application/x-www-form-urlencoded bodies; otherwise only application/json is.
	Form bool
	// NoBody ignores any body.
	NoBody bool
	// Login marks an endpoint by which somebody who has no session may get one: requests without cookies are then
	// checked for login CSRF (formats.md §7.2).
	Login bool
	// NeedsHeaders refuses a call in process that brings no headers to look for a session in.
	NeedsHeaders bool
	// RenewCache passes the cookie cache over and gives the client a new copy of its session, as upstream's endpoints for
	// sensitive things do.
	RenewCache bool
	// ChangesState marks a GET endpoint that changes state, such as a link in a mail: a client that goes away then
	// does not cancel it. Other methods are taken to change state.
	ChangesState bool
	// Summary is one sentence for the API description.
	Summary string
}

// methods returns the methods as a list.
func (s *Spec) methods() []string { return strings.Fields(s.Method) }

// Handler is the typed body of an endpoint. in has been decoded and validated. What it returns is encoded as JSON;
// an error that is not an [*Error], a [*Challenge] or made by [Redirect] answers 500 and goes to the log.
type Handler[In, Out any] func(ctx context.Context, x *Exchange, in In) (Out, error)

// Endpoint is a typed operation: it is served over HTTP once a plugin lists it, and called in process through Call and
// Do. In is a struct whose tags say where its fields come from (package wire); Out is encoded as JSON. An Endpoint is
// immutable and safe for concurrent use, by any number of Auths.
type Endpoint[In, Out any] struct {
	spec    Spec
	plan    *wire.Plan
	handler Handler[In, Out]
}

// None is the In of an endpoint that takes nothing.
type None struct{}

// Define makes an endpoint. It panics on a mistake in the program: no handler, or an In that cannot be decoded.
func Define[In, Out any](s Spec, h Handler[In, Out]) *Endpoint[In, Out] {
	if h == nil {
		panic(fmt.Sprintf("core: endpoint %q has no handler", s.ID))
	}
	plan, err := wire.Compile(reflect.TypeFor[In]())
	if err != nil {
		panic(fmt.Sprintf("core: endpoint %q: %v", s.ID, err))
	}
	return &Endpoint[In, Out]{spec: s, plan: plan, handler: h}
}

// AnyEndpoint is an [Endpoint] of any types, as the registry and hooks see it. Only Define makes them.
type AnyEndpoint interface {
	// Spec returns the description.
	Spec() Spec
	// InType and OutType are the types of what goes in and comes out.
	InType() reflect.Type
	OutType() reflect.Type

	binding() *wire.Plan
	newInput() any
	invoke(ctx context.Context, x *Exchange, in any) (any, error)
}

// Spec returns the description given to Define.
func (e *Endpoint[In, Out]) Spec() Spec {
	s := e.spec
	s.Guards = slices.Clone(s.Guards)
	return s
}

// InType returns the type In.
func (e *Endpoint[In, Out]) InType() reflect.Type { return reflect.TypeFor[In]() }

// OutType returns the type Out.
func (e *Endpoint[In, Out]) OutType() reflect.Type { return reflect.TypeFor[Out]() }

func (e *Endpoint[In, Out]) binding() *wire.Plan { return e.plan }

func (e *Endpoint[In, Out]) newInput() any { return new(In) }

func (e *Endpoint[In, Out]) invoke(ctx context.Context, x *Exchange, in any) (any, error) {
	p, ok := in.(*In)
	if !ok {
		return nil, fmt.Errorf("core: endpoint %q was given %T", e.spec.ID, in)
	}
	return e.handler(ctx, x, *p)
}

// Result is what an in-process call gives back besides the value.
type Result[Out any] struct {
	Value Out
	// Header holds the response headers without cookies. It may be nil.
	Header http.Header
	// Cookies are the cookies to set, in order. Whoever called on behalf of a browser passes them on.
	Cookies []cookie.Cookie
}

// CallOption changes one in-process call.
type CallOption func(*callOptions)

type callOptions struct {
	header http.Header
	remote string
	host   string
	tls    bool
}

// WithHeader gives the call the headers of the request on whose behalf it is made: its cookies identify the caller, its
// User-Agent goes into a new session. The headers are not changed.
func WithHeader(h http.Header) CallOption { return func(o *callOptions) { o.header = h } }

// WithRequest gives the call the headers, the host and the address of an HTTP request.
func WithRequest(r *http.Request) CallOption {
	return func(o *callOptions) { o.header, o.remote, o.host, o.tls = r.Header, r.RemoteAddr, r.Host, r.TLS != nil }
}

// Call runs the endpoint in process: the whole pipeline without HTTP, origin checks and rate limits. a must have the
// endpoint, that is, the plugin that lists it.
//
// Errors that a client would see are [*Error]; a sign-in that needs a further step returns [*Challenge].
func (e *Endpoint[In, Out]) Call(ctx context.Context, a *Auth, in In, o ...CallOption) (Out, error) {
	r, err := e.Do(ctx, a, in, o...)
	return r.Value, err
}

// Do is Call that also gives back headers and cookies, also where it returns an error.
func (e *Endpoint[In, Out]) Do(ctx context.Context, a *Auth, in In, o ...CallOption) (Result[Out], error) {
	var res Result[Out]
	route := a.registry.byEndpoint[e]
	if route == nil {
		return res, fmt.Errorf("core: this Auth has no endpoint %q: is its plugin in Config.Plugins?", e.spec.ID)
	}
	var opts callOptions
	for _, f := range o {
		f(&opts)
	}
	x := a.newExchange(route, &opts)
	out, err := a.call(ctx, x, typedInput(&in))
	res.Header, res.Cookies = x.header, slices.Collect(x.cookies.All())
	if err != nil {
		return res, err
	}
	switch v := out.(type) {
	case Out:
		res.Value = v
	case nil: // the handler's Out is an interface or pointer that is nil
	default:
		return res, &Replaced{Value: out}
	}
	return res, nil
}
