// Package oauthpopup signs people in by a provider in a popup window, for apps that cannot send their own page away: those
// in a frame, above all. The client is better-auth's oauthPopupClient, with plugin bearer where the app is on another site.
//
//	core.Config{…, Plugins: []core.Plugin{social.New(…), oauthpopup.New()}}
//
// The popup begins at /oauth-popup/start and ends at the provider's usual callback, whose answer is then a page that tells the
// window that opened it. Only windows of trusted origins are told.
package oauthpopup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// Plugin serves the endpoint. Its field is also the server-side API.
type Plugin struct {
	// Start is GET /oauth-popup/start, where the popup begins.
	Start *core.Endpoint[StartInput, *core.Content]
}

// New makes the plugin.
func New() *Plugin {
	p := &Plugin{}
	p.Start = core.Define(core.Spec{
		ID: "oauthPopupStart", Method: "GET", Path: "/oauth-popup/start", Access: core.Public, ChangesState: true,
		Summary: "Begin a sign-in by a provider in a popup window.",
	}, p.start)
	return p
}

// Manifest describes the plugin.
func (p *Plugin) Manifest() core.Manifest {
	return core.Manifest{
		ID: "oauth-popup", Requires: []string{"social"}, Endpoints: []core.AnyEndpoint{p.Start},
		Hooks:  []core.Hook{core.AfterAny(core.Paths("/callback/:id"), afterCallback)},
		Errors: []*core.Error{core.ErrInvalidOrigin},
	}
}

var _ core.Plugin = (*Plugin)(nil)

// StartInput is the query of GET /oauth-popup/start.
type StartInput struct {
	Provider string `query:"provider"`
	// PopupOrigin is the origin of the window that opens the popup, PopupNonce what it will know the answer by.
	PopupOrigin        string  `query:"popupOrigin"`
	PopupNonce         *string `query:"popupNonce"`
	CallbackURL        *string `query:"callbackURL"`
	ErrorCallbackURL   *string `query:"errorCallbackURL"`
	NewUserCallbackURL *string `query:"newUserCallbackURL"`
	// Scopes are separated by commas.
	Scopes        *string `query:"scopes"`
	RequestSignUp *string `query:"requestSignUp"`
	// AdditionalData is a JSON object.
	AdditionalData *string `query:"additionalData"`
}

// markerLifetime is how long the provider may take.
const markerLifetime = 10 * time.Minute

func marker(x *core.Exchange) cookie.Cookie {
	age := cookie.For(markerLifetime)
	return x.NewCookie("oauth_popup", cookie.Patch{MaxAge: &age})
}

func (p *Plugin) start(ctx context.Context, x *core.Exchange, in StartInput) (*core.Content, error) {
	opener, err := origin.Parse(in.PopupOrigin)
	if err != nil || strings.HasPrefix(in.PopupOrigin, "/") || x.CheckCallback(ctx, in.PopupOrigin) != nil {
		return nil, core.ErrInvalidOrigin
	}
	m := message{nonce: text(in.PopupNonce), target: opener.Origin()}
	for _, one := range []struct {
		url  *string
		code string
	}{
		{in.CallbackURL, "invalid_callback_url"},
		{in.ErrorCallbackURL, "invalid_error_callback_url"},
		{in.NewUserCallbackURL, "invalid_new_user_callback_url"},
	} {
		if x.CheckCallback(ctx, text(one.url)) != nil {
			return m.failed(one.code, "Untrusted URL: "+text(one.url)).page(x)
		}
	}
	base := social.Of(x.Auth())
	provider := base.Provider(ctx, x, in.Provider)
	if provider == nil {
		return m.failed("provider_not_found", "Unknown provider: "+in.Provider).page(x)
	}
	target, err := begin(ctx, x, base, provider, &in)
	if err != nil {
		x.Logger().ErrorContext(ctx, "a sign-in in a popup could not begin", "provider", in.Provider, "error", err)
		return m.failed("popup_sign_in_failed", "Failed to start the OAuth flow.").page(x)
	}
	return nil, mark(x, m, target)
}

// begin stores the state of the redirect.
func begin(ctx context.Context, x *core.Exchange, base *social.Plugin, one *provider.Provider, in *StartInput) (string, error) {
	s := social.Start{CallbackURL: text(in.CallbackURL), ErrorURL: text(in.ErrorCallbackURL), NewUserURL: text(in.NewUserCallbackURL)}
	if s.CallbackURL == "" {
		s.CallbackURL = x.Link("")
	}
	if scopes := text(in.Scopes); scopes != "" {
		s.Scopes = strings.Split(scopes, ",")
	}
	if yes := true; text(in.RequestSignUp) == "true" {
		s.RequestSignUp = &yes
	}
	if data, err := wire.Parse([]byte(text(in.AdditionalData)), wire.Limits{Depth: maxDataDepth}); err == nil {
		s.Data, _ = data.(*wire.Object)
	}
	return base.Begin(ctx, x, one, s)
}

// maxDataDepth is that of request bodies.
const maxDataDepth = 64

// mark remembers who has opened the popup, and sends it to the provider.
func mark(x *core.Exchange, m message, target string) error {
	o := wire.NewObject()
	o.Set("popupOrigin", m.target)
	o.Set("popupNonce", m.nonce)
	value, err := wire.Append(nil, o)
	if err != nil {
		return err
	}
	c := marker(x)
	c.Value = string(value)
	x.SetSignedCookie(c)
	return core.Redirect(target)
}

// afterCallback answers with a page in the place of a redirect, where the callback is that of a popup.
func afterCallback(ctx context.Context, x *core.Exchange, out any, err error) (any, error) {
	var redirect *core.Error
	if !errors.As(err, &redirect) || redirect.Header("Location") == "" {
		return out, err
	}
	location := redirect.Header("Location")
	c := marker(x)
	value, ok := x.SignedCookie(c)
	if !ok || x.Method() != "GET" {
		return out, err
	}
	parsed, parseErr := wire.Parse([]byte(value), wire.Limits{Depth: 1})
	o, ok := parsed.(*wire.Object)
	if parseErr != nil || !ok {
		return out, err
	}
	m := message{target: provider.Text(o, "popupOrigin"), nonce: provider.Text(o, "popupNonce")}
	if m.target == "" || x.CheckCallback(ctx, m.target) != nil { // it is not trusted any more
		return out, err
	}
	target, parseErr := url.Parse(location)
	if parseErr != nil {
		return out, err
	}
	query := target.Query()
	switch s := x.NewSession(); {
	case s != nil:
		m.token, m.redirectTo = cookie.Sign(x.Auth().Keys(), s.Session.Token), location
	case query.Get("error") != "":
		m = m.failed(query.Get("error"), query.Get("error_description"))
	default: // the provider is asked once more, or a further step is asked for: the popup goes on
		return out, err
	}
	x.ExpireCookie(c)
	x.SetHeader("Location", location)
	return m.page(x)
}

// message is what the popup tells the window that has opened it.
type message struct {
	target, nonce     string
	token, redirectTo string
	code, description string
}

func (m message) failed(code, description string) message {
	m.code, m.description = code, description
	return m
}

// The names that better-auth's client goes by.
const (
	messageType = "better-auth:oauth-popup"
	elementID   = "better-auth-oauth-popup"
)

// script sends the message and closes the popup.
const script = `(function () {
	var data = JSON.parse(document.getElementById("` + elementID + `").textContent);
	var target = data.targetOrigin;
	delete data.targetOrigin;
	if (window.opener) {
		window.opener.postMessage(data, target);
	}
	window.close();
})();
`

// policy lets the page run that script and nothing else.
var policy = func() string {
	sum := sha256.Sum256([]byte(script))
	return "default-src 'none'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; frame-ancestors 'none'"
}()

// page is the last page of the popup.
func (m message) page(x *core.Exchange) (*core.Content, error) {
	data := wire.NewObject()
	data.Set("type", messageType)
	data.Set("targetOrigin", m.target)
	data.Set("nonce", m.nonce)
	if m.token != "" {
		data.Set("token", m.token)
		data.Set("redirectTo", m.redirectTo)
	} else {
		failure := wire.NewObject()
		failure.Set("code", m.code)
		if m.description != "" {
			failure.Set("description", m.description)
		}
		data.Set("error", failure)
	}
	inline, err := wire.Append(nil, data)
	if err != nil {
		return nil, err
	}
	inline = bytes.ReplaceAll(inline, []byte("<"), []byte(`\u003c`)) // or it could end the element
	x.SetHeader("Content-Security-Policy", policy)
	x.SetHeader("X-Content-Type-Options", "nosniff")
	x.SetHeader("Referrer-Policy", "no-referrer")
	x.SetHeader("Cache-Control", "no-store")
	x.SetHeader("Pragma", "no-cache")
	var page bytes.Buffer
	page.WriteString("<!doctype html>\n<html>\n<head><meta charset=\"utf-8\"><title>Signing in</title></head>\n<body>\n<script type=\"application/json\" id=\"" + elementID + "\">")
	page.Write(inline)
	page.WriteString("</script>\n<script>" + script + "</script>\n</body>\n</html>\n")
	return &core.Content{Type: "text/html; charset=utf-8", Data: page.Bytes()}, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
