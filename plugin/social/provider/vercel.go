package provider

import (
	"context"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
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
		authorizeAt: "https://vercel.com/oauth/authorize",
		exchangeAt:  "https://api.vercel.com/login/oauth/token",
		pkce:        true, needsVerifier: true, noPrompt: true, noRefresh: true,
		credentials: credentials, invalid: check.Validate(),
		profile: fetched(or(o.UserInfoEndpoint, "https://api.vercel.com/login/oauth/userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name").OrElse(js.Get(p, "preferred_username")).OrElse(js.Const("")), "email", js.Get(p, "email"),
				"image", js.Get(p, "picture"), "emailVerified", js.Get(p, "email_verified").OrElse(js.Const(false))), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "sub") },
	}.make(o)
}
