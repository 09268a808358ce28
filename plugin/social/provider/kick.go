package provider

import (
	"context"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// Kick signs people in with Kick. It never vouches for an address.
func Kick(o Options) *Provider {
	return recipe{
		id: "kick", name: "Kick",
		authorize: "https://id.kick.com/oauth/authorize",
		token:     "https://id.kick.com/oauth/token",
		scopes:    []string{"user:read"},
		pkce:      true, noPrompt: true,
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			answer, err := fetched(or(o.UserInfoEndpoint, "https://api.kick.com/public/v1/users"))(ctx, c, r)
			return get(answer, "data").first().object(), err
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "name"), "email", get(p, "email"), "image", get(p, "profile_picture"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) value { return get(p, "user_id") },
	}.make(o)
}
