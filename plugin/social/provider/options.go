package provider

import (
	"context"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// Options are what every provider of this package takes. ClientID and, for nearly all, ClientSecret are needed. What only
// one provider has comes in a second struct, such as [GoogleOptions].
type Options struct {
	// ClientID is the application's id at the provider.
	ClientID string
	// OtherClientIDs are further ids of the same application, such as those of its mobile apps: ID tokens made for them
	// are taken too.
	OtherClientIDs []string
	ClientSecret   string

	// Scopes are asked for besides the provider's own. DisableDefaultScope leaves the provider's own out.
	Scopes              []string
	DisableDefaultScope bool
	// Prompt is the prompt parameter of the authorization URL, for the providers that have one (docs/social-providers.md).
	Prompt string
	// RedirectURI replaces <base URL>/callback/<id>, where a provider knows another one.
	RedirectURI string

	// AuthorizationEndpoint, TokenEndpoint, UserInfoEndpoint and JWKSEndpoint replace the provider's own URLs, for a test
	// server or a sandbox. The token endpoint serves refreshes too.
	AuthorizationEndpoint string
	TokenEndpoint         string
	UserInfoEndpoint      string
	JWKSEndpoint          string

	// MapProfile changes what becomes of a profile. profile is what the provider said; user has name, email, image and
	// emailVerified as the provider's own mapping has set them, and takes further fields of the user. An error ends the
	// sign-in. The identity at the provider cannot be changed.
	MapProfile func(ctx context.Context, profile, user *wire.Object) error
	// UserInfo replaces the provider's own way to learn who somebody is. An empty Subject is filled from Profile as the
	// provider has it; MapProfile is not called.
	UserInfo func(ctx context.Context, c *oauth.Client, t *oauth.Tokens) (*Identity, error)
	// VerifyIDToken replaces the provider's own check of ID tokens that clients bring, or adds one. It returns an error
	// for a token that is not good.
	VerifyIDToken func(ctx context.Context, token, nonce string) error
	// Refresh replaces the provider's own refresh, or adds one.
	Refresh func(ctx context.Context, refreshToken string) (*oauth.Tokens, error)

	// DisableIDTokenSignIn takes no ID tokens from clients.
	DisableIDTokenSignIn bool
	// DisableSignUp lets in only people who have a user already.
	DisableSignUp bool
	// DisableImplicitSignUp makes a user only for those who ask for it by requestSignUp.
	DisableImplicitSignUp bool
	// OverrideUserInfoOnSignIn writes name, image, address and mapped fields to the user at every sign-in.
	OverrideUserInfoOnSignIn bool
	// RequireEmailVerification makes no session for a user whose address is not verified. Several providers never vouch
	// for an address; nobody new could sign in with those.
	RequireEmailVerification bool
}
