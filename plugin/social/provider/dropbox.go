package provider

import (
	"context"
	"net/http"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// DropboxOptions are Dropbox's own.
type DropboxOptions struct {
	// AccessType is "offline" for a refresh token, "online" or "legacy".
	AccessType string
}

// Dropbox signs people in with Dropbox.
func Dropbox(o Options, more ...DropboxOptions) *Provider {
	special := only(more)
	return recipe{
		id: "dropbox", name: "Dropbox",
		authorize: "https://www.dropbox.com/oauth2/authorize",
		token:     "https://api.dropboxapi.com/oauth2/token",
		scopes:    []string{"account_info.read"},
		pkce:      true, noPrompt: true,
		request: func(a *oauth.Authorization) {
			if special.AccessType != "" {
				a.Params = before(a.Params, oauth.Param{Name: "token_access_type", Value: special.AccessType})
			}
		},
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			url := or(o.UserInfoEndpoint, "https://api.dropboxapi.com/2/users/get_current_account")
			v, err := fetch(ctx, c, http.MethodPost, url, "", r.Tokens)
			return constant(v).object(), err
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "name", "display_name"), "email", get(p, "email"),
				"emailVerified", get(p, "email_verified").or(constant(false)), "image", get(p, "profile_photo_url")), nil
		},
		subject: func(p *wire.Object) value { return get(p, "account_id") },
	}.make(o)
}
