package provider

import (
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

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
		authorizeAt: issuer + "/oauth2/authorize",
		exchangeAt:  issuer + "/oauth2/token",
		scopes:      []string{"openid", "email", "profile"},
		pkce:        true, needsSecret: true, needsVerifier: true, loginHint: true,
		profile: decoded,
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name").Or(js.Get(p, "preferred_username")).Or(js.Const("")), "email", js.Get(p, "email"),
				"image", js.Get(p, "picture"), "emailVerified", js.Get(p, "email_verified").Or(js.Const(false))), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "sub") },
	}.make(o)
}
