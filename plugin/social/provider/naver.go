package provider

import (
	"context"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// Naver signs people in with Naver. It never vouches for an address.
func Naver(o Options) *Provider {
	return recipe{
		id: "naver", name: "Naver",
		authorizeAt: "https://nid.naver.com/oauth2.0/authorize",
		exchangeAt:  "https://nid.naver.com/oauth2.0/token",
		scopes:      []string{"profile", "email"},
		noPrompt:    true,
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			p, err := fetched(or(o.UserInfoEndpoint, "https://openapi.naver.com/v1/nid/me"))(ctx, c, r)
			if err != nil || Text(p, "resultcode") != "00" {
				return nil, err
			}
			return p, nil
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			person := js.Get(p, "response").Object()
			return js.Object("name", js.Get(person, "name").Or(js.Get(person, "nickname")).Or(js.Const("")), "email", js.Get(person, "email"),
				"image", js.Get(person, "profile_image"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "response", "id") },
	}.make(o)
}
