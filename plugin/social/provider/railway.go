package provider

import (
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// Railway signs people in with Railway. It never vouches for an address.
func Railway(o Options) *Provider {
	return recipe{
		id: "railway", name: "Railway",
		authorizeAt: "https://backboard.railway.com/oauth/auth",
		exchangeAt:  "https://backboard.railway.com/oauth/token",
		scopes:      []string{"openid", "email", "profile"},
		pkce:        true, noPrompt: true,
		method: oauth.AuthBasic, refreshMethod: oauth.AuthBasic,
		profile: fetched(or(o.UserInfoEndpoint, "https://backboard.railway.com/oauth/me")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name"), "email", js.Get(p, "email"), "image", js.Get(p, "picture"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "sub") },
	}.make(o)
}
