package provider

import "github.com/cardea-auth/cardea/core/wire"

// Spotify signs people in with Spotify. It never vouches for an address.
func Spotify(o Options) *Provider {
	return recipe{
		id: "spotify", name: "Spotify",
		authorize: "https://accounts.spotify.com/authorize",
		token:     "https://accounts.spotify.com/api/token",
		scopes:    []string{"user-read-email"},
		pkce:      true, noPrompt: true,
		profile: fetched(or(o.UserInfoEndpoint, "https://api.spotify.com/v1/me")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "display_name"), "email", get(p, "email"),
				"image", get(get(p, "images").first().object(), "url"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) value { return get(p, "id") },
	}.make(o)
}
