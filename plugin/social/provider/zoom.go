package provider

import (
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// ZoomOptions are Zoom's own.
type ZoomOptions struct {
	// DisablePKCE leaves the challenge out of the authorization URL.
	DisablePKCE bool
}

// Zoom signs people in with Zoom. What may be read is chosen in Zoom's marketplace, not by scopes.
func Zoom(o Options, more ...ZoomOptions) *Provider {
	special := only(more)
	p := recipe{
		id: "zoom", name: "Zoom",
		authorizeAt: "https://zoom.us/oauth/authorize",
		exchangeAt:  "https://zoom.us/oauth/token",
		noScopes:    true,
		pkce:        true, noPrompt: true,
		request: func(a *oauth.Authorization) {
			if special.DisablePKCE {
				a.CodeVerifier = "" // the token endpoint gets it nevertheless, as upstream has it
			}
		},
		profile: fetched(or(o.UserInfoEndpoint, "https://api.zoom.us/v2/users/me")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "display_name"), "image", js.Get(p, "pic_url"), "email", js.Get(p, "email"),
				"emailVerified", js.Get(p, "verified").Truthy()), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "id") },
	}.make(o)
	p.PKCE = !special.DisablePKCE
	return p
}
