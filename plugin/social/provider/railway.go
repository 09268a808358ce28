package provider

import (
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// Railway signs people in with Railway. It never vouches for an address.
func Railway(o Options) *Provider {
	return recipe{
		id: "railway", name: "Railway",
		authorize: "https://backboard.railway.com/oauth/auth",
		token:     "https://backboard.railway.com/oauth/token",
		scopes:    []string{"openid", "email", "profile"},
		pkce:      true, noPrompt: true,
		method: oauth.AuthBasic, refreshMethod: oauth.AuthBasic,
		profile: fetched(or(o.UserInfoEndpoint, "https://backboard.railway.com/oauth/me")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "name"), "email", get(p, "email"), "image", get(p, "picture"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) value { return get(p, "sub") },
	}.make(o)
}
