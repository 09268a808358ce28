package provider

import "github.com/cardea-auth/cardea/core/wire"

// Roblox signs people in with Roblox. It tells no address: users get a placeholder at placeholder.invalid unless MapProfile
// sets one.
func Roblox(o Options) *Provider {
	return recipe{
		id: "roblox", name: "Roblox",
		authorize: "https://apis.roblox.com/oauth/v1/authorize",
		token:     "https://apis.roblox.com/oauth/v1/token",
		scopes:    []string{"openid", "profile"},
		prompt:    "select_account consent",
		profile:   fetched(or(o.UserInfoEndpoint, "https://apis.roblox.com/oauth/v1/userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			email, err := placeholder(get(p, "sub"), "roblox")
			return object("name", get(p, "nickname").or(get(p, "preferred_username")).or(constant("")), "image", get(p, "picture"),
				"email", email, "emailVerified", false), err
		},
		subject: func(p *wire.Object) value { return get(p, "sub") },
	}.make(o)
}
