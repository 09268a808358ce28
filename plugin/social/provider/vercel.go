package provider

import (
	"context"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// VercelOptions are Vercel's own.
type VercelOptions struct {
	// TokenAuth is how the token endpoint knows the client, with Assertion for AuthPrivateKeyJWT and Customize for
	// AuthCustom. The default is AuthPost with a client secret and AuthNone without.
	TokenAuth oauth.AuthMethod
	Assertion func(ctx context.Context, r oauth.AssertionRequest) (string, error)
	Customize func(ctx context.Context, r *oauth.CustomRequest) error
}

// Vercel signs people in with Vercel. It asks for no scopes of its own and has no refresh.
func Vercel(o Options, more ...VercelOptions) *Provider {
	special := only(more)
	o.DisableDefaultScope = true
	credentials := func(creds *oauth.Credentials) {
		creds.Method, creds.Assertion, creds.Customize = special.TokenAuth, special.Assertion, special.Customize
	}
	check := oauth.Credentials{ClientSecret: o.ClientSecret}
	credentials(&check)
	return recipe{
		id: "vercel", name: "Vercel",
		authorize: "https://vercel.com/oauth/authorize",
		token:     "https://api.vercel.com/login/oauth/token",
		pkce:      true, needsVerifier: true, noPrompt: true, noRefresh: true,
		credentials: credentials, invalid: check.Validate(),
		profile: fetched(or(o.UserInfoEndpoint, "https://api.vercel.com/login/oauth/userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "name").orElse(get(p, "preferred_username")).orElse(constant("")), "email", get(p, "email"),
				"image", get(p, "picture"), "emailVerified", get(p, "email_verified").orElse(constant(false))), nil
		},
		subject: func(p *wire.Object) value { return get(p, "sub") },
	}.make(o)
}
