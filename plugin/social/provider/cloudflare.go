package provider

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
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
		authorize: "https://dash.cloudflare.com/oauth2/auth",
		token:     "https://dash.cloudflare.com/oauth2/token",
		scopes:    []string{"user-details.read"}, uniqueScopes: true,
		pkce: true, noPrompt: true, noParams: true,
		method: method, refreshMethod: method,
		invalid: oauth.Credentials{ClientSecret: o.ClientSecret, Method: method}.Validate(),
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			answer, err := fetched(or(o.UserInfoEndpoint, "https://api.cloudflare.com/client/v4/user"))(ctx, c, r)
			if err != nil || !get(answer, "success").truthy() {
				return nil, err
			}
			return get(answer, "result").object(), nil
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			var names []string
			for _, part := range []value{get(p, "first_name"), get(p, "last_name")} {
				if part.truthy() {
					names = append(names, part.text())
				}
			}
			name := constant(strings.Join(names, " ")).or(get(p, "email"))
			return object("name", name, "email", get(p, "email"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) value { return get(p, "id") },
	}.make(o)
}
