package provider

import (
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// Slack signs people in with Slack.
func Slack(o Options) *Provider {
	return recipe{
		id: "slack", name: "Slack",
		authorizeAt: "https://slack.com/openid/connect/authorize",
		exchangeAt:  "https://slack.com/api/openid.connect.token",
		scopes:      []string{"openid", "profile", "email"}, callScopesFirst: true,
		noPrompt: true,
		profile:  fetched(or(o.UserInfoEndpoint, "https://slack.com/api/openid.connect.userInfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name").Or(js.Const("")), "email", js.Get(p, "email"),
				"emailVerified", js.Get(p, "email_verified"),
				"image", js.Get(p, "picture").Or(js.Get(p, "https://slack.com/user_image_512"))), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "https://slack.com/user_id") },
	}.make(o)
}
