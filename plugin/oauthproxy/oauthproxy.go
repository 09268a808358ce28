// Package oauthproxy lets servers whose address providers do not know, such as previews of branches, sign people in by way of
// one that they know.
//
//	oauthproxy.New(oauthproxy.Options{ProductionURL: "https://app.example", CurrentURL: "https://preview-7.example"})
//
// The preview begins a sign-in whose callback is production's. Production exchanges the code and sends the browser back to the
// preview with what the provider has said, encrypted; the preview makes user and session. Both have this plugin, the same
// providers, and the same secret.
package oauthproxy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// Options says which server is which.
type Options struct {
	// ProductionURL is the origin of the server that providers know. The default is core.Config.BaseURL: the server is it.
	ProductionURL string
	// CurrentURL is the origin of this server. The default is core.Config.BaseURL.
	CurrentURL string
	// MaxAge is how long the way back may take. The default is one minute.
	MaxAge time.Duration
	// Secret encrypts what goes from one server to the other, where they have different secrets otherwise. The default is
	// core.Config.Secret.
	Secret string
}

// Plugin serves the endpoints. Its fields are also the server-side API.
type Plugin struct {
	// Completion is GET /callback/:id/oauth-proxy, where production sends the browser back to.
	Completion *core.Endpoint[CompletionInput, core.None]
	// Callback is GET /oauth-proxy-callback, the old path of the same.
	Callback *core.Endpoint[LegacyInput, core.None]

	opts Options
	keys *secret.Keyring // of Options.Secret, or nil
}

// New makes the plugin.
func New(o Options) *Plugin {
	if o.MaxAge == 0 {
		o.MaxAge = time.Minute
	}
	p := &Plugin{opts: o}
	p.Completion = core.Define(core.Spec{
		ID: "oAuthProxyCompletion", Method: "GET", Path: "/callback/:id/oauth-proxy", Access: core.Public, ChangesState: true,
		Summary: "End a sign-in by a provider that another server has taken the callback of.",
	}, func(ctx context.Context, x *core.Exchange, in CompletionInput) (core.None, error) {
		return core.None{}, p.complete(ctx, x, in.CallbackURL, in.Profile, in.ID)
	})
	p.Callback = core.Define(core.Spec{
		ID: "oAuthProxy", Method: "GET", Path: "/oauth-proxy-callback", Access: core.Public, ChangesState: true,
		Summary: "The old path of /callback/:id/oauth-proxy.",
	}, func(ctx context.Context, x *core.Exchange, in LegacyInput) (core.None, error) {
		return core.None{}, p.complete(ctx, x, in.CallbackURL, in.Profile, "")
	})
	return p
}

// Manifest describes the plugin.
func (p *Plugin) Manifest() core.Manifest {
	start := core.Paths("/sign-in/social", "/link-social")
	return core.Manifest{
		ID: "oauth-proxy", Requires: []string{"social"}, Endpoints: []core.AnyEndpoint{p.Callback, p.Completion},
		Hooks: []core.Hook{
			core.BeforeAny(start, p.beforeStart),
			core.AfterAny(start, p.afterStart),
			core.BeforeAny(core.Paths("/callback/:id"), p.beforeCallback),
		},
		Errors: []*core.Error{core.ErrInvalidCallbackURL},
		Init:   p.init,
	}
}

var _ core.Plugin = (*Plugin)(nil)

func (p *Plugin) init(context.Context, *core.Auth) error {
	for name, u := range map[string]string{"ProductionURL": p.opts.ProductionURL, "CurrentURL": p.opts.CurrentURL} {
		if parsed, err := origin.Parse(u); u != "" && (err != nil || parsed.Scheme != "https" && parsed.Scheme != "http") {
			return fmt.Errorf("oauthproxy: Options.%s is %q: give it an origin, such as https://app.example", name, u)
		}
	}
	if p.opts.Secret == "" {
		return nil
	}
	var err error
	if p.keys, err = secret.New(p.opts.Secret); err != nil {
		return fmt.Errorf("oauthproxy: Options.Secret: %w", err)
	}
	return nil
}

// CompletionInput is the query of GET /callback/:id/oauth-proxy.
type CompletionInput struct {
	ID string `path:"id"`
	// CallbackURL is where the browser ends up.
	CallbackURL string `query:"callbackURL"`
	// Profile is what production sends, encrypted.
	Profile *string `query:"profile"`
}

// LegacyInput is the query of GET /oauth-proxy-callback.
type LegacyInput struct {
	CallbackURL string  `query:"callbackURL"`
	Profile     *string `query:"profile"`
}

// The names of the keys (formats.md §17).
const (
	statePurpose   = "oauth-proxy-state"
	packagePurpose = "oauth-proxy-package"
	profilePurpose = "oauth-proxy-profile"
)

func (p *Plugin) keyring(a *core.Auth, purpose string) *secret.Keyring {
	if p.keys != nil {
		return p.keys.Purpose(purpose)
	}
	return a.Keys().Purpose(purpose)
}

// originOf returns the origin of a URL, or of this server if it is empty. Never that of a request.
func originOf(x *core.Exchange, u string) string {
	if parsed, err := origin.Parse(u); err == nil {
		return parsed.Origin()
	}
	return x.BaseOrigin()
}

// skips reports whether this server needs no other.
func (p *Plugin) skips(x *core.Exchange) bool {
	return x.RequestHeader("X-Skip-OAuth-Proxy") != "" || originOf(x, p.opts.ProductionURL) == originOf(x, p.opts.CurrentURL)
}

// beforeStart sends the provider to production, and production back here.
func (p *Plugin) beforeStart(_ context.Context, x *core.Exchange, in any) error {
	if p.skips(x) {
		return nil
	}
	var id string
	var callback **string
	switch in := in.(type) {
	case *social.SignInInput:
		id, callback = string(in.Provider), &in.CallbackURL
	case *social.LinkInput:
		id, callback = string(in.Provider), &in.CallbackURL
	}
	if id == "" {
		return nil
	}
	target := x.Link("")
	if *callback != nil && **callback != "" {
		target = **callback
	}
	path := x.Auth().BasePath()
	back := originOf(x, p.opts.CurrentURL) + path + "/callback/" + cookie.EncodeURIComponent(id) + "/oauth-proxy?callbackURL=" + cookie.EncodeURIComponent(target)
	*callback = &back
	if p.opts.ProductionURL != "" {
		social.SetCallbackBase(x, originOf(x, p.opts.ProductionURL)+path)
	}
	return nil
}

// afterStart puts the state itself, encrypted, in the place of its name: production cannot look it up.
func (p *Plugin) afterStart(_ context.Context, x *core.Exchange, out any, err error) (any, error) {
	saved := social.SavedState(x)
	if err != nil || saved == "" || p.skips(x) {
		return out, err
	}
	switch v := out.(type) {
	case social.SignInOutput:
		if v.URL == nil {
			return out, nil
		}
		url, err := p.pack(x, *v.URL, saved)
		v.URL = &url
		return v, err
	case social.LinkOutput:
		v.URL, err = p.pack(x, v.URL, saved)
		return v, err
	}
	return out, nil
}

func (p *Plugin) pack(x *core.Exchange, target, saved string) (string, error) {
	before, rest, ok := strings.Cut(target, "state=")
	if !ok {
		return target, nil
	}
	name, after := rest, ""
	if i := strings.IndexAny(rest, "&#"); i >= 0 {
		name, after = rest[:i], rest[i:]
	}
	o := wire.NewObject()
	o.Set("state", name)
	o.Set("stateCookie", p.keyring(x.Auth(), statePurpose).Encrypt(saved))
	o.Set("isOAuthProxy", true)
	text, err := wire.Append(nil, o)
	if err != nil {
		return "", fmt.Errorf("oauthproxy: %w", err)
	}
	packed := before + "state=" + p.keyring(x.Auth(), packagePurpose).Encrypt(string(text)) + after
	if x.Hardened() && x.RequestHeader("X-Skip-OAuth-Proxy") == "" { // better-auth leaves the one that leads nowhere
		x.SetHeader("Location", packed)
	}
	return packed, nil
}

// beforeCallback is production's part: it takes the callback of another server's sign-in.
func (p *Plugin) beforeCallback(ctx context.Context, x *core.Exchange, in any) error {
	q, ok := in.(*social.CallbackInput)
	if !ok || x.Method() != "GET" || q.State == nil {
		return nil
	}
	pack, ok := p.open(x, packagePurpose, *q.State)
	if !ok {
		return nil // an ordinary callback
	}
	base := social.Of(x.Auth())
	name := provider.Text(pack, "state")
	text, err := p.keyring(x.Auth(), statePurpose).Decrypt(provider.Text(pack, "stateCookie"))
	if err != nil {
		return base.Fail(ctx, x, "", social.FailureCode("state_mismatch"))
	}
	if mark, _ := pack.Get("isOAuthProxy"); mark != true || name == "" {
		return nil
	}
	s, err := social.ReadState(text, name)
	if err != nil {
		return base.Fail(ctx, x, "", social.FailureCode("state_mismatch"))
	}
	switch {
	case textOf(q.Error) != "":
		return base.Fail(ctx, x, s.ErrorURL, social.FailureCode(*q.Error))
	case textOf(q.Code) == "":
		return base.Fail(ctx, x, s.ErrorURL, social.FailureCode("no_code"))
	}
	one := base.Provider(ctx, x, q.ID)
	if one == nil {
		return base.Fail(ctx, x, s.ErrorURL, social.FailureCode("oauth_provider_not_found"))
	}
	identity, tokens, err := base.Identify(ctx, x, one, q, s)
	if err != nil {
		return base.Fail(ctx, x, s.ErrorURL, err)
	}
	payload, err := p.seal(x, one, identity, tokens, s, name)
	if err != nil {
		return err
	}
	// Where it leads was sealed with the servers' own key: it is the other server's word, not the browser's.
	return core.Redirect(origin.AppendQuery(s.CallbackURL, "profile", payload))
}

// open decrypts an object.
func (p *Plugin) open(x *core.Exchange, purpose, sealed string) (*wire.Object, bool) {
	text, err := p.keyring(x.Auth(), purpose).Decrypt(sealed)
	if err != nil {
		return nil, false
	}
	v, err := wire.Parse([]byte(text), wire.Limits{Depth: maxDepth})
	o, ok := v.(*wire.Object)
	return o, err == nil && ok
}

// maxDepth is how deep profiles may nest.
const maxDepth = 64

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
