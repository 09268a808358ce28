package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// VK signs people in with VK. An account without an address is refused unless MapProfile sets one. first_name, last_name,
// birthday and sex become fields of the user where the schema has them.
func VK(o Options) *Provider {
	return recipe{
		id: "vk", name: "VK",
		authorize: "https://id.vk.com/authorize",
		token:     "https://id.vk.com/oauth2/auth",
		scopes:    []string{"email", "phone"},
		pkce:      true, noPrompt: true,
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			if r.Tokens.AccessToken == "" {
				return nil, fmt.Errorf("%w: no access token", ErrNoUserInfo)
			}
			f := oauth.Form{{Name: "access_token", Value: r.Tokens.AccessToken}, {Name: "client_id", Value: o.ClientID}}
			v, err := send(ctx, c, http.MethodPost, or(o.UserInfoEndpoint, "https://id.vk.com/oauth2/user_info"), f.Encode(),
				"Content-Type", "application/x-www-form-urlencoded")
			return constant(v).object(), err
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			user := get(p, "user").object()
			if user == nil {
				return nil, nil
			}
			first, last := get(user, "first_name"), get(user, "last_name")
			return object("first_name", first, "last_name", last, "email", get(user, "email"), "image", get(user, "avatar"),
				"emailVerified", false, "birthday", get(user, "birthday"), "sex", get(user, "sex"),
				"name", first.text()+" "+last.text()), nil
		},
		finish: func(_, user *wire.Object) error {
			if !get(user, "email").truthy() {
				return errors.New("provider: the account has no address")
			}
			return nil
		},
		subject: func(p *wire.Object) value { return get(p, "user", "user_id") },
	}.make(o)
}
