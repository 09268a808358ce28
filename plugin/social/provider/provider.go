// Package provider holds the identity providers of plugin/social: a constructor for each, and the contract that one of
// your own fulfils.
//
//	social.New(provider.Google(provider.Options{ClientID: id, ClientSecret: secret}))
//
// A [Provider] is data and functions; nothing in it knows of HTTP handlers, sessions or the database. For a server that
// speaks plain OAuth 2.0 or OpenID Connect and is not among these, use plugin/genericoauth rather than writing one.
package provider

import (
	"context"
	"errors"
	"net/http"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// Errors that the flow tells apart. They come wrapped: compare with errors.Is. Every other error of a provider's
// functions means that the provider or the network failed.
var (
	// ErrNoUserInfo says that the provider did not tell who the person is, or told what must not be believed.
	ErrNoUserInfo = errors.New("provider: no user info")
	// ErrConfiguration says that an option is missing without which no authorization URL can be made.
	ErrConfiguration = errors.New("provider: invalid configuration")
	// ErrNoTokenURL says that a generic provider has no token endpoint.
	ErrNoTokenURL = errors.New("provider: no token URL")
	// ErrUnavailable says that a provider's discovery document could not be had: the provider is not there for now.
	ErrUnavailable = errors.New("provider: discovery failed")
)

// Provider is one identity provider. Its functions are safe for concurrent use and get the [oauth.Client] that carries
// the application's HTTP client and clock. AuthorizationURL, Exchange and UserInfo are needed; a nil one of the others
// says that the provider has no such capability.
type Provider struct {
	// ID is the providerId of accounts and the last part of the callback's path, such as "google".
	ID string
	// Name is for people, such as "Google".
	Name string
	// Issuer is what a callback's iss parameter has to be if it is there (RFC 9207). Empty: any.
	Issuer string
	// PKCE says that the provider gets a code challenge. It is information; AuthorizationURL and Exchange act on it.
	PKCE bool
	// RequireNonce says that the flow makes a nonce, hands it to AuthorizationURL and UserInfo, and refuses a callback
	// whose state has none.
	RequireNonce bool
	// AllowIDPInitiated answers a callback with a code and without a state by a new authorization request, for providers
	// whose users begin there.
	AllowIDPInitiated bool

	// DisableSignUp lets nobody in who has no user yet. DisableImplicitSignUp only those who say requestSignUp.
	DisableSignUp         bool
	DisableImplicitSignUp bool
	// OverrideUserInfo writes name, image and mapped fields to the user at every sign-in.
	OverrideUserInfo bool
	// RequireEmailVerification makes no session for a user whose address is not verified.
	RequireEmailVerification bool

	// AuthorizationURL returns the URL to send the browser to.
	AuthorizationURL func(ctx context.Context, c *oauth.Client, r AuthorizationRequest) (string, error)
	// Exchange turns a callback's code into tokens (RFC 6749 §4.1.3).
	Exchange func(ctx context.Context, c *oauth.Client, r ExchangeRequest) (*oauth.Tokens, error)
	// Refresh turns a refresh token into new tokens (RFC 6749 §6).
	Refresh func(ctx context.Context, c *oauth.Client, r RefreshRequest) (*oauth.Tokens, error)
	// UserInfo tells whose tokens they are. It returns ErrNoUserInfo where that cannot be told.
	UserInfo func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*Identity, error)
	// VerifyIDToken verifies an ID token that a client brought; nonce may be empty. Nil: the provider takes none.
	VerifyIDToken func(ctx context.Context, c *oauth.Client, token, nonce string) error
	// EndSessionURL returns where to send the browser to sign out there too (OIDC RP-Initiated Logout 1.0), or "".
	EndSessionURL func(ctx context.Context, r EndSessionRequest) (string, error)

	// Discover returns the provider to use for a request, for one that has to learn its endpoints first. It answers
	// from memory once it has succeeded, and ErrUnavailable as long as it has not. Nil: the provider itself.
	Discover func(ctx context.Context, c *oauth.Client) (*Provider, error)
	// Invalid says what is wrong with the options that the provider was made of. The plugin refuses to start with it.
	Invalid error
}

// AuthorizationRequest is what the flow knows when it sends somebody to a provider.
type AuthorizationRequest struct {
	State        string
	CodeVerifier string // RFC 7636 §4.1; used by providers with PKCE
	RedirectURI  string // Options.RedirectURI goes before it
	Scopes       []string
	LoginHint    string
	Display      string
	Nonce        string
	// Params are further parameters from the client, in its order. Reserved ones are dropped ([oauth.Reserved]).
	Params []oauth.Param
}

// ExchangeRequest is what a callback brought, and the verifier that belongs to its state.
type ExchangeRequest struct {
	Code         string
	CodeVerifier string
	RedirectURI  string
	DeviceID     string // VK's device_id
}

// RefreshRequest asks for new tokens.
type RefreshRequest struct {
	RefreshToken string
	// Header is that of the request that caused the refresh, for parameters that depend on it. May be nil.
	Header http.Header
}

// UserInfoRequest asks whose tokens these are.
type UserInfoRequest struct {
	Tokens *oauth.Tokens
	// Nonce is the one of the state. An ID token has to carry it if it is not empty and the provider has RequireNonce.
	Nonce string
	// IDTokenVerified says that a client brought Tokens.IDToken and VerifyIDToken has accepted it. Who it is then comes
	// from that token, not from an access token that the client may have put beside it.
	IDTokenVerified bool
	// User is the user object that Apple posts to the callback on first consent, or that a native app sends along with
	// an ID token: {name: {firstName, lastName}, email}. May be nil. It is not signed by anyone.
	User *wire.Object
}

// EndSessionRequest asks for a URL that ends the session at the provider.
type EndSessionRequest struct {
	IDToken               string
	PostLogoutRedirectURI string // against BaseURL if relative; empty: the one of the options
	BaseURL               string
	State                 string
}

// Identity is a person as a provider describes them.
type Identity struct {
	// Subject is the stable id of the account at the provider: account.accountId. Never empty.
	Subject string
	// User is what the profile was mapped to: name, email, image, emailVerified and any further fields of the user, in
	// the order in which /account-info shows them. Use the methods of Identity to read it.
	User *wire.Object
	// Profile is what the provider said, unchanged.
	Profile *wire.Object
}

// Load returns the provider that can be asked: p itself, or what its discovery found. It returns [ErrUnavailable] for one
// whose discovery fails, which a flow answers as if there were no such provider.
func (p *Provider) Load(ctx context.Context, c *oauth.Client) (*Provider, error) {
	if p.Discover == nil {
		return p, nil
	}
	return p.Discover(ctx, c)
}
