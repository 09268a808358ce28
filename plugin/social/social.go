// Package social signs users in by what they are to somebody else: Google, GitHub, Apple and the other constructors of
// package provider, or any server that speaks OAuth 2.0 or OpenID Connect (plugin/genericoauth).
//
//	core.Config{…, Plugins: []core.Plugin{
//		social.New(provider.Google(provider.Options{ClientID: id, ClientSecret: secret})),
//	}}
//
// What holds for all providers is in core.Config.Account: when an account and a user become one, where the state of a
// redirect is kept, whether tokens are encrypted. See docs/social-sign-in.md.
package social

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// Plugin serves the endpoints. Its fields are also the server-side API.
type Plugin struct {
	// SignIn is POST /sign-in/social.
	SignIn *core.Endpoint[SignInInput, SignInOutput]
	// Callback is GET and POST /callback/:id, where providers send the browser back.
	Callback *core.Endpoint[CallbackInput, core.None]
	// Link is POST /link-social.
	Link *core.Endpoint[LinkInput, LinkOutput]
	// AccessToken is POST /get-access-token.
	AccessToken *core.Endpoint[AccountSelection, AccessTokenOutput]
	// RefreshToken is POST /refresh-token.
	RefreshToken *core.Endpoint[AccountSelection, RefreshTokenOutput]
	// AccountInfo is GET /account-info.
	AccountInfo *core.Endpoint[AccountQuery, *AccountInfoOutput]

	own []*provider.Provider
	// installed are what the plugin has for each Auth that it is part of, by *core.Auth.
	installed sync.Map
}

// Source is a plugin that brings providers of its own, such as plugin/genericoauth: they are served as those given to New
// are, after them.
type Source interface {
	SocialProviders() []*provider.Provider
}

// New makes the plugin. Without providers it answers as better-auth does then: 404 PROVIDER_NOT_FOUND.
func New(providers ...*provider.Provider) *Plugin {
	p := &Plugin{own: providers}
	p.SignIn = core.Define(core.Spec{
		ID: "signInSocial", Method: "POST", Path: "/sign-in/social", Access: core.Public,
		Summary: "Sign in by a provider: get the URL to go to, or send an ID token.",
	}, p.signIn)
	p.Callback = core.Define(core.Spec{
		ID: "callbackOAuth", Method: "GET POST", Path: "/callback/:id", Access: core.Public, Form: true, ChangesState: true,
		Summary: "Where a provider sends the browser back.",
	}, p.callback)
	p.Link = core.Define(core.Spec{
		ID: "linkSocialAccount", Method: "POST", Path: "/link-social", Access: core.StoredSession, NeedsHeaders: true,
		Summary: "Link an account at a provider to the caller.",
	}, p.link)
	p.AccessToken = core.Define(core.Spec{
		ID: "getAccessToken", Method: "POST", Path: "/get-access-token", Access: core.Public,
		Summary: "Get an access token of a provider, a new one if the last has run out.",
	}, p.accessToken)
	p.RefreshToken = core.Define(core.Spec{
		ID: "refreshToken", Method: "POST", Path: "/refresh-token", Access: core.Public,
		Summary: "Get new tokens of a provider.",
	}, p.refreshToken)
	p.AccountInfo = core.Define(core.Spec{
		ID: "accountInfo", Method: "GET", Path: "/account-info", Access: core.Public, ChangesState: true,
		Summary: "Get what a provider says about the caller.",
	}, p.accountInfo)
	return p
}

// Manifest describes the plugin.
func (p *Plugin) Manifest() core.Manifest {
	return core.Manifest{
		ID:        "social",
		Endpoints: []core.AnyEndpoint{p.SignIn, p.Callback, p.Link, p.AccessToken, p.RefreshToken, p.AccountInfo},
		Hooks: []core.Hook{
			core.Before(core.SignOut, p.beforeSignOut),
			core.After(core.SignOut, p.afterSignOut),
		},
		Errors: []*core.Error{ErrProviderNotFound, ErrIDTokenNotSupported, core.ErrInvalidToken, ErrNoUserInfo, ErrNoEmail,
			core.ErrEmailNotVerified, ErrLink, ErrAlreadyLinked, ErrLinkingNotAllowed, ErrDifferentEmails, ErrLinkingFailed,
			core.ErrAccountNotFound, ErrNoUser, ErrProviderNotSupported, ErrProviderNotConfigured, ErrRefreshNotSupported,
			ErrNoRefreshToken, ErrNoAccessToken, ErrAccessToken, ErrRefresh},
		Init: p.init,
	}
}

var _ core.Plugin = (*Plugin)(nil)

// The plugin's errors, with the codes and texts of the contract.
var (
	ErrProviderNotFound      = core.NewError(404, "PROVIDER_NOT_FOUND", "Provider not found")
	ErrIDTokenNotSupported   = core.NewError(404, "ID_TOKEN_NOT_SUPPORTED", "id_token not supported")
	ErrNoUserInfo            = core.NewError(401, "FAILED_TO_GET_USER_INFO", "Failed to get user info")
	ErrNoEmail               = core.NewError(401, "USER_EMAIL_NOT_FOUND", "User email not found")
	ErrLink                  = core.NewError(401, "OAUTH_LINK_ERROR", "account not linked")
	ErrAlreadyLinked         = core.NewError(409, "SOCIAL_ACCOUNT_ALREADY_LINKED", "Social account already linked")
	ErrLinkingNotAllowed     = core.NewError(401, "LINKING_NOT_ALLOWED", "Account not linked - linking not allowed")
	ErrDifferentEmails       = core.NewError(401, "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED", "Account not linked - different emails not allowed")
	ErrLinkingFailed         = core.NewError(417, "LINKING_FAILED", "Account not linked - unable to create account")
	ErrNoUser                = core.NewError(400, "USER_ID_OR_SESSION_REQUIRED", "Either userId or session is required")
	ErrProviderNotSupported  = core.NewError(400, "PROVIDER_NOT_SUPPORTED", "Provider is not supported.")
	ErrProviderNotConfigured = core.NewError(400, "PROVIDER_NOT_CONFIGURED", "Account is not associated with a configured social provider.")
	ErrRefreshNotSupported   = core.NewError(400, "TOKEN_REFRESH_NOT_SUPPORTED", "Provider does not support token refreshing.")
	ErrNoRefreshToken        = core.NewError(400, "REFRESH_TOKEN_NOT_FOUND", "Refresh token not found")
	ErrNoAccessToken         = core.NewError(400, "ACCESS_TOKEN_NOT_FOUND", "Access token not found")
	ErrAccessToken           = core.NewError(400, "FAILED_TO_GET_ACCESS_TOKEN", "Failed to get a valid access token")
	ErrRefresh               = core.NewError(400, "FAILED_TO_REFRESH_ACCESS_TOKEN", "Failed to refresh access token")
)

// installation is what the plugin has for one Auth.
type installation struct {
	auth      *core.Auth
	client    *oauth.Client
	providers []*provider.Provider
	refreshes flights
}

// init puts the providers together: the plugin's own, then those of the other plugins in their order.
func (p *Plugin) init(_ context.Context, a *core.Auth) error {
	c := a.Config()
	in := &installation{auth: a, client: oauth.NewClient(oauth.ClientOptions{HTTP: c.HTTPClient, Now: c.Now, Exact: !a.Hardened()})}
	var problems []error
	add := func(all []*provider.Provider) {
		for _, one := range all {
			problems = append(problems, in.add(one))
		}
	}
	add(p.own)
	for _, other := range c.Plugins {
		if source, ok := other.(Source); ok {
			add(source.SocialProviders())
		}
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	p.installed.Store(a, in)
	return nil
}

func (in *installation) add(one *provider.Provider) error {
	switch {
	case one == nil:
		return errors.New("social: a provider is nil: remove it")
	case one.Invalid != nil:
		return fmt.Errorf("social: provider %q: %w", one.ID, one.Invalid)
	case one.ID == "" || one.AuthorizationURL == nil || one.Exchange == nil || one.UserInfo == nil:
		return fmt.Errorf("social: provider %q is incomplete: it needs ID, AuthorizationURL, Exchange and UserInfo", one.ID)
	case in.find(one.ID) != nil:
		return fmt.Errorf("social: the provider %q is there twice: remove one, or give it another id", one.ID)
	}
	in.providers = append(in.providers, one)
	return nil
}

func (in *installation) find(id string) *provider.Provider {
	for _, one := range in.providers {
		if one.ID == id {
			return one
		}
	}
	return nil
}

// of returns what the plugin has for the installation that a call belongs to.
func (p *Plugin) of(x *core.Exchange) *installation {
	v, _ := p.installed.Load(x.Auth())
	return v.(*installation) //nolint:forcetypeassert,errcheck // init has stored it, and nothing else
}

// load returns the provider with that id, or nil if there is none, or none that can be reached.
func (in *installation) load(ctx context.Context, x *core.Exchange, id string) *provider.Provider {
	one := in.find(id)
	if one == nil {
		return nil
	}
	loaded, err := one.Load(ctx, in.client)
	if err != nil {
		x.Logger().ErrorContext(ctx, "the provider is not available", "provider", id, "error", err)
		return nil
	}
	return loaded
}

// Provider returns the provider with that id as it can be asked now, or nil if there is none or it cannot be reached.
func (p *Plugin) Provider(ctx context.Context, x *core.Exchange, id string) *provider.Provider {
	return p.of(x).load(ctx, x, id)
}

// Client returns the client that the functions of providers take.
func (p *Plugin) Client(x *core.Exchange) *oauth.Client { return p.of(x).client }

// Of returns the plugin that an Auth has, or nil: for plugins that sign in by a provider in ways of their own.
func Of(a *core.Auth) *Plugin {
	for _, one := range a.Config().Plugins {
		if p, ok := one.(*Plugin); ok {
			return p
		}
	}
	return nil
}
