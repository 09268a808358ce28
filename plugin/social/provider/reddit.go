package provider

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// RedditOptions are Reddit's own.
type RedditOptions struct {
	// Duration is "permanent" for a refresh token, or "temporary".
	Duration string
}

// Reddit signs people in with Reddit. It tells no address: users get a placeholder at placeholder.invalid unless MapProfile
// sets one.
func Reddit(o Options, more ...RedditOptions) *Provider {
	special := only(more)
	return recipe{
		id: "reddit", name: "Reddit",
		authorizeAt: "https://www.reddit.com/api/v1/authorize",
		exchangeAt:  "https://www.reddit.com/api/v1/access_token",
		scopes:      []string{"identity"},
		noPrompt:    true,
		method:      oauth.AuthBasic, refreshMethod: oauth.AuthBasic,
		tokenHeader: http.Header{"Accept": {"text/plain"}, "User-Agent": {userAgent}},
		request:     func(a *oauth.Authorization) { a.Duration = special.Duration },
		profile:     fetched(or(o.UserInfoEndpoint, "https://oauth.reddit.com/api/v1/me"), "User-Agent", userAgent),
		user: func(p *wire.Object) (*wire.Object, error) {
			image := js.Get(p, "icon_img")
			if s, ok := image.V.(string); ok {
				s, _, _ = strings.Cut(s, "?")
				image = js.Const(s)
			}
			return js.Object("name", js.Get(p, "name"), "image", image), nil
		},
		finish: func(p, user *wire.Object) error {
			email := js.Get(user, "email")
			if !email.Truthy() {
				address, err := js.Placeholder(js.Get(p, "id"), "reddit")
				if err != nil {
					return err
				}
				email = js.Const(address)
			}
			user.Set("email", email.V)
			user.Set("emailVerified", js.Get(user, "emailVerified").OrElse(js.Const(false)).V)
			return nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "id") },
	}.make(o)
}
