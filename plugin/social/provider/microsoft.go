package provider

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// MicrosoftOptions are Microsoft's own.
type MicrosoftOptions struct {
	// TenantID is a tenant's id, "organizations", "consumers" or "common". The default is "common".
	TenantID string
	// Authority is the login server. The default is https://login.microsoftonline.com.
	Authority string
	// Assertion signs client assertions, in place of a client secret ([oauth.PrivateKey.Assertion]).
	Assertion func(ctx context.Context, r oauth.AssertionRequest) (string, error)
	// ProfilePhotoSize is 48, 64, 96, 120, 240, 360, 432, 504 or 648. The default is 48.
	ProfilePhotoSize int
	// DisableProfilePhoto saves the request for the photo, which becomes part of the user's row.
	DisableProfilePhoto bool
}

// microsoftConsumers is the tenant of personal accounts.
const microsoftConsumers = "9188040d-6c67-4c5b-b112-36a304b66dad"

// Microsoft signs people in with Microsoft Entra ID. An account is its oid, which is the same for every application of a
// tenant.
func Microsoft(o Options, more ...MicrosoftOptions) *Provider {
	special := only(more)
	tenant := or(special.TenantID, "common")
	authority := strings.TrimRight(or(special.Authority, "https://login.microsoftonline.com"), "/")
	scopes := []string{"openid", "profile", "email", "User.Read", "offline_access"}
	var issuers []string
	if tenant != "common" && tenant != "organizations" && tenant != "consumers" {
		issuers = []string{authority + "/" + tenant + "/v2.0"}
	}
	var invalid error
	if special.Assertion != nil && o.ClientSecret != "" {
		invalid = fmt.Errorf("%w: microsoft takes a client secret or an Assertion, not both", ErrConfiguration)
	}
	k := recipe{
		id: "microsoft", name: "Microsoft EntraID",
		authorizeAt: authority + "/" + tenant + "/oauth2/v2.0/authorize",
		exchangeAt:  authority + "/" + tenant + "/oauth2/v2.0/token",
		scopes:      scopes,
		pkce:        true, loginHint: true, invalid: invalid,
		idToken: &oauth.IDTokenPolicy{
			RequireKeyID: true,
			JWKS:         authority + "/" + tenant + "/discovery/v2.0/keys",
			Issuers:      issuers, Algorithms: []string{"RS256"}, MaxAge: time.Hour,
			Check: func(claims *wire.Object) error { return checkTenant(claims, authority, tenant) },
		},
		trusted: true,
		profile: microsoftProfile(special),
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name"), "email", js.Get(p, "email"), "image", js.Get(p, "picture"),
				"emailVerified", microsoftVerified(p)), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "oid") },
	}
	if special.Assertion != nil {
		k.credentials = func(creds *oauth.Credentials) {
			creds.Method, creds.Assertion = oauth.AuthPrivateKeyJWT, special.Assertion
		}
	}
	k.refreshParams = []oauth.Param{{Name: "scope", Value: strings.Join(k.allScopes(o, nil), " ")}}
	return k.make(o)
}

// checkTenant ties iss to tid: the keys are those of all tenants, so that otherwise any tenant could name any issuer.
func checkTenant(claims *wire.Object, authority, tenant string) error {
	tid := Text(claims, "tid")
	switch {
	case tid == "" || Text(claims, "iss") != authority+"/"+tid+"/v2.0":
		return errors.New("iss is not that of the tenant")
	case tenant == "organizations" && tid == microsoftConsumers, tenant == "consumers" && tid != microsoftConsumers:
		return errors.New("the account is of another kind of tenant")
	}
	return nil
}

// microsoftProfile reads the ID token, and puts the photo into it as a data URL.
func microsoftProfile(special MicrosoftOptions) profileFunc {
	return func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
		p, err := decoded(ctx, c, r)
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(Text(p, "oid")) == "" {
			return nil, fmt.Errorf("%w: no oid", ErrNoUserInfo)
		}
		// An access token that an app put beside its ID token may be anybody's.
		foreign := r.IDTokenVerified && !c.Exact()
		if special.DisableProfilePhoto || r.Tokens.AccessToken == "" || foreign {
			return p, nil
		}
		size := strconv.Itoa(max(special.ProfilePhotoSize, 48))
		req, err := http.NewRequestWithContext(ctx, http.MethodGet,
			"https://graph.microsoft.com/v1.0/me/photos/"+size+"x"+size+"/%24value", nil)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Authorization", "Bearer "+r.Tokens.AccessToken)
		if photo, err := c.Do(req); err == nil { // most accounts have none
			p.Set("picture", "data:image/jpeg;base64, "+base64.StdEncoding.EncodeToString(photo))
		}
		return p, nil
	}
}

// microsoftVerified believes email_verified, or else the lists of verified addresses (optional claims both).
func microsoftVerified(p *wire.Object) bool {
	if claim := js.Get(p, "email_verified"); claim.Defined {
		return claim.Boolean().V == true
	}
	email := Text(p, "email")
	for _, name := range []string{"verified_primary_email", "verified_secondary_email"} {
		list, _ := js.Get(p, name).V.([]any)
		if email != "" && slices.Contains(list, any(email)) {
			return true
		}
	}
	return false
}
