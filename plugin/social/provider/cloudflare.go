package provider

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// CloudflareOptions are Cloudflare's own.
type CloudflareOptions struct {
	// TokenAuth is how the token endpoint knows the client: AuthBasic, AuthPost or AuthNone. The default is AuthBasic
	// with a client secret and AuthNone without.
	TokenAuth oauth.AuthMethod
}

// Cloudflare signs people in with Cloudflare. It never vouches for an address.
func Cloudflare(o Options, more ...CloudflareOptions) *Provider {
	method := only(more).TokenAuth
	if method == oauth.AuthDefault && o.ClientSecret != "" {
		method = oauth.AuthBasic
	}
	return recipe{
		id: "cloudflare", name: "Cloudflare",
		authorizeAt: "https://dash.cloudflare.com/oauth2/auth",
		exchangeAt:  "https://dash.cloudflare.com/oauth2/token",
		scopes:      []string{"user-details.read"}, uniqueScopes: true,
		pkce: true, noPrompt: true, noParams: true,
		method: method, refreshMethod: method,
		invalid: oauth.Credentials{ClientSecret: o.ClientSecret, Method: method}.Validate(),
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			answer, err := fetched(or(o.UserInfoEndpoint, "https://api.cloudflare.com/client/v4/user"))(ctx, c, r)
			if err != nil || !js.Get(answer, "success").Truthy() {
				return nil, err
			}
			return js.Get(answer, "result").Object(), nil
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			var names []string
			for _, part := range []js.Value{js.Get(p, "first_name"), js.Get(p, "last_name")} {
				if part.Truthy() {
					names = append(names, part.Text())
				}
			}
			name := js.Const(strings.Join(names, " ")).Or(js.Get(p, "email"))
			return js.Object("name", name, "email", js.Get(p, "email"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "id") },
	}.make(o)
}
