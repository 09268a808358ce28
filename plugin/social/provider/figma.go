package provider

import (
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// Figma signs people in with Figma. It never vouches for an address.
func Figma(o Options) *Provider {
	return recipe{
		id: "figma", name: "Figma",
		authorizeAt: "https://www.figma.com/oauth",
		exchangeAt:  "https://api.figma.com/v1/oauth/token",
		scopes:      []string{"current_user:read"},
		pkce:        true, needsSecret: true, needsVerifier: true, noPrompt: true,
		method: oauth.AuthBasic, refreshMethod: oauth.AuthBasic,
		profile: fetched(or(o.UserInfoEndpoint, "https://api.figma.com/v1/me")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "handle"), "email", js.Get(p, "email"), "image", js.Get(p, "img_url"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "id") },
	}.make(o)
}
