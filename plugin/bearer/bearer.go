// Package bearer lets clients that keep no cookies show their session in the Authorization header.
//
//	auth, err := core.New(core.Config{…, Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{}), bearer.New(bearer.Options{})}})
//
// An answer that sets the session cookie has its value in the header set-auth-token as well; the client sends that as
// "Authorization: Bearer <value>". It works wherever the cookie does: at endpoints, behind an adapter's Require, in
// process. Browsers are better served by the cookie, which scripts cannot read.
package bearer

import (
	"context"
	"net/url"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
)

// Options says how the plugin behaves. The zero value is usable.
type Options struct {
	// AllowUnsigned also takes a session's bare token, as it stands in answers of sign-ins and in the session table, for
	// clients that get no other. Whoever can read that table can then be anybody. The default is off, in Exact on.
	AllowUnsigned core.Switch
}

// Plugin turns bearer tokens into session cookies.
type Plugin struct{ opts Options }

// New makes the plugin.
func New(o Options) *Plugin { return &Plugin{opts: o} }

// Manifest describes the plugin.
func (p *Plugin) Manifest() core.Manifest {
	return core.Manifest{
		ID:    "bearer",
		Hooks: []core.Hook{core.OnCall(p.accept), core.AfterAny(core.Everywhere, p.issue)},
	}
}

var _ core.Plugin = (*Plugin)(nil)

// tokenHeader is the header that clients take their token from.
const tokenHeader = "set-auth-token" //nolint:gosec // the header's name

const scheme = "bearer "

func sessionCookie(x *core.Exchange) string { return x.NewCookie("session_token", cookie.Patch{}).Name }

// accept puts a token that is good in the place of the session cookie. Others are as if they were not there.
func (p *Plugin) accept(_ context.Context, x *core.Exchange) error {
	header := x.RequestHeader("Authorization")
	if len(header) < len(scheme) || !strings.EqualFold(header[:len(scheme)], scheme) {
		return nil
	}
	if value, ok := p.signed(x, strings.TrimSpace(header[len(scheme):])); ok {
		x.SetRequestCookie(sessionCookie(x), value)
	}
	return nil
}

// signed returns the value of the session cookie that a token stands for.
func (p *Plugin) signed(x *core.Exchange, token string) (string, bool) {
	keys := x.Auth().Keys()
	value, signature, ok := strings.Cut(token, ".")
	if !ok {
		return cookie.Sign(keys, token), token != "" && p.allowUnsigned(x)
	}
	if strings.Contains(signature, "%") { // as it stands in a Set-Cookie header
		decoded, err := url.PathUnescape(signature)
		if err != nil {
			return "", false
		}
		signature = decoded
	}
	return value + "." + signature, keys.Verify(value, signature)
}

func (p *Plugin) allowUnsigned(x *core.Exchange) bool {
	if p.opts.AllowUnsigned == core.Default {
		return !x.Hardened()
	}
	return p.opts.AllowUnsigned == core.On
}

// issue repeats the session cookie of an answer in a header that scripts of other origins may read.
func (p *Plugin) issue(_ context.Context, x *core.Exchange, out any, err error) (any, error) {
	if c, ok := x.PendingCookie(sessionCookie(x)); ok && c.Value != "" {
		x.SetHeader(tokenHeader, c.Value)
		x.ExposeHeader(tokenHeader)
	}
	return out, err
}
