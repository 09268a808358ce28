package provider

import (
	"context"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// Kick signs people in with Kick. It never vouches for an address.
func Kick(o Options) *Provider {
	return recipe{
		id: "kick", name: "Kick",
		authorizeAt: "https://id.kick.com/oauth/authorize",
		exchangeAt:  "https://id.kick.com/oauth/token",
		scopes:      []string{"user:read"},
		pkce:        true, noPrompt: true,
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			answer, err := fetched(or(o.UserInfoEndpoint, "https://api.kick.com/public/v1/users"))(ctx, c, r)
			return js.Get(answer, "data").First().Object(), err
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name"), "email", js.Get(p, "email"), "image", js.Get(p, "profile_picture"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "user_id") },
	}.make(o)
}
