package provider

import "github.com/cardea-auth/cardea/core/wire"

// Polar signs people in with Polar.
func Polar(o Options) *Provider {
	return recipe{
		id: "polar", name: "Polar",
		authorize: "https://polar.sh/oauth2/authorize",
		token:     "https://api.polar.sh/v1/oauth2/token",
		scopes:    []string{"openid", "profile", "email"},
		pkce:      true,
		profile:   fetched(or(o.UserInfoEndpoint, "https://api.polar.sh/v1/oauth2/userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "public_name").or(get(p, "username")).or(constant("")), "email", get(p, "email"),
				"image", get(p, "avatar_url"), "emailVerified", get(p, "email_verified").orElse(constant(false))), nil
		},
		subject: func(p *wire.Object) value { return get(p, "id") },
	}.make(o)
}
