package core

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/origin"
)

// Exchange is one call of an endpoint: what came in besides the typed input, and what goes out besides the returned
// value. Over HTTP and in process it looks the same. It belongs to one call and must not be used after it, nor by
// several goroutines at once.
type Exchange struct {
	auth      *Auth
	route     *route // nil in an adapter's middleware
	req       *http.Request
	reqHeader http.Header // nil in process without headers
	ownHeader bool        // reqHeader is a copy that may be changed
	remote    string
	host      string // as in http.Request.Host; may be empty in process
	tls       bool
	site      *site
	path      string // under the base path, as the client escaped it; empty in process
	params    map[string]string
	body      any // as parsed, for hooks that look at what no endpoint declares
	hasBody   bool

	header  http.Header
	cookies cookie.Queue
	trusted *origin.List // of Config.TrustedOriginsFunc, once it was asked

	sessionKnown  bool // session was looked for
	sessionCached bool // session comes from the cookie cache
	session       *ActiveSession
	newSession    *ActiveSession
	values        map[any]any
	watched       *observation // nil unless somebody observes
}

func (a *Auth) newExchange(rt *route, o *callOptions) *Exchange {
	return &Exchange{auth: a, site: &a.site, route: rt, reqHeader: o.header, remote: o.remote, host: o.host, tls: o.tls}
}

func (a *Auth) newHTTPExchange(r *http.Request) *Exchange {
	return &Exchange{auth: a, site: &a.site, req: r, reqHeader: r.Header, remote: r.RemoteAddr, host: r.Host, tls: r.TLS != nil}
}

// Auth returns the Auth that serves the call.
func (x *Exchange) Auth() *Auth { return x.auth }

// Endpoint returns the endpoint that is called, or nil in an adapter's middleware.
func (x *Exchange) Endpoint() AnyEndpoint {
	if x.route == nil {
		return nil
	}
	return x.route.endpoint
}

// Hardened reports whether our own rules hold where they are stricter than better-auth's (Config.Compat).
func (x *Exchange) Hardened() bool { return x.auth.Hardened() }

// HTTP reports whether the call came over HTTP rather than in process.
func (x *Exchange) HTTP() bool { return x.req != nil }

// ForClient reports whether the call is made by or for a client: over HTTP, or in process with a client's headers. Where it
// is not, the app itself calls, and nobody is to be asked who they are.
func (x *Exchange) ForClient() bool { return x.req != nil || x.reqHeader != nil }

// Method returns the HTTP method; in process it is the endpoint's first.
func (x *Exchange) Method() string {
	if x.req != nil {
		return x.req.Method
	}
	if x.route != nil {
		if m := x.route.spec.methods(); len(m) > 0 {
			return m[0]
		}
	}
	return ""
}

// Now returns the installation's time, in UTC and whole milliseconds.
func (x *Exchange) Now() time.Time { return x.auth.Now() }

// Logger returns the installation's logger.
func (x *Exchange) Logger() *slog.Logger { return x.auth.config.Logger }

// RequestHeader returns the first value of a request header, or "".
func (x *Exchange) RequestHeader(name string) string { return x.reqHeader.Get(name) }

// SetRequestHeader changes what the rest of the call sees of a request header; the caller's own headers stay as they
// are. See [OnCall] and [Exchange.SetRequestCookie] for other forms of credentials.
func (x *Exchange) SetRequestHeader(name, value string) {
	if !x.ownHeader {
		x.reqHeader = x.reqHeader.Clone()
		if x.reqHeader == nil {
			x.reqHeader = http.Header{}
		}
		x.ownHeader = true
	}
	x.reqHeader.Set(name, value)
}

// Param returns a path parameter, decoded once, or "".
func (x *Exchange) Param(name string) string { return x.params[name] }

// Body returns the request body as it was parsed: nil, bool, float64, string, []any or *wire.Object; ok is false if
// there was none. It must not be changed.
func (x *Exchange) Body() (body any, ok bool) { return x.body, x.hasBody }

// ClientIP returns the client's address in canonical form, or "" if it is unknown.
func (x *Exchange) ClientIP() string { return x.auth.clientIP.Resolve(x.reqHeader, x.remote) }

// SetHeader sets a response header. It panics on Set-Cookie, which goes through SetCookie. Characters beyond ASCII are
// written as Node writes them: as one byte each, or percent-encoded where that is not enough.
func (x *Exchange) SetHeader(name, value string) {
	name = http.CanonicalHeaderKey(name)
	if name == "Set-Cookie" {
		panic("core: cookies are set with Exchange.SetCookie")
	}
	if x.header == nil {
		x.header = make(http.Header, 4)
	}
	x.header[name] = []string{headerText(value)}
}

func headerText(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0 {
		return s
	}
	var out []byte
	for _, r := range s {
		if r <= 0xff {
			out = append(out, byte(r))
		} else {
			out = append(out, url.PathEscape(string(r))...)
		}
	}
	return string(out)
}

// Value returns what SetValue kept under key, or nil. Keys are types of the plugin's own, as with context.WithValue.
func (x *Exchange) Value(key any) any { return x.values[key] }

// SetValue keeps something for the rest of the call, for a later hook.
func (x *Exchange) SetValue(key, value any) {
	if x.values == nil {
		x.values = map[any]any{}
	}
	x.values[key] = value
}

// NewSession returns the session that this call made, or nil. One that was merely prolonged is none.
func (x *Exchange) NewSession() *ActiveSession { return x.newSession }

// ReplaceNewSession puts another session in the place of the one that this call made, and sends its cookie instead.
// With nil the client gets no session from this call; deleting the row is the caller's business.
func (x *Exchange) ReplaceNewSession(s *ActiveSession) {
	set := &x.site.cookies
	mark, marked := x.cookies.Get(set.dontRemember.Name)
	dontRemember := marked && mark.Value != ""
	for _, c := range [...]*cookie.Cookie{&set.sessionToken, &set.sessionData, &set.dontRemember} {
		x.cookies.Drop(c.Name)
	}
	x.newSession = s
	if s != nil {
		x.setSessionCookie(s, dontRemember)
	}
}

// Session returns the session of whoever makes the call, or nil if there is none. It is looked up once; a session due
// for it is prolonged and its cookie set again. It may come from the cookie cache; what must not asks for
// [Exchange.StoredSession].
func (x *Exchange) Session(ctx context.Context) (*ActiveSession, error) {
	if x.sessionKnown {
		return x.session, nil
	}
	return x.lookUpSession(ctx, x.sessionOptions())
}

// StoredSession is Session with a session that the store has confirmed during this call.
func (x *Exchange) StoredSession(ctx context.Context) (*ActiveSession, error) {
	s, err := x.Session(ctx)
	if err != nil || s == nil || !x.sessionCached {
		return s, err
	}
	if s, err = x.confirmSession(ctx, s.Session.Token); err != nil {
		return nil, err
	}
	x.session, x.sessionCached = s, false
	return s, nil
}

func (x *Exchange) lookUpSession(ctx context.Context, o resolveOptions) (*ActiveSession, error) {
	r, err := x.resolveSession(ctx, o)
	if err != nil {
		return nil, err
	}
	x.session, x.sessionKnown, x.sessionCached = r.session, true, r.cached
	return r.session, nil
}

// sessionOptions are what the request's query asks for: upstream honours these two at every endpoint that has to do with
// the session.
func (x *Exchange) sessionOptions() resolveOptions {
	o := resolveOptions{deferred: x.auth.config.Session.DeferRefresh, disableCache: x.route != nil && x.route.spec.RenewCache}
	if x.req != nil && x.route != nil && x.req.URL.RawQuery != "" {
		q := x.req.URL.Query()
		o.disableCache = o.disableCache || q.Get("disableCookieCache") != ""
		o.disableRefresh = q.Get("disableRefresh") != ""
	}
	return o
}

// RequireSession is Session that returns ErrUnauthorized if there is none.
func (x *Exchange) RequireSession(ctx context.Context) (*ActiveSession, error) {
	return orUnauthorized(x.Session(ctx))
}

// RequireStoredSession is StoredSession that returns ErrUnauthorized if there is none.
func (x *Exchange) RequireStoredSession(ctx context.Context) (*ActiveSession, error) {
	return orUnauthorized(x.StoredSession(ctx))
}

func orUnauthorized(s *ActiveSession, err error) (*ActiveSession, error) {
	if err == nil && s == nil {
		err = ErrUnauthorized
	}
	return s, err
}

// RequireFreshSession is RequireStoredSession that returns ErrSessionNotFresh if the session began too long ago
// (Config.Session.FreshAge).
func (x *Exchange) RequireFreshSession(ctx context.Context) (*ActiveSession, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return nil, err
	}
	if fresh := x.auth.config.Session.FreshAge; fresh > 0 && x.Now().Sub(s.Session.CreatedAt) >= fresh {
		return nil, ErrSessionNotFresh
	}
	return s, nil
}

// FromClient reports whether a client stands behind the call: it came over HTTP, or in process with a client's headers.
func (x *Exchange) FromClient() bool { return x.req != nil || x.reqHeader != nil }
