package provider

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// PayPalOptions are PayPal's own.
type PayPalOptions struct {
	// Live uses PayPal itself. The default is its sandbox.
	Live bool
}

// PayPal signs people in with PayPal. What may be read is chosen in PayPal's dashboard, not by scopes.
func PayPal(o Options, more ...PayPalOptions) *Provider {
	sandbox := "sandbox."
	if only(more).Live {
		sandbox = ""
	}
	return recipe{
		id: "paypal", name: "PayPal",
		authorizeAt: "https://www." + sandbox + "paypal.com/signin/authorize",
		exchangeAt:  "https://api-m." + sandbox + "paypal.com/v1/oauth2/token",
		noScopes:    true,
		pkce:        true, needsSecret: true,
		method: oauth.AuthBasic, refreshMethod: oauth.AuthBasic,
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			url := or(o.UserInfoEndpoint, "https://api-m."+sandbox+"paypal.com/v1/identity/oauth2/userinfo")
			p, err := fetched(url+"?schema=paypalv1.1", "Accept", "application/json")(ctx, c, r)
			if err != nil || p == nil || r.Tokens.IDToken == "" {
				return p, err
			}
			claims, err := oauth.Claims(r.Tokens.IDToken)
			if err != nil {
				return nil, err
			}
			if sub := Text(claims, "sub"); sub == "" || js.Get(p, "sub").OrElse(js.Get(p, "user_id")).V != sub {
				return nil, errors.New("provider: the user info is about somebody else than the ID token")
			}
			return p, nil
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name"), "email", js.Get(p, "email"), "image", js.Get(p, "picture"),
				"emailVerified", js.Get(p, "email_verified")), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "user_id") },
	}.make(o)
}
