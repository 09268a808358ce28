package provider

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// GoogleOptions are Google's own.
type GoogleOptions struct {
	// AccessType is "offline" for a refresh token, or "online".
	AccessType string
	// Display is "page", "popup", "touch" or "wap". A call's own display goes before it.
	Display string
	// HostedDomain lets in accounts of that Google Workspace domain only; "*" those of any.
	HostedDomain string
	// DisableGrantedScopes does not ask for the scopes that the user granted before (include_granted_scopes).
	DisableGrantedScopes bool
}

// Google signs people in with Google. Put the client ids of Android and iOS apps, which an ID token from there names as azp,
// among OtherClientIDs.
func Google(o Options, more ...GoogleOptions) *Provider {
	special := only(more)
	checkDomain := func(claims *wire.Object) error {
		hd := Text(claims, "hd")
		switch special.HostedDomain {
		case "", hd:
			return nil
		case "*":
			if hd != "" {
				return nil
			}
		}
		return errors.New("the account is not of the hosted domain")
	}
	return recipe{
		id: "google", name: "Google",
		authorizeAt: "https://accounts.google.com/o/oauth2/v2/auth",
		exchangeAt:  "https://oauth2.googleapis.com/token",
		scopes:      []string{"email", "profile", "openid"},
		pkce:        true, needsSecret: true, needsVerifier: true, loginHint: true, display: true,
		request: func(a *oauth.Authorization) {
			a.AccessType, a.HostedDomain = special.AccessType, special.HostedDomain
			a.Display = or(a.Display, special.Display)
			if !special.DisableGrantedScopes {
				a.Params = before(a.Params, oauth.Param{Name: "include_granted_scopes", Value: "true"})
			}
		},
		idToken: &oauth.IDTokenPolicy{
			RequireKeyID: true,
			JWKS:         "https://www.googleapis.com/oauth2/v3/certs",
			Issuers:      []string{"https://accounts.google.com", "accounts.google.com"},
			Algorithms:   []string{"RS256"}, MaxAge: time.Hour, Check: checkDomain,
		},
		trusted: true,
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			p, err := decoded(ctx, c, r)
			if err != nil {
				return nil, err
			}
			return p, checkDomain(p)
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name"), "email", js.Get(p, "email"), "image", js.Get(p, "picture"),
				"emailVerified", js.Get(p, "email_verified")), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "sub") },
	}.make(o)
}
