package provider

import (
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// Spotify signs people in with Spotify. It never vouches for an address.
func Spotify(o Options) *Provider {
	return recipe{
		id: "spotify", name: "Spotify",
		authorizeAt: "https://accounts.spotify.com/authorize",
		exchangeAt:  "https://accounts.spotify.com/api/token",
		scopes:      []string{"user-read-email"},
		pkce:        true, noPrompt: true,
		profile: fetched(or(o.UserInfoEndpoint, "https://api.spotify.com/v1/me")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "display_name"), "email", js.Get(p, "email"),
				"image", js.Get(js.Get(p, "images").First().Object(), "url"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "id") },
	}.make(o)
}
