package core

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/wire"
)

// checkOrigin is the check of every request that may change state (formats.md §7.1): with cookies, its origin must be
// trusted; with or without, the URLs in it that a client may be sent to must be.
func (x *Exchange) checkOrigin() error {
	if x.req.Method == http.MethodGet {
		return nil
	}
	if len(x.reqHeader["Cookie"]) > 0 {
		if err := x.requireTrustedOrigin(); err != nil {
			return err
		}
	}
	if x.originCheckOff() {
		return nil
	}
	return x.checkRedirects()
}

// checkLoginOrigin protects sign-ins that carry no cookie yet (formats.md §7.2): a browser that says where the request
// comes from is held to it; a client that says nothing is none.
func (x *Exchange) checkLoginOrigin() error {
	if !x.HTTP() {
		return nil
	}
	if len(x.reqHeader["Cookie"]) > 0 {
		return x.requireTrustedOrigin()
	}
	site, mode, dest := x.RequestHeader("Sec-Fetch-Site"), x.RequestHeader("Sec-Fetch-Mode"), x.RequestHeader("Sec-Fetch-Dest")
	if strings.TrimSpace(site+mode+dest) != "" {
		if site == "cross-site" && mode == "navigate" && !x.csrfCheckOff() {
			return ErrCrossSiteNavigation
		}
		return x.requireTrustedOrigin()
	}
	if x.RequestHeader("Origin") != "" || x.RequestHeader("Referer") != "" {
		return x.requireTrustedOrigin()
	}
	return nil
}

// originCheckOff reports whether the configuration exempts this endpoint.
func (x *Exchange) originCheckOff() bool {
	c := &x.auth.config
	return c.DisableOriginCheck || slices.ContainsFunc(c.OriginCheckExempt, func(exempt string) bool {
		rest, ok := strings.CutPrefix(x.path, strings.TrimRight(exempt, "/"))
		return ok && (rest == "" || rest[0] == '/')
	})
}

func (x *Exchange) csrfCheckOff() bool {
	c := &x.auth.config
	return c.DisableCSRFCheck || c.DisableOriginCheck && !c.KeepCSRFCheck
}

// requireTrustedOrigin judges the Origin header, or the Referer where there is none.
func (x *Exchange) requireTrustedOrigin() error {
	if x.csrfCheckOff() || x.originCheckOff() {
		return nil
	}
	from := x.RequestHeader("Origin")
	if from == "null" && x.RequestHeader("Sec-Fetch-Site") == "same-origin" {
		// A sandboxed page of our own: the browser vouches for it, so the request is as good as the host it went to.
		from = x.ownOrigin()
	}
	if from == "" {
		from = x.RequestHeader("Referer")
	}
	if from == "" || from == "null" {
		return ErrMissingOrigin
	}
	if x.trusts(from) {
		return nil
	}
	return ErrInvalidOrigin
}

// trusts reports whether a URL is of a trusted origin; in Development without a BaseURL the request's own counts.
func (x *Exchange) trusts(url string) bool {
	if x.auth.trusted.Trusted(url) {
		return true
	}
	if x.auth.config.BaseURL != "" {
		return false
	}
	u, err := origin.Parse(url)
	return err == nil && u.Origin() == x.BaseOrigin()
}

// ownOrigin is the origin that the request was sent to. It decides only where the browser has vouched for it already.
func (x *Exchange) ownOrigin() string {
	if x.req.TLS != nil {
		return "https://" + x.req.Host
	}
	return "http://" + x.req.Host
}

// BaseOrigin returns the origin under which clients reach this server. It comes from Config.BaseURL and never from the
// request, but in Development without a BaseURL, where it is the request's host if that is this machine.
func (x *Exchange) BaseOrigin() string {
	if x.auth.config.BaseURL != "" {
		return x.auth.base.Origin()
	}
	if x.req != nil && origin.Loopback(x.req.Host) {
		return "http://" + x.req.Host
	}
	return "http://localhost"
}

// redirectMembers are the members of a body that name places to send a client to, each with its refusal.
var redirectMembers = []struct {
	member, label string
	refusal       *Error
}{
	{"callbackURL", "callbackURL", ErrInvalidCallbackURL},
	{"redirectTo", "redirectURL", ErrInvalidRedirectURL},
	{"errorCallbackURL", "errorCallbackURL", ErrInvalidErrorCallbackURL},
	{"newUserCallbackURL", "newUserCallbackURL", ErrInvalidNewUserCallbackURL},
}

func (x *Exchange) checkRedirects() error {
	body, _ := x.body.(*wire.Object)
	for _, m := range redirectMembers {
		var v any
		if body != nil {
			v, _ = body.Get(m.member)
		}
		if !truthy(v) && m.member == "callbackURL" && x.req.URL.RawQuery != "" {
			if values := x.req.URL.Query()["callbackURL"]; len(values) == 1 {
				v = values[0]
			} else if len(values) > 1 {
				v = values // as a list it is no string, which the contract refuses
			}
		}
		if !truthy(v) {
			continue
		}
		url, ok := v.(string)
		if !ok {
			return NewError(http.StatusBadRequest, "", "Invalid "+m.label+": expected a string")
		}
		if !x.trustedRedirect(url) {
			return m.refusal
		}
	}
	return nil
}

func (x *Exchange) trustedRedirect(url string) bool {
	return x.auth.TrustedRedirect(url) || x.auth.config.BaseURL == "" && x.trusts(url)
}

// truthy is JavaScript's idea of a value that is there.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	default:
		return true
	}
}
