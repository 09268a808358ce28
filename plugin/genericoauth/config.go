package genericoauth

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// Config describes a provider that speaks plain OAuth 2.0 or OpenID Connect. ProviderID and ClientID are needed, and either
// DiscoveryURL or AuthorizationURL and TokenURL.
type Config struct {
	// ProviderID names the provider in requests, in accounts and in the callback's path.
	ProviderID string
	// Name is for people. The default is ProviderID.
	Name string

	// DiscoveryURL is that of an OpenID Connect discovery document. What is learned from it fills the URLs below that are
	// empty, and makes ID tokens verified. It is fetched when the provider is first named, and again until that succeeds.
	DiscoveryURL string
	// DiscoveryHeader is sent along, and with requests for keys to the same origin.
	DiscoveryHeader map[string]string
	// RequireIDTokenVerification does without the provider rather than with ID tokens that cannot be verified.
	RequireIDTokenVerification bool
	AuthorizationURL           string
	TokenURL                   string
	UserInfoURL                string
	// EndSessionURL is for signing out at the provider too; DisableProviderLogout never does.
	EndSessionURL         string
	PostLogoutRedirectURI string
	DisableProviderLogout bool

	ClientID     string
	ClientSecret string
	// TokenAuth is how the token endpoint knows the client, with Assertion for AuthPrivateKeyJWT and Customize for
	// AuthCustom. The default is AuthPost with a client secret and AuthNone without.
	TokenAuth oauth.AuthMethod
	Assertion func(ctx context.Context, r oauth.AssertionRequest) (string, error)
	Customize func(ctx context.Context, r *oauth.CustomRequest) error

	// Scopes are asked for after those of a call. With OpenID Connect, openid is always among them.
	Scopes []string
	// RedirectURI replaces <base URL>/callback/<ProviderID>, where the provider knows another one.
	RedirectURI  string
	ResponseType string // the default is "code"
	ResponseMode string // "query" or "form_post"; not sent by default
	Prompt       string
	AccessType   string
	// DisablePKCE leaves out the code challenge, for a server that chokes on it.
	DisablePKCE bool
	// DisableNonce does not bind ID tokens to the authorization request, for a server that does not return the nonce.
	DisableNonce bool
	// AllowIDPInitiated answers a callback that nobody here has asked for with a new authorization request.
	AllowIDPInitiated bool
	// AccessTokenExpiresIn is the lifetime of access tokens where the server does not tell.
	AccessTokenExpiresIn time.Duration

	// AuthorizationParams are added to the authorization URL, TokenParams to the exchange, RefreshParams to refreshes, and
	// TokenHeader to both. RefreshParamsFunc replaces RefreshParams; it gets the header of the request that caused the
	// refresh, which may be nil.
	AuthorizationParams []oauth.Param
	TokenParams         []oauth.Param
	RefreshParams       []oauth.Param
	RefreshParamsFunc   func(ctx context.Context, header http.Header) ([]oauth.Param, error)
	TokenHeader         http.Header

	// GetToken replaces the exchange of the code.
	GetToken func(ctx context.Context, c *oauth.Client, r provider.ExchangeRequest) (*oauth.Tokens, error)
	// GetUserInfo replaces the request for user info: it returns a profile with id or sub, email, emailVerified, name and
	// image. Its sub, if it has one, must be that of a verified ID token.
	GetUserInfo func(ctx context.Context, c *oauth.Client, t *oauth.Tokens) (*wire.Object, error)
	// AccountSubject returns the stable id of the account. The default is sub with OpenID Connect, and id otherwise.
	AccountSubject func(t *oauth.Tokens, profile *wire.Object) string
	// MapProfile changes what becomes of a profile, as of [provider.Options].
	MapProfile func(ctx context.Context, profile, user *wire.Object) error

	// DisableSignUp, DisableImplicitSignUp, OverrideUserInfo and RequireEmailVerification are as of [provider.Provider].
	DisableSignUp            bool
	DisableImplicitSignUp    bool
	OverrideUserInfo         bool
	RequireEmailVerification bool

	invalid error // what a preset did not like
}

func (g Config) credentials() oauth.Credentials {
	return oauth.Credentials{
		ClientID: g.ClientID, ClientSecret: g.ClientSecret, Method: g.TokenAuth, Assertion: g.Assertion, Customize: g.Customize,
	}
}

// validate says what is wrong, or nil.
func (g Config) validate() error {
	switch {
	case g.invalid != nil:
		return g.invalid
	case g.ProviderID == "":
		return fmt.Errorf("%w: a generic provider has no ProviderID", provider.ErrConfiguration)
	case g.ClientID == "":
		return fmt.Errorf("%w: %s has no ClientID", provider.ErrConfiguration, g.ProviderID)
	case g.RequireIDTokenVerification && g.DiscoveryURL == "":
		return fmt.Errorf("%w: %s: RequireIDTokenVerification needs DiscoveryURL", provider.ErrConfiguration, g.ProviderID)
	}
	if err := g.credentials().Validate(); err != nil {
		return fmt.Errorf("%w: %s: %w", provider.ErrConfiguration, g.ProviderID, err)
	}
	return nil
}
