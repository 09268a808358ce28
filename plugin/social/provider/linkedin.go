package provider

import (
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// LinkedIn signs people in with LinkedIn.
func LinkedIn(o Options) *Provider {
	return recipe{
		id: "linkedin", name: "Linkedin",
		authorizeAt: "https://www.linkedin.com/oauth/v2/authorization",
		exchangeAt:  "https://www.linkedin.com/oauth/v2/accessToken",
		scopes:      []string{"profile", "email", "openid"},
		loginHint:   true, noPrompt: true,
		profile: fetched(or(o.UserInfoEndpoint, "https://api.linkedin.com/v2/userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name"), "email", js.Get(p, "email"),
				"emailVerified", js.Get(p, "email_verified").OrElse(js.Const(false)), "image", js.Get(p, "picture")), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "sub") },
	}.make(o)
}
