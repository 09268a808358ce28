package provider

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// FacebookOptions are Facebook's own.
type FacebookOptions struct {
	// Fields are asked for in the profile besides id, name, email and picture.
	Fields []string
	// ConfigID is the configuration of Facebook Login for Business.
	ConfigID string
}

const facebookJWKS = "https://limited.facebook.com/.well-known/oauth/openid/jwks/"

// Facebook signs people in with Facebook. An access token is believed only after Facebook has said that it was made for this
// application. Apps may bring the ID token of a limited login, or an access token in its place.
func Facebook(o Options, more ...FacebookOptions) *Provider {
	special := only(more)
	policy := oauth.IDTokenPolicy{
		JWKS: or(o.JWKSEndpoint, facebookJWKS), Issuers: []string{"https://www.facebook.com"},
		Audiences: o.clientIDs(), Algorithms: []string{"RS256"},
	}
	return recipe{
		id: "facebook", name: "Facebook",
		authorizeAt: "https://www.facebook.com/v24.0/dialog/oauth",
		exchangeAt:  "https://graph.facebook.com/v24.0/oauth/access_token",
		scopes:      []string{"email", "public_profile"},
		needsSecret: true, loginHint: true, noPrompt: true,
		request: func(a *oauth.Authorization) {
			if special.ConfigID != "" {
				a.Params = before(a.Params, oauth.Param{Name: "config_id", Value: special.ConfigID})
			}
		},
		verify: func(ctx context.Context, c *oauth.Client, token, nonce string) error {
			if opaque(token) {
				return nil // says nothing: the profile comes from the access token, which is checked then
			}
			_, err := c.VerifyIDToken(ctx, token, policy, nonce)
			return err
		},
		profile: facebookProfile(o, special),
		user:    facebookUser,
		subject: func(p *wire.Object) js.Value {
			if sub := js.Get(p, "sub"); sub.Defined {
				return sub
			}
			return js.Get(p, "id")
		},
		beforeUserInfo: func(ctx context.Context, c *oauth.Client, t *oauth.Tokens) error {
			token := t.AccessToken
			if token == "" && t.IDToken != "" && opaque(t.IDToken) {
				token = t.IDToken
			}
			if token == "" {
				return nil
			}
			_, err := facebookUserID(ctx, c, o, token)
			return err
		},
	}.make(o)
}

func opaque(token string) bool { return strings.Count(token, ".") != 2 }

func facebookProfile(o Options, special FacebookOptions) profileFunc {
	return func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
		if r.Tokens.IDToken != "" && !opaque(r.Tokens.IDToken) {
			return decoded(ctx, c, r)
		}
		userID, err := facebookUserID(ctx, c, o, r.Tokens.AccessToken)
		if err != nil {
			return nil, err
		}
		fields := append([]string{"id", "name", "email", "picture"}, special.Fields...)
		p, err := fetched(or(o.UserInfoEndpoint, "https://graph.facebook.com/me")+"?fields="+js.EncodeURIComponent(strings.Join(fields, ",")))(ctx, c, r)
		if err != nil || Text(p, "id") != userID {
			return nil, err
		}
		return p, nil
	}
}

// facebookUserID asks Facebook whose access token it is and whether it was made for this application: without that, a
// token that another application got would sign its user in here.
func facebookUserID(ctx context.Context, c *oauth.Client, o Options, token string) (string, error) {
	if token == "" || o.ClientSecret == "" {
		return "", fmt.Errorf("%w: no access token or no client secret", ErrNoUserInfo)
	}
	url := "https://graph.facebook.com/debug_token?input_token=" + js.EncodeURIComponent(token) +
		"&access_token=" + js.EncodeURIComponent(o.ClientID+"|"+o.ClientSecret)
	v, err := js.Send(ctx, c, http.MethodGet, url, "")
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoUserInfo, err)
	}
	data := js.Get(js.Const(v).Object(), "data").Object()
	userID := Text(data, "user_id")
	if valid, _ := data.Get("is_valid"); valid != true || userID == "" || !slices.Contains(o.clientIDs(), Text(data, "app_id")) {
		return "", fmt.Errorf("%w: the access token is not for this application", ErrNoUserInfo)
	}
	return userID, nil
}

// facebookUser maps a profile of the Graph API, whose picture is an object, or the claims of a limited login, which do not
// say whether the address is verified.
func facebookUser(p *wire.Object) (*wire.Object, error) {
	image, verified := js.Get(p, "picture", "data", "url"), js.Get(p, "email_verified").OrElse(js.Const(false))
	if _, limited := p.Get("sub"); limited {
		image, verified = js.Get(p, "picture"), js.Const(false)
	}
	return js.Object("name", js.Get(p, "name"), "email", js.Get(p, "email"), "image", image, "emailVerified", verified), nil
}
