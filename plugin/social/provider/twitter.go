package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// Twitter signs people in with X, formerly Twitter. Users without a confirmed address get a placeholder at
// placeholder.invalid.
func Twitter(o Options) *Provider {
	return recipe{
		id: "twitter", name: "Twitter",
		authorize: "https://x.com/i/oauth2/authorize",
		token:     "https://api.x.com/2/oauth2/token",
		scopes:    []string{"users.read", "tweet.read", "offline.access", "users.email"},
		pkce:      true, noPrompt: true,
		method: oauth.AuthBasic, refreshMethod: oauth.AuthBasic,
		both:    twitterUser(or(o.UserInfoEndpoint, "https://api.x.com/2/users/me")),
		subject: func(p *wire.Object) value { return get(p, "data", "id") },
	}.make(o)
}

func twitterUser(url string) func(context.Context, *oauth.Client, UserInfoRequest) (profile, user *wire.Object, err error) {
	return func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (profile, user *wire.Object, err error) {
		p, err := fetched(url+"?user.fields=profile_image_url")(ctx, c, r)
		data := get(p, "data").object()
		if err != nil || data == nil {
			return nil, nil, err
		}
		// The address needs a scope, and an application that X has approved for it.
		v, err := fetch(ctx, c, http.MethodGet, url+"?user.fields=confirmed_email", "", r.Tokens)
		if refused := (*oauth.StatusError)(nil); err != nil && !errors.As(err, &refused) {
			return nil, nil, fmt.Errorf("provider: the address at X: %w", err)
		}
		confirmed := get(constant(v).object(), "data", "confirmed_email")
		if confirmed.truthy() {
			data.Set("email", confirmed.v)
		}
		email := get(data, "email")
		if !email.truthy() {
			address, err := placeholder(get(data, "id"), "twitter")
			if err != nil {
				return nil, nil, err
			}
			email = constant(address)
		}
		return p, object("name", get(data, "name"), "email", email, "image", get(data, "profile_image_url"),
			"emailVerified", confirmed.truthy()), nil
	}
}
