package provider

import (
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// TwitchOptions are Twitch's own.
type TwitchOptions struct {
	// Claims are asked for in the ID token. The default is email, email_verified, preferred_username and picture.
	Claims []string
}

// Twitch signs people in with Twitch.
func Twitch(o Options, more ...TwitchOptions) *Provider {
	claims := only(more).Claims
	if claims == nil {
		claims = []string{"email", "email_verified", "preferred_username", "picture"}
	}
	return recipe{
		id: "twitch", name: "Twitch",
		authorizeAt: "https://id.twitch.tv/oauth2/authorize",
		exchangeAt:  "https://id.twitch.tv/oauth2/token",
		scopes:      []string{"user:read:email", "openid"},
		noPrompt:    true,
		request:     func(a *oauth.Authorization) { a.Claims = claims },
		profile:     decoded,
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "preferred_username"), "email", js.Get(p, "email"), "image", js.Get(p, "picture"),
				"emailVerified", js.Get(p, "email_verified")), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "sub") },
	}.make(o)
}
