package provider

import (
	"context"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// Notion signs people in with Notion: those who own the integration's bot. It never vouches for an address.
func Notion(o Options) *Provider {
	return recipe{
		id: "notion", name: "Notion",
		authorizeAt: "https://api.notion.com/v1/oauth/authorize",
		exchangeAt:  "https://api.notion.com/v1/oauth/token",
		loginHint:   true, noPrompt: true,
		method: oauth.AuthBasic, // refreshes use the body, as upstream has it
		request: func(a *oauth.Authorization) {
			a.Params = with(a.Params, oauth.Param{Name: "owner", Value: "user"})
		},
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			url := or(o.UserInfoEndpoint, "https://api.notion.com/v1/users/me")
			bot, err := fetched(url, "Notion-Version", "2022-06-28")(ctx, c, r)
			return js.Get(bot, "bot", "owner", "user").Object(), err
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name").Or(js.Const("")), "email", js.Get(p, "person", "email").Or(js.Const(nil)),
				"image", js.Get(p, "avatar_url"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "id") },
	}.make(o)
}
