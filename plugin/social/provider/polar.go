package provider

import (
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// Polar signs people in with Polar.
func Polar(o Options) *Provider {
	return recipe{
		id: "polar", name: "Polar",
		authorizeAt: "https://polar.sh/oauth2/authorize",
		exchangeAt:  "https://api.polar.sh/v1/oauth2/token",
		scopes:      []string{"openid", "profile", "email"},
		pkce:        true,
		profile:     fetched(or(o.UserInfoEndpoint, "https://api.polar.sh/v1/oauth2/userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "public_name").Or(js.Get(p, "username")).Or(js.Const("")), "email", js.Get(p, "email"),
				"image", js.Get(p, "avatar_url"), "emailVerified", js.Get(p, "email_verified").OrElse(js.Const(false))), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "id") },
	}.make(o)
}
