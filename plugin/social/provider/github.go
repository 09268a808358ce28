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

// userAgent is what upstream calls itself where a provider insists on a name.
const userAgent = "better-auth"

// GitHub signs people in with GitHub. The address is the public one of the profile or else the primary one, and verified if
// GitHub says so of it.
func GitHub(o Options) *Provider {
	k := recipe{
		id: "github", name: "GitHub",
		authorizeAt: "https://github.com/login/oauth/authorize",
		exchangeAt:  "https://github.com/login/oauth/access_token",
		scopes:      []string{"read:user", "user:email"},
		pkce:        true, loginHint: true,
		both:    githubUser(or(o.UserInfoEndpoint, "https://api.github.com/user")),
		subject: func(p *wire.Object) js.Value { return js.Get(p, "id") },
	}
	k.exchange = func(ctx context.Context, c *oauth.Client, r ExchangeRequest) (*oauth.Tokens, error) {
		tokens, err := c.Exchange(ctx, oauth.CodeRequest{
			TokenEndpoint: oauth.TokenEndpoint{URL: or(o.TokenEndpoint, k.exchangeAt), Credentials: k.creds(o, oauth.AuthDefault)},
			Code:          r.Code, CodeVerifier: r.CodeVerifier, RedirectURI: r.RedirectURI,
		})
		if err == nil && (tokens.Raw.Len() == 0 || js.Get(tokens.Raw, "error").Defined) { // GitHub's errors have status 200
			return nil, errors.New("provider: github refused the code")
		}
		return tokens, err
	}
	return k.make(o)
}

func githubUser(url string) func(context.Context, *oauth.Client, UserInfoRequest) (profile, user *wire.Object, err error) {
	return func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (profile, user *wire.Object, err error) {
		p, err := fetched(url, "User-Agent", userAgent)(ctx, c, r)
		if err != nil || p == nil {
			return nil, nil, err
		}
		// Without the scope for it there is no list, and nothing is known of the address.
		list, err := js.Fetch(ctx, c, http.MethodGet, url+"/emails", "", r.Tokens, "User-Agent", userAgent)
		if err != nil && ctx.Err() != nil {
			return nil, nil, fmt.Errorf("provider: github's addresses: %w", err)
		}
		emails, _ := list.([]any)
		if !js.Get(p, "email").Truthy() && len(emails) > 0 {
			chosen := emails[0]
			for _, e := range emails {
				if js.Get(js.Const(e).Object(), "primary").Truthy() {
					chosen = e
					break
				}
			}
			if email := js.Get(js.Const(chosen).Object(), "email"); email.Defined {
				p.Set("email", email.V)
			}
		}
		verified := js.Const(false)
		for _, e := range emails {
			if o := js.Const(e).Object(); Text(o, "email") == Text(p, "email") && Text(o, "email") != "" {
				verified = js.Get(o, "verified").OrElse(js.Const(false))
				break
			}
		}
		return p, js.Object("name", js.Get(p, "name").Or(js.Get(p, "login")).Or(js.Const("")), "email", js.Get(p, "email"),
			"image", js.Get(p, "avatar_url"), "emailVerified", verified), nil
	}
}
