package provider

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// CognitoOptions say where a user pool is. Domain, Region and UserPoolID are needed.
type CognitoOptions struct {
	Domain              string // "pool.auth.us-east-1.amazoncognito.com", with or without https://
	Region              string // "us-east-1"
	UserPoolID          string // "us-east-1_abcdefghi"
	RequireClientSecret bool   // for a client that has one
	IdentityProvider    string // sent as identity_provider: skips the choice at Cognito
}

// Cognito signs people in with an Amazon Cognito user pool.
func Cognito(o Options, pool CognitoOptions) *Provider {
	_, domain, found := strings.Cut(pool.Domain, "://")
	if !found {
		domain = pool.Domain
	}
	var invalid error
	if pool.Domain == "" || pool.Region == "" || pool.UserPoolID == "" {
		invalid = fmt.Errorf("%w: cognito needs Domain, Region and UserPoolID", ErrConfiguration)
	}
	issuer := "https://cognito-idp." + pool.Region + ".amazonaws.com/" + pool.UserPoolID
	return recipe{
		id: "cognito", name: "Cognito",
		authorizeAt: "https://" + domain + "/oauth2/authorize",
		exchangeAt:  "https://" + domain + "/oauth2/token",
		scopes:      []string{"openid", "profile", "email"},
		pkce:        true, needsSecret: pool.RequireClientSecret, invalid: invalid,
		request: func(a *oauth.Authorization) {
			if pool.IdentityProvider != "" {
				a.Params = before(a.Params, oauth.Param{Name: "identity_provider", Value: pool.IdentityProvider})
			}
		},
		url: cognitoURL,
		idToken: &oauth.IDTokenPolicy{
			RequireKeyID: true,
			JWKS:         issuer + "/.well-known/jwks.json", Issuers: []string{issuer},
			Algorithms: []string{"RS256"}, MaxAge: time.Hour,
		},
		trusted: true,
		both:    cognitoUser(or(o.UserInfoEndpoint, "https://"+domain+"/oauth2/userinfo")),
		subject: func(p *wire.Object) js.Value { return js.Get(p, "sub") },
	}.make(o)
}

// cognitoURL puts the scopes last, with %20 between them: the pool's pages do not take a plus sign for a space.
func cognitoURL(a oauth.Authorization) (string, error) {
	scope := strings.Join(a.Scopes, " ")
	a.Scopes = nil
	u, err := a.URL()
	if err != nil || scope == "" {
		return u, err
	}
	u, fragment, found := strings.Cut(u, "#")
	if found {
		fragment = "#" + fragment
	}
	return u + "&scope=" + js.EncodeURIComponent(scope) + fragment, nil
}

// cognitoUser prefers the ID token's claims to another request, and leaves email_verified as it stands there.
func cognitoUser(userInfo string) func(context.Context, *oauth.Client, UserInfoRequest) (profile, user *wire.Object, err error) {
	return func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (profile, user *wire.Object, err error) {
		name := func(p *wire.Object) js.Value {
			return js.Get(p, "name").Or(js.Get(p, "given_name")).Or(js.Get(p, "username")).Or(js.Const(""))
		}
		p, err := decoded(ctx, c, r)
		if err == nil {
			p.Set("name", name(p).V)
			return p, js.Object("name", js.Get(p, "name"), "email", js.Get(p, "email"), "image", js.Get(p, "picture"),
				"emailVerified", js.Get(p, "email_verified")), nil
		}
		if r.IDTokenVerified {
			return nil, nil, err
		}
		p, err = fetched(userInfo)(ctx, c, r)
		if err != nil || p == nil {
			return nil, nil, err
		}
		return p, js.Object("name", name(p), "email", js.Get(p, "email"), "image", js.Get(p, "picture"),
			"emailVerified", js.Get(p, "email_verified").Boolean().OrElse(js.Const(false))), nil
	}
}
