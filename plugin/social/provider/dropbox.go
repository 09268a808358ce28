package provider

import (
	"context"
	"net/http"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
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
		authorizeAt: "https://www.dropbox.com/oauth2/authorize",
		exchangeAt:  "https://api.dropboxapi.com/oauth2/token",
		scopes:      []string{"account_info.read"},
		pkce:        true, noPrompt: true,
		request: func(a *oauth.Authorization) {
			if special.AccessType != "" {
				a.Params = before(a.Params, oauth.Param{Name: "token_access_type", Value: special.AccessType})
			}
		},
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			url := or(o.UserInfoEndpoint, "https://api.dropboxapi.com/2/users/get_current_account")
			v, err := js.Fetch(ctx, c, http.MethodPost, url, "", r.Tokens)
			return js.Const(v).Object(), err
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name", "display_name"), "email", js.Get(p, "email"),
				"emailVerified", js.Get(p, "email_verified").Or(js.Const(false)), "image", js.Get(p, "profile_photo_url")), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "account_id") },
	}.make(o)
}
