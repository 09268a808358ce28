package provider

import "github.com/cardea-auth/cardea/core/wire"

// Slack signs people in with Slack.
func Slack(o Options) *Provider {
	return recipe{
		id: "slack", name: "Slack",
		authorize: "https://slack.com/openid/connect/authorize",
		token:     "https://slack.com/api/openid.connect.token",
		scopes:    []string{"openid", "profile", "email"}, callScopesFirst: true,
		noPrompt: true,
		profile:  fetched(or(o.UserInfoEndpoint, "https://slack.com/api/openid.connect.userInfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "name").or(constant("")), "email", get(p, "email"),
				"emailVerified", get(p, "email_verified"),
				"image", get(p, "picture").or(get(p, "https://slack.com/user_image_512"))), nil
		},
		subject: func(p *wire.Object) value { return get(p, "https://slack.com/user_id") },
	}.make(o)
}
