package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// Twitter signs people in with X, formerly Twitter. Users without a confirmed address get a placeholder at
// placeholder.invalid.
func Twitter(o Options) *Provider {
	return recipe{
		id: "twitter", name: "Twitter",
		authorizeAt: "https://x.com/i/oauth2/authorize",
		exchangeAt:  "https://api.x.com/2/oauth2/token",
		scopes:      []string{"users.read", "tweet.read", "offline.access", "users.email"},
		pkce:        true, noPrompt: true,
		method: oauth.AuthBasic, refreshMethod: oauth.AuthBasic,
		both:    twitterUser(or(o.UserInfoEndpoint, "https://api.x.com/2/users/me")),
		subject: func(p *wire.Object) js.Value { return js.Get(p, "data", "id") },
	}.make(o)
}

func twitterUser(url string) func(context.Context, *oauth.Client, UserInfoRequest) (profile, user *wire.Object, err error) {
	return func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (profile, user *wire.Object, err error) {
		p, err := fetched(url+"?user.fields=profile_image_url")(ctx, c, r)
		data := js.Get(p, "data").Object()
		if err != nil || data == nil {
			return nil, nil, err
		}
		// The address needs a scope, and an application that X has approved for it.
		v, err := js.Fetch(ctx, c, http.MethodGet, url+"?user.fields=confirmed_email", "", r.Tokens)
		if refused := (*oauth.StatusError)(nil); err != nil && !errors.As(err, &refused) {
			return nil, nil, fmt.Errorf("provider: the address at X: %w", err)
		}
		confirmed := js.Get(js.Const(v).Object(), "data", "confirmed_email")
		if confirmed.Truthy() {
			data.Set("email", confirmed.V)
		}
		email := js.Get(data, "email")
		if !email.Truthy() {
			address, err := js.Placeholder(js.Get(data, "id"), "twitter")
			if err != nil {
				return nil, nil, err
			}
			email = js.Const(address)
		}
		return p, js.Object("name", js.Get(data, "name"), "email", email, "image", js.Get(data, "profile_image_url"),
			"emailVerified", confirmed.Truthy()), nil
	}
}
