package provider

import "github.com/cardea-auth/cardea/core/wire"

// LinkedIn signs people in with LinkedIn.
func LinkedIn(o Options) *Provider {
	return recipe{
		id: "linkedin", name: "Linkedin",
		authorize: "https://www.linkedin.com/oauth/v2/authorization",
		token:     "https://www.linkedin.com/oauth/v2/accessToken",
		scopes:    []string{"profile", "email", "openid"},
		loginHint: true, noPrompt: true,
		profile: fetched(or(o.UserInfoEndpoint, "https://api.linkedin.com/v2/userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "name"), "email", get(p, "email"),
				"emailVerified", get(p, "email_verified").orElse(constant(false)), "image", get(p, "picture")), nil
		},
		subject: func(p *wire.Object) value { return get(p, "sub") },
	}.make(o)
}
