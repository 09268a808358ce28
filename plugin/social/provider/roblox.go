package provider

import (
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// Roblox signs people in with Roblox. It tells no address: users get a placeholder at placeholder.invalid unless MapProfile
// sets one.
func Roblox(o Options) *Provider {
	return recipe{
		id: "roblox", name: "Roblox",
		authorizeAt: "https://apis.roblox.com/oauth/v1/authorize",
		exchangeAt:  "https://apis.roblox.com/oauth/v1/token",
		scopes:      []string{"openid", "profile"},
		prompt:      "select_account consent",
		profile:     fetched(or(o.UserInfoEndpoint, "https://apis.roblox.com/oauth/v1/userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			email, err := js.Placeholder(js.Get(p, "sub"), "roblox")
			return js.Object("name", js.Get(p, "nickname").Or(js.Get(p, "preferred_username")).Or(js.Const("")), "image", js.Get(p, "picture"),
				"email", email, "emailVerified", false), err
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "sub") },
	}.make(o)
}
