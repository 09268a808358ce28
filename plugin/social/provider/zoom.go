package provider

import (
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// ZoomOptions are Zoom's own.
type ZoomOptions struct {
	// DisablePKCE leaves the challenge out of the authorization URL.
	DisablePKCE bool
}

// Zoom signs people in with Zoom. What may be read is chosen in Zoom's marketplace, not by scopes.
func Zoom(o Options, more ...ZoomOptions) *Provider {
	special := only(more)
	return recipe{
		id: "zoom", name: "Zoom",
		authorize: "https://zoom.us/oauth/authorize",
		token:     "https://zoom.us/oauth/token",
		noScopes:  true,
		pkce:      true, noPrompt: true,
		request: func(a *oauth.Authorization) {
			if special.DisablePKCE {
				a.CodeVerifier = "" // the token endpoint gets it nevertheless, as upstream has it
			}
		},
		profile: fetched(or(o.UserInfoEndpoint, "https://api.zoom.us/v2/users/me")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "display_name"), "image", get(p, "pic_url"), "email", get(p, "email"),
				"emailVerified", get(p, "verified").truthy()), nil
		},
		subject: func(p *wire.Object) value { return get(p, "id") },
	}.make(o)
}
