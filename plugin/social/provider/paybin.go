package provider

import "github.com/cardea-auth/cardea/core/wire"

// PaybinOptions are Paybin's own.
type PaybinOptions struct {
	// Issuer is the identity server. The default is https://idp.paybin.io.
	Issuer string
}

// Paybin signs people in with Paybin.
func Paybin(o Options, more ...PaybinOptions) *Provider {
	issuer := or(only(more).Issuer, "https://idp.paybin.io")
	return recipe{
		id: "paybin", name: "Paybin",
		authorize: issuer + "/oauth2/authorize",
		token:     issuer + "/oauth2/token",
		scopes:    []string{"openid", "email", "profile"},
		pkce:      true, needsSecret: true, needsVerifier: true, loginHint: true,
		profile: decoded,
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "name").or(get(p, "preferred_username")).or(constant("")), "email", get(p, "email"),
				"image", get(p, "picture"), "emailVerified", get(p, "email_verified").or(constant(false))), nil
		},
		subject: func(p *wire.Object) value { return get(p, "sub") },
	}.make(o)
}
