package provider

import (
	"context"
	"slices"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// TikTok signs people in with TikTok, whose client key is Options.ClientID. It tells no address: users get a placeholder at
// placeholder.invalid.
func TikTok(o Options) *Provider {
	p := recipe{
		id: "tiktok", name: "TikTok",
		authorizeAt: "https://www.tiktok.com/v2/auth/authorize",
		exchangeAt:  "https://open.tiktokapis.com/v2/oauth/token/",
		scopes:      []string{"user.info.profile"},
		pkce:        true, noPrompt: true, // the token endpoint gets the verifier although there was no challenge, as upstream has it
		url: func(a oauth.Authorization) (string, error) {
			return commaURL(a, "client_key", oauth.Form{{Name: "response_type", Value: "code"}, {Name: "client_key", Value: a.ClientID}})
		},
		credentials: func(creds *oauth.Credentials) {
			creds.Method = oauth.AuthCustom
			creds.Customize = func(_ context.Context, r *oauth.CustomRequest) error {
				r.Form.Set("client_key", creds.ClientID)
				r.Form.Set("client_secret", creds.ClientSecret)
				return nil
			}
		},
		profile: fetched(or(o.UserInfoEndpoint, "https://open.tiktokapis.com/v2/user/info/") +
			"?fields=open_id%2Cavatar_large_url%2Cdisplay_name%2Cusername"),
		user: func(p *wire.Object) (*wire.Object, error) {
			user := js.Get(p, "data", "user").Object()
			email := js.Get(user, "email")
			if !email.Truthy() {
				address, err := js.Placeholder(js.Get(user, "open_id"), "tiktok")
				if err != nil {
					return nil, err
				}
				email = js.Const(address)
			}
			return js.Object("email", email, "name", js.Get(user, "display_name").Or(js.Get(user, "username")).Or(js.Const("")),
				"image", js.Get(user, "avatar_large_url"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "data", "user", "open_id") },
	}.make(o)
	p.PKCE = false
	return p
}

// commaURL is the authorization URL of the providers that are not quite OAuth 2.0: scopes with commas, the client id under
// another name, no PKCE, an order of their own. fixed are the parameters after scope that are before redirect_uri.
func commaURL(a oauth.Authorization, clientID string, fixed oauth.Form, last ...oauth.Param) (string, error) {
	var scope string
	for i, s := range a.Scopes {
		if i > 0 {
			scope += ","
		}
		scope += s
	}
	f := append(oauth.Form{{Name: "scope", Value: scope}}, fixed...)
	f.Set("redirect_uri", a.RedirectURI)
	f.Set("state", a.State)
	f = append(f, last...)
	for _, p := range slices.Clone(a.Params) {
		if !oauth.Reserved(p.Name) && p.Name != clientID {
			f.Set(p.Name, p.Value)
		}
	}
	return oauth.WithQuery(a.Endpoint, f)
}
