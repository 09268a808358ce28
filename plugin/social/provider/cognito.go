package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
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
		authorize: "https://" + domain + "/oauth2/authorize",
		token:     "https://" + domain + "/oauth2/token",
		scopes:    []string{"openid", "profile", "email"},
		pkce:      true, needsSecret: pool.RequireClientSecret, invalid: invalid,
		request: func(a *oauth.Authorization) {
			if pool.IdentityProvider != "" {
				a.Params = before(a.Params, oauth.Param{Name: "identity_provider", Value: pool.IdentityProvider})
			}
		},
		url: cognitoURL,
		idToken: &oauth.IDTokenPolicy{
			JWKS: issuer + "/.well-known/jwks.json", Issuers: []string{issuer},
			Algorithms: []string{"RS256"}, MaxAge: time.Hour,
		},
		trusted: true,
		profile: cognitoProfile(or(o.UserInfoEndpoint, "https://"+domain+"/oauth2/userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "name").or(get(p, "given_name")).or(get(p, "username")).or(constant("")),
				"email", get(p, "email"), "image", get(p, "picture"), "emailVerified", get(p, "email_verified")), nil
		},
		subject: func(p *wire.Object) value { return get(p, "sub") },
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
	return u + "&scope=" + encodeURIComponent(scope), nil
}

// cognitoProfile prefers the ID token's claims to another request.
func cognitoProfile(userInfo string) profileFunc {
	return func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
		if p, err := decoded(ctx, c, r); err == nil {
			p.Set("name", get(p, "name").or(get(p, "given_name")).or(get(p, "username")).or(constant("")).v)
			return p, nil
		}
		if r.IDTokenVerified {
			return nil, errors.New("provider: the ID token cannot be read")
		}
		p, err := fetched(userInfo)(ctx, c, r)
		return p, err
	}
}
