package provider

import (
	"context"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// AppleOptions are Apple's own.
type AppleOptions struct {
	// Audience are the client ids for which ID tokens from apps may be made. The default is AppBundleIdentifier if there
	// is one, else ClientID and OtherClientIDs.
	Audience            []string
	AppBundleIdentifier string
}

// Apple signs people in with Apple. ClientID is the Services ID, ClientSecret the JWT that Apple's developer pages tell how
// to make; it expires after six months at most. The answer comes as a cross-site POST. The name is known at the first
// consent only.
func Apple(o Options, more ...AppleOptions) *Provider {
	special := only(more)
	audience := special.Audience
	if len(audience) == 0 && special.AppBundleIdentifier != "" {
		audience = []string{special.AppBundleIdentifier}
	}
	return recipe{
		id: "apple", name: "Apple",
		authorizeAt: "https://appleid.apple.com/auth/authorize",
		exchangeAt:  "https://appleid.apple.com/auth/token",
		scopes:      []string{"email", "name"},
		pkce:        true, needsSecret: true, noPrompt: true,
		request: func(a *oauth.Authorization) {
			a.ResponseType, a.ResponseMode = "code id_token", "form_post"
		},
		idToken: &oauth.IDTokenPolicy{
			RequireKeyID: true,
			JWKS:         "https://appleid.apple.com/auth/keys", Issuers: []string{"https://appleid.apple.com"},
			Audiences: audience, Algorithms: []string{"RS256"}, MaxAge: time.Hour, HashedNonce: true,
		},
		trusted: true,
		profile: appleProfile,
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name"),
				"emailVerified", js.Get(p, "email_verified").Boolean().OrElse(js.Const(false)), "email", js.Get(p, "email")), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "sub") },
	}.make(o)
}

// appleProfile adds to the claims the name that Apple posts beside them.
func appleProfile(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
	p, err := decoded(ctx, c, r)
	if err != nil {
		return nil, err
	}
	name := js.Get(p, "name").Or(js.Const(""))
	if js.Get(r.User, "name").Truthy() {
		name = js.Const(strings.TrimSpace(Text(r.User, "name", "firstName") + " " + Text(r.User, "name", "lastName")))
	}
	p.Set("name", name.V)
	return p, nil
}
