package provider

import (
	"context"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// Naver signs people in with Naver. It never vouches for an address.
func Naver(o Options) *Provider {
	return recipe{
		id: "naver", name: "Naver",
		authorize: "https://nid.naver.com/oauth2.0/authorize",
		token:     "https://nid.naver.com/oauth2.0/token",
		scopes:    []string{"profile", "email"},
		noPrompt:  true,
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			p, err := fetched(or(o.UserInfoEndpoint, "https://openapi.naver.com/v1/nid/me"))(ctx, c, r)
			if err != nil || Text(p, "resultcode") != "00" {
				return nil, err
			}
			return p, nil
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			person := get(p, "response").object()
			return object("name", get(person, "name").or(get(person, "nickname")).or(constant("")), "email", get(person, "email"),
				"image", get(person, "profile_image"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) value { return get(p, "response", "id") },
	}.make(o)
}
