package provider

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
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
		authorize: "https://www.reddit.com/api/v1/authorize",
		token:     "https://www.reddit.com/api/v1/access_token",
		scopes:    []string{"identity"},
		noPrompt:  true,
		method:    oauth.AuthBasic, refreshMethod: oauth.AuthBasic,
		tokenHeader: http.Header{"Accept": {"text/plain"}, "User-Agent": {userAgent}},
		request:     func(a *oauth.Authorization) { a.Duration = special.Duration },
		profile:     fetched(or(o.UserInfoEndpoint, "https://oauth.reddit.com/api/v1/me"), "User-Agent", userAgent),
		user: func(p *wire.Object) (*wire.Object, error) {
			image := get(p, "icon_img")
			if s, ok := image.v.(string); ok {
				s, _, _ = strings.Cut(s, "?")
				image = constant(s)
			}
			return object("name", get(p, "name"), "image", image), nil
		},
		finish: func(p, user *wire.Object) error {
			email := get(user, "email")
			if !email.truthy() {
				address, err := placeholder(get(p, "id"), "reddit")
				if err != nil {
					return err
				}
				email = constant(address)
			}
			user.Set("email", email.v)
			user.Set("emailVerified", get(user, "emailVerified").orElse(constant(false)).v)
			return nil
		},
		subject: func(p *wire.Object) value { return get(p, "id") },
	}.make(o)
}
