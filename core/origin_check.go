package core

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/wire"
)

// checkOrigin is the check of every request that may change state (formats.md §7.1): with cookies, its origin must be
// trusted; with or without, the URLs in it that a client may be sent to must be.
func (x *Exchange) checkOrigin(ctx context.Context) error {
	if x.req.Method == http.MethodGet {
		return nil
	}
	if len(x.reqHeader["Cookie"]) > 0 {
		if err := x.requireTrustedOrigin(ctx); err != nil {
			return err
		}
	}
	if x.originCheckOff() {
		return nil
	}
	return x.checkRedirects(ctx)
}

// checkLoginOrigin protects sign-ins that carry no cookie yet (formats.md §7.2): a browser that says where the request
// comes from is held to it; a client that says nothing is none.
func (x *Exchange) checkLoginOrigin(ctx context.Context) error {
	if !x.HTTP() {
		return nil
	}
	if len(x.reqHeader["Cookie"]) > 0 {
		return x.requireTrustedOrigin(ctx)
	}
	site, mode, dest := x.RequestHeader("Sec-Fetch-Site"), x.RequestHeader("Sec-Fetch-Mode"), x.RequestHeader("Sec-Fetch-Dest")
	if strings.TrimSpace(site+mode+dest) != "" {
		if site == "cross-site" && mode == "navigate" && !x.csrfCheckOff() {
			return ErrCrossSiteNavigation
		}
		return x.requireTrustedOrigin(ctx)
	}
	if x.RequestHeader("Origin") != "" || x.RequestHeader("Referer") != "" {
		return x.requireTrustedOrigin(ctx)
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
func (x *Exchange) requireTrustedOrigin(ctx context.Context) error {
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
	trusted, err := x.trusts(ctx, from)
	if err == nil && !trusted {
		err = ErrInvalidOrigin
	}
	return err
}

// ownOrigin is the origin that the request was sent to. It decides only where the browser has vouched for it already.
func (x *Exchange) ownOrigin() string {
	scheme, host := x.sentTo()
	if len(x.reqHeader["X-Forwarded-Host"]) == 0 || len(x.reqHeader["X-Forwarded-Proto"]) == 0 { // one alone says too little
		scheme, host = x.scheme(), x.host
	}
	return scheme + "://" + host
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

func (x *Exchange) checkRedirects(ctx context.Context) error {
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
		trusted, err := x.TrustedRedirect(ctx, url)
		if err == nil && !trusted {
			err = m.refusal
		}
		if err != nil {
			return err
		}
	}
	return nil
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
