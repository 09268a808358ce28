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

// VK signs people in with VK. An account without an address is refused unless MapProfile sets one. first_name, last_name,
// birthday and sex become fields of the user where the schema has them.
func VK(o Options) *Provider {
	return recipe{
		id: "vk", name: "VK",
		authorizeAt: "https://id.vk.com/authorize",
		exchangeAt:  "https://id.vk.com/oauth2/auth",
		scopes:      []string{"email", "phone"},
		pkce:        true, noPrompt: true,
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			if r.Tokens.AccessToken == "" {
				return nil, fmt.Errorf("%w: no access token", ErrNoUserInfo)
			}
			f := oauth.Form{{Name: "access_token", Value: r.Tokens.AccessToken}, {Name: "client_id", Value: o.ClientID}}
			v, err := js.Send(ctx, c, http.MethodPost, or(o.UserInfoEndpoint, "https://id.vk.com/oauth2/user_info"), f.Encode(),
				"Content-Type", "application/x-www-form-urlencoded")
			return js.Const(v).Object(), err
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			user := js.Get(p, "user").Object()
			if user == nil {
				return nil, nil
			}
			first, last := js.Get(user, "first_name"), js.Get(user, "last_name")
			return js.Object("first_name", first, "last_name", last, "email", js.Get(user, "email"), "image", js.Get(user, "avatar"),
				"emailVerified", false, "birthday", js.Get(user, "birthday"), "sex", js.Get(user, "sex"),
				"name", first.Text()+" "+last.Text()), nil
		},
		finish: func(_, user *wire.Object) error {
			if !js.Get(user, "email").Truthy() {
				return errors.New("provider: the account has no address")
			}
			return nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "user", "user_id") },
	}.make(o)
}
