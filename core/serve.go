package core

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/wire"
)

// Response is a whole answer. An adapter writes it once: status, every header with every value, body.
type Response struct {
	Status int
	// Header has Set-Cookie in it, one value a cookie, in order. It must not be changed.
	Header http.Header
	// Body is nil for an empty body.
	Body []byte
}

// Content is what a handler returns to answer with something else than JSON.
type Content struct {
	// Type is the content type.
	Type string
	Data []byte
}

// ServeHTTP serves the auth endpoints. It answers 404 for everything outside of the base path.
func (a *Auth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.Serve(r.Context(), r).WriteTo(w)
}

// WriteTo writes the response to a net/http writer.
func (r *Response) WriteTo(w http.ResponseWriter) {
	h := w.Header()
	for name, values := range r.Header {
		if name == "Set-Cookie" { // the app's middleware may have set cookies of its own
			h[name] = append(h[name], values...)
			continue
		}
		h[name] = values
	}
	if r.Body != nil {
		h["Content-Length"] = []string{strconv.Itoa(len(r.Body))}
	}
	w.WriteHeader(r.Status)
	if r.Body != nil {
		// An error here means that the client has gone; there is nobody left to tell.
		_, _ = w.Write(r.Body) //nolint:gosec // JSON, or a page that escapes its input
	}
}

// Serve answers a request. r is not kept and, but for its body, not changed. ctx may differ from r's own context: it is
// the one that reaches the store. The path is taken from r.URL as the client escaped it.
func (a *Auth) Serve(ctx context.Context, r *http.Request) (res *Response) {
	x := a.newHTTPExchange(r)
	defer func() {
		if res != nil {
			x.noteStatus(res.Status)
		}
		x.observed(ctx)
	}()
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler { //nolint:errorlint // the panic value itself, as net/http compares it
				panic(v)
			}
			res = x.respondError(ctx, newPanicError(v))
		}
	}()
	if err := x.arrive(); err != nil {
		return x.respondError(ctx, err)
	}
	if path, ok := a.site.base.Strip(r.URL.EscapedPath()); ok {
		if a.disabled[strings.TrimRight(path, "/")] {
			return disabledPath()
		}
		if a.config.SkipTrailingSlashes && len(path) > 1 {
			path = strings.TrimSuffix(path, "/")
		}
		x.path = path
		if x.route, x.params = a.registry.find(r.Method, path); x.route != nil && a.disabled[x.route.spec.Path] {
			return disabledPath() // a route with parameters, disabled by its pattern
		}
		ctx = x.observe(ctx)
	}
	if err := x.limit(ctx); err != nil {
		return x.respondError(ctx, err)
	}
	return a.http.after(ctx, x, a.serve(ctx, x))
}

// serve is what becomes of a request that is not too much.
func (a *Auth) serve(ctx context.Context, x *Exchange) *Response {
	out, done, err := a.http.before(ctx, x)
	if !done {
		if x.route == nil {
			return notFound()
		}
		if x.req.Method != http.MethodGet || x.route.spec.ChangesState {
			// A client that goes away must not leave half of a change behind. Store calls have their own deadline.
			ctx = context.WithoutCancel(ctx)
		}
		out, err = a.serveRoute(ctx, x)
	}
	if err != nil {
		return x.respondError(ctx, err)
	}
	return x.respond(ctx, out)
}

func (a *Auth) serveRoute(ctx context.Context, x *Exchange) (any, error) {
	if err := x.decodeBody(); err != nil {
		return nil, err
	}
	if err := x.checkOrigin(ctx); err != nil {
		return nil, err
	}
	return a.run(ctx, x, x.bind(x.req.URL.Query))
}

func disabledPath() *Response {
	return &Response{Status: http.StatusNotFound, Header: http.Header{"Content-Type": {"text/plain;charset=UTF-8"}}, Body: []byte("Not Found")}
}

func notFound() *Response { return &Response{Status: http.StatusNotFound, Header: http.Header{}} }

var jsonType = []string{"application/json"}

// respond encodes a returned value.
func (x *Exchange) respond(ctx context.Context, out any) *Response {
	res := &Response{Status: http.StatusOK}
	switch v := out.(type) {
	case *Content:
		res.Body = v.Data
		x.setHeaderValues("Content-Type", []string{v.Type})
	default:
		body, err := wire.Append(make([]byte, 0, 1024), out)
		if err != nil {
			return x.respondError(ctx, err)
		}
		res.Body = body
		x.setHeaderValues("Content-Type", jsonType)
	}
	return x.finish(ctx, res)
}

// respondError turns an error into the contract's shape. Only an *Error shows anything of itself to the client.
func (x *Exchange) respondError(ctx context.Context, err error) *Response {
	x.noteError(err)
	var challenge *Challenge
	if errors.As(err, &challenge) {
		return x.respond(ctx, challenge.Body)
	}
	e := clientError(err)
	if e == nil {
		// What broke says nothing about the client, and cookies set on the way belong to something undone.
		x.logError(ctx, err)
		return &Response{Status: errInternal.Status, Header: http.Header{}}
	}
	switch {
	case e.Status >= 500:
		x.logError(ctx, err)
		x.cookies = cookie.Queue{}
	case e.cause != nil: // anybody can send nonsense: it must not fill the log
		x.Logger().DebugContext(ctx, "auth request refused", "operation", x.operation(), "error", requestError{x, err})
	}
	x.addErrorHeader(e)
	res := &Response{Status: e.Status}
	if e.Status != http.StatusFound || x.route != nil && !e.untyped { // a page of the app's that redirects is none of ours
		x.setHeaderValues("Content-Type", jsonType)
	}
	if !e.bodyless() {
		res.Body, _ = e.AppendJSON(make([]byte, 0, 128)) // never fails
	}
	return x.finish(ctx, res)
}

// finish adds the cookies and sees that every header can stand in a response.
func (x *Exchange) finish(ctx context.Context, res *Response) *Response {
	for name, values := range x.header {
		for _, v := range values {
			if strings.ContainsAny(v, "\r\n\x00") {
				x.logError(ctx, fmt.Errorf("the header %s has a line break or NUL in its value", name))
				return &Response{Status: errInternal.Status, Header: http.Header{}}
			}
		}
	}
	if x.auth.config.Compat == Hardened && x.header["Cache-Control"] == nil {
		x.setHeaderValues("Cache-Control", noStore)
	}
	if x.cookies.Len() > 0 {
		lines, err := x.cookies.AppendHeader(nil)
		if err != nil {
			x.logError(ctx, err)
			return &Response{Status: errInternal.Status, Header: http.Header{}}
		}
		x.setHeaderValues("Set-Cookie", lines)
	}
	res.Header = x.header
	if res.Header == nil {
		res.Header = http.Header{}
	}
	return res
}

// addErrorHeader takes over the headers that an error brings, such as Location.
func (x *Exchange) addErrorHeader(e *Error) {
	for name, values := range e.header {
		x.setHeaderValues(name, values)
	}
}

var noStore = []string{"no-store"}

func (x *Exchange) setHeaderValues(canonical string, values []string) {
	if x.header == nil {
		x.header = make(http.Header, 4)
	}
	x.header[canonical] = values
}

// logError writes what the client is not told. What the client has sent is taken out of the error's text.
func (x *Exchange) logError(ctx context.Context, err error) {
	x.Logger().ErrorContext(ctx, "auth request failed", "operation", x.operation(), "method", x.Method(), "error", requestError{x, err})
}

// operation names the endpoint for the log.
func (x *Exchange) operation() string {
	if x.route == nil {
		return ""
	}
	return x.route.spec.ID
}
