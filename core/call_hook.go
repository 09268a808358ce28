package core

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/cookie"
)

// OnCall makes a hook that runs before anybody asks who the caller is: for every call of an endpoint, over HTTP and in
// process, after decoding and the origin check and before all before hooks; and for every request that [Auth.Load] and
// [Auth.Require] look at. It may change what the rest of the call sees of the headers, such as turn a credential of
// another form into the session cookie ([Exchange.SetRequestCookie]). An error is the answer.
func OnCall(fn func(ctx context.Context, x *Exchange) error) Hook { return Hook{call: fn} }

// callHooks are those made by OnCall, in the order in which they run.
type callHooks []func(ctx context.Context, x *Exchange) error

func newCallHooks(owners []owner) (h callHooks) {
	for _, o := range owners {
		for _, hook := range o.manifest.Hooks {
			if hook.call != nil {
				h = append(h, hook.call)
			}
		}
	}
	return h
}

func (h callHooks) run(ctx context.Context, x *Exchange) error {
	for _, hook := range h {
		if err := hook(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

// SetRequestCookie changes what the rest of the call sees of a request cookie, or adds it; the caller's own headers stay
// as they are. The value is that of the cookie itself, with its signature if it has one: it is percent-encoded here.
func (x *Exchange) SetRequestCookie(name, value string) {
	pairs := []string{name + "=" + cookie.EncodeURIComponent(value)}
	for _, line := range x.reqHeader["Cookie"] {
		for pair := range strings.SplitSeq(line, ";") {
			pair = strings.TrimSpace(pair)
			if key, _, _ := strings.Cut(pair, "="); pair != "" && strings.TrimSpace(key) != name {
				pairs = append(pairs, pair)
			}
		}
	}
	x.SetRequestHeader("Cookie", strings.Join(pairs, "; "))
}

// PendingCookie returns the cookie of that name which the response is going to set, the last if there are several. One
// that the client is to forget has no value.
func (x *Exchange) PendingCookie(name string) (cookie.Cookie, bool) { return x.cookies.Get(name) }

// ExposeHeader lets scripts of other origins read a header of the response (Access-Control-Expose-Headers), besides those
// that are exposed already.
func (x *Exchange) ExposeHeader(name string) {
	const expose = "Access-Control-Expose-Headers"
	var names []string
	for _, line := range x.header[expose] {
		for have := range strings.SplitSeq(line, ",") {
			if have = strings.TrimSpace(have); have != "" {
				names = append(names, have)
			}
		}
	}
	if !slices.ContainsFunc(names, func(have string) bool { return strings.EqualFold(have, name) }) {
		names = append(names, name)
	}
	x.SetHeader(expose, strings.Join(names, ", "))
}
