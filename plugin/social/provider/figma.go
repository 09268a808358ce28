package provider

import (
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// Figma signs people in with Figma. It never vouches for an address.
func Figma(o Options) *Provider {
	return recipe{
		id: "figma", name: "Figma",
		authorize: "https://www.figma.com/oauth",
		token:     "https://api.figma.com/v1/oauth/token",
		scopes:    []string{"current_user:read"},
		pkce:      true, needsSecret: true, needsVerifier: true, noPrompt: true,
		method: oauth.AuthBasic, refreshMethod: oauth.AuthBasic,
		profile: fetched(or(o.UserInfoEndpoint, "https://api.figma.com/v1/me")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "handle"), "email", get(p, "email"), "image", get(p, "img_url"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) value { return get(p, "id") },
	}.make(o)
}
