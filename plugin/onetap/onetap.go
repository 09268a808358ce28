// Package onetap signs people in by Google One Tap: Google's script asks in a corner of the page and gives the app an ID
// token.
//
//	core.Config{…, Plugins: []core.Plugin{
//		social.New(provider.Google(provider.Options{ClientID: id, ClientSecret: secret})),
//		onetap.New(onetap.Options{}),
//	}}
//
// The account is one of the provider google, as if the same person had come by a redirect. For ID tokens of other providers,
// or from a native app, POST /sign-in/social takes them as well.
package onetap

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/plugin/social"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// Options says how the plugin behaves. The zero value is usable where plugin/social has Google.
type Options struct {
	// ClientID is the client id for which Google makes the tokens. The default are those of the provider google.
	ClientID string
	// DisableSignUp lets in only people who have a user already.
	DisableSignUp bool
}

// Plugin serves the endpoint. Its field is also the server-side API.
type Plugin struct {
	// Callback is POST /one-tap/callback.
	Callback *core.Endpoint[CallbackInput, CallbackOutput]

	opts Options
	own  *provider.Provider // for Options.ClientID, or nil
}

// New makes the plugin.
func New(o Options) *Plugin {
	p := &Plugin{opts: o}
	if o.ClientID != "" {
		p.own = provider.Google(provider.Options{ClientID: o.ClientID})
	}
	p.Callback = core.Define(core.Spec{
		ID: "oneTapCallback", Method: "POST", Path: "/one-tap/callback", Access: core.Public,
		Summary: "Sign in by an ID token of Google One Tap.",
	}, p.callback)
	return p
}

// Manifest describes the plugin.
func (p *Plugin) Manifest() core.Manifest {
	return core.Manifest{
		ID: "one-tap", Requires: []string{"social"}, Endpoints: []core.AnyEndpoint{p.Callback},
		Errors: []*core.Error{ErrClientID, ErrIDToken, ErrNoEmail, ErrRefused, core.ErrEmailNotVerified},
	}
}

var _ core.Plugin = (*Plugin)(nil)

// The plugin's errors. The contract has no codes for them.
var (
	ErrClientID = core.NewError(400, "", "Google client ID is required for One Tap. Set it on the oneTap plugin (clientId) or on socialProviders.google.")
	ErrIDToken  = core.NewError(400, "", "invalid id token")
	ErrNoEmail  = core.NewError(400, "", "Email not available in token")
	ErrRefused  = core.NewError(401, "", "account not linked")
)

// CallbackInput is the body of POST /one-tap/callback.
type CallbackInput struct {
	IDToken string `json:"idToken"`
	// CallbackURL is where the client will go. It is only checked.
	CallbackURL *string `json:"callbackURL"`
}

// CallbackOutput is the answer of POST /one-tap/callback.
type CallbackOutput struct {
	Token string      `json:"token"`
	User  *model.User `json:"user"`
}

// scopes are what One Tap grants.
var scopes = []string{"openid", "profile", "email"}

func (p *Plugin) callback(ctx context.Context, x *core.Exchange, in CallbackInput) (CallbackOutput, error) {
	base := social.Of(x.Auth())
	google := base.Provider(ctx, x, "google")
	verifier := p.own
	if verifier == nil {
		verifier = google
	}
	if verifier == nil {
		return CallbackOutput{}, ErrClientID
	}
	if google == nil {
		google = verifier
	}
	if verifier.VerifyIDToken == nil {
		return CallbackOutput{}, ErrIDToken
	}
	client := base.Client(x)
	if err := verifier.VerifyIDToken(ctx, client, in.IDToken, ""); err != nil {
		return CallbackOutput{}, ErrIDToken.Wrap(err)
	}
	tokens := &oauth.Tokens{IDToken: in.IDToken, Scopes: scopes}
	identity, err := google.UserInfo(ctx, client, provider.UserInfoRequest{Tokens: tokens, IDTokenVerified: true})
	if err != nil {
		return CallbackOutput{}, ErrIDToken.Wrap(err)
	}
	if identity.Email() == "" || x.Hardened() && !core.ValidEmail(core.NormalizeEmail(identity.Email())) {
		return CallbackOutput{}, ErrNoEmail
	}
	entered, err := base.Enter(ctx, x, social.Entry{
		ProviderID: "google", Identity: identity, Tokens: tokens,
		DisableSignUp:    p.opts.DisableSignUp || google.DisableSignUp,
		OverrideUserInfo: google.OverrideUserInfo, RequireEmailVerification: google.RequireEmailVerification,
	})
	var refused *social.Refusal
	switch {
	case errors.As(err, &refused) && refused.Reason == social.EmailNotVerified:
		return CallbackOutput{}, core.ErrEmailNotVerified.Wrap(err)
	case errors.As(err, &refused):
		return CallbackOutput{}, ErrRefused.WithMessage(string(refused.Reason)).Wrap(err)
	case err != nil:
		return CallbackOutput{}, err
	}
	return CallbackOutput{Token: entered.Session.Token, User: entered.User}, nil
}
