package provider

import (
	"context"
	"errors"
	"net/http"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// LINE signs people in with LINE, which verifies the ID tokens of apps itself. It never vouches for an address.
func LINE(o Options) *Provider {
	return recipe{
		id: "line", name: "LINE",
		authorizeAt: "https://access.line.me/oauth2/v2.1/authorize",
		exchangeAt:  "https://api.line.me/oauth2/v2.1/token",
		scopes:      []string{"openid", "profile", "email"},
		pkce:        true, loginHint: true, noPrompt: true,
		verify: func(ctx context.Context, c *oauth.Client, token, nonce string) error {
			return verifyAtLINE(ctx, c, o.ClientID, token, nonce)
		},
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			if p, err := decoded(ctx, c, r); err == nil || r.IDTokenVerified {
				return p, err
			}
			return fetched(or(o.UserInfoEndpoint, "https://api.line.me/oauth2/v2.1/userinfo"))(ctx, c, r)
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name").Or(js.Const("")), "email", js.Get(p, "email"), "image", js.Get(p, "picture"),
				"emailVerified", false), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "sub") },
	}.make(o)
}

// verifyAtLINE asks LINE whether it has made a token for this client. The nonce has to match where either side has one.
func verifyAtLINE(ctx context.Context, c *oauth.Client, clientID, token, nonce string) error {
	f := oauth.Form{{Name: "id_token", Value: token}, {Name: "client_id", Value: clientID}}
	if nonce != "" {
		f.Set("nonce", nonce)
	}
	v, err := js.Send(ctx, c, http.MethodPost, "https://api.line.me/oauth2/v2.1/verify", f.Encode(),
		"Content-Type", "application/x-www-form-urlencoded")
	if err != nil {
		return err
	}
	claims := js.Const(v).Object()
	if clientID == "" || Text(claims, "aud") != clientID {
		return errors.New("provider: the ID token is for another client")
	}
	if claimed := Text(claims, "nonce"); claimed != "" && claimed != nonce {
		return errors.New("provider: the ID token has another nonce")
	}
	return nil
}
