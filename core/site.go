package core

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/origin"
)

// BaseURLsConfig is for a server that clients reach under several hosts, such as the preview deployments of one app. The
// base URL is then that of the request's host, if it is allowed; no request has an influence on another's.
type BaseURLsConfig struct {
	// AllowedHosts are the hosts: "example.com", "localhost:3000", or with wildcards, "*.example.com". See
	// [origin.HostsOptions]. Their origins are trusted.
	AllowedHosts []string
	// Protocol is "https", "http", or "auto" for that of the request. The default is https, but for hosts that are this
	// machine; in Development and Exact it is auto.
	Protocol string
	// Fallback is the base URL for requests to any other host, and for calls in process that do not say which host they
	// are made for. The default is to refuse them.
	Fallback string
}

func (c *BaseURLsConfig) set() bool {
	return len(c.AllowedHosts) > 0 || c.Protocol != "" || c.Fallback != ""
}

// site is where clients find this server: one for all requests, or with Config.BaseURLs one for each.
type site struct {
	base    origin.Base // without an origin in Development without a base URL
	cookies cookieSet
}

// newHosts returns nil without Config.BaseURLs.
func (c *Config) newHosts() (*origin.Hosts, error) {
	if !c.BaseURLs.set() {
		return nil, nil
	}
	hosts, err := origin.NewHosts(origin.HostsOptions{
		Allowed: c.BaseURLs.AllowedHosts, Protocol: c.BaseURLs.Protocol, Fallback: c.BaseURLs.Fallback, BasePath: c.BasePath,
		Strict: c.Compat == Hardened && !c.Development,
	})
	if err != nil {
		return nil, fmt.Errorf("Config.BaseURLs: %w", err)
	}
	return hosts, nil
}

// errUnknownHost answers a request to a host that is none of Config.BaseURLs (RFC 9110 §15.5.20). better-auth does not
// answer at all.
var errUnknownHost = NewError(http.StatusMisdirectedRequest, "", "")

// errNoHost is for those who call in process.
var errNoHost = errors.New("core: the base URL is that of the request's host, and this call has none that is allowed: " +
	"pass the request with WithRequest, or set Config.BaseURLs.Fallback")

// fixedCookies reports whether cookies have the same names and attributes whatever the base URL of a request is. In Exact
// they do, unless their domain depends on it.
func (c *Config) fixedCookies() bool {
	return !c.BaseURLs.set() || c.Compat == Exact && !c.Cookies.CrossSubDomain
}

// arrive finds out where x was sent to. It comes before all else.
func (x *Exchange) arrive() error {
	hosts := x.auth.hosts
	if hosts == nil {
		return nil
	}
	scheme, host := x.sentTo()
	base, ok := hosts.Base(scheme, host)
	switch {
	case ok:
		x.site = &site{base: base, cookies: x.auth.site.cookies}
		if !x.auth.config.fixedCookies() {
			x.site.cookies = newCookieSet(&x.auth.config, base)
		}
		return nil
	case x.HTTP():
		return errUnknownHost.Wrap(fmt.Errorf("the host %q is none of Config.BaseURLs.AllowedHosts", host))
	default:
		return errNoHost
	}
}

// sentTo returns scheme and host of the request, as a trusted proxy or the request itself has them. What it returns says
// nothing about whether that host is ours.
func (x *Exchange) sentTo() (scheme, host string) {
	scheme, host = x.scheme(), x.host
	if host == "" {
		host = x.reqHeader.Get("Host") // in process
	}
	if x.trustsProxy() {
		if v := x.reqHeader["X-Forwarded-Host"]; len(v) == 1 && origin.ForwardedHost(v[0]) {
			host = v[0]
		}
		if v, ok := x.forwardedScheme(); ok {
			scheme = v
		}
	}
	return scheme, host
}

// scheme is that of the connection. In Exact it is what anybody says it is, as behind better-auth's handler for Node.
func (x *Exchange) scheme() string {
	if x.auth.config.Compat == Exact {
		if v, ok := x.forwardedScheme(); ok {
			return v
		}
	}
	if x.tls {
		return "https"
	}
	return "http"
}

func (x *Exchange) forwardedScheme() (scheme string, ok bool) {
	v := x.reqHeader["X-Forwarded-Proto"]
	if len(v) != 1 || v[0] != "http" && v[0] != "https" {
		return "", false
	}
	return v[0], true
}

// trustsProxy reports whether the headers count in which a proxy says what it was asked for.
func (x *Exchange) trustsProxy() bool {
	a := x.auth
	return a.config.TrustProxyHeaders && (a.config.Compat == Exact || a.clientIP.Trusts(x.remote))
}

// BaseURL returns the URL under which the client reaches the endpoints, such as "https://example.com/api/auth": what
// links in mails and redirects are made from. It comes from the configuration; with Config.BaseURLs it is that of the
// request's host if that is allowed, and in Development without a base URL that of the request's host if that is this
// machine.
func (x *Exchange) BaseURL() string { return x.BaseOrigin() + x.auth.BasePath() }

// BaseOrigin returns the origin of [Exchange.BaseURL], such as "https://example.com".
func (x *Exchange) BaseOrigin() string {
	if o := x.site.base.Origin(); o != "" {
		return o
	}
	if origin.Loopback(x.host) {
		return "http://" + x.host
	}
	return "http://localhost"
}

// NewCookie returns the cookie that this installation has for key, such as "two_factor", without a value: plugins make
// theirs from it, so that all follow the same rules. own is what the cookie has by nature, its Max-Age for most.
func (x *Exchange) NewCookie(key string, own cookie.Patch) cookie.Cookie {
	return x.site.cookies.jar.Cookie(key, own)
}

// TrustedRedirect reports whether the client may be sent to target: a safe path on this origin, or a trusted origin. An
// error says that Config.TrustedOriginsFunc failed; target must not be used then.
func (x *Exchange) TrustedRedirect(ctx context.Context, target string) (bool, error) {
	if x.auth.config.DisableOriginCheck || origin.SafeRelative(target) {
		return true, nil
	}
	return x.trusts(ctx, target)
}

// trusts reports whether a URL is of a trusted origin; in Development without a base URL the request's own counts.
func (x *Exchange) trusts(ctx context.Context, url string) (bool, error) {
	if x.auth.trusted.Trusted(url) {
		return true, nil
	}
	if x.site.base.Scheme() == "" {
		if u, err := origin.Parse(url); err == nil && u.Origin() == x.BaseOrigin() {
			return true, nil
		}
	}
	more, err := x.moreTrusted(ctx)
	return err == nil && more != nil && more.Trusted(url), err
}

// moreTrusted asks Config.TrustedOriginsFunc, once in a call. It returns nil without one.
func (x *Exchange) moreTrusted(ctx context.Context) (*origin.List, error) {
	ask := x.auth.config.TrustedOriginsFunc
	if ask == nil || x.trusted != nil {
		return x.trusted, nil
	}
	patterns, err := ask(ctx, x.req)
	if err != nil {
		return nil, fmt.Errorf("core: Config.TrustedOriginsFunc: %w", err)
	}
	x.trusted, err = origin.NewList(patterns)
	if err != nil {
		return nil, fmt.Errorf("core: Config.TrustedOriginsFunc: %w", err)
	}
	return x.trusted, nil
}
