package provider

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// GitLabOptions are GitLab's own.
type GitLabOptions struct {
	// Issuer is the base URL of an instance of your own. The default is https://gitlab.com.
	Issuer string
}

// GitLab signs people in with GitLab. Accounts that are locked or not active are refused.
func GitLab(o Options, more ...GitLabOptions) *Provider {
	base := or(only(more).Issuer, "https://gitlab.com")
	return recipe{
		id: "gitlab", name: "Gitlab",
		authorizeAt: singleSlashes(base + "/oauth/authorize"),
		exchangeAt:  singleSlashes(base + "/oauth/token"),
		scopes:      []string{"read_user"},
		pkce:        true, loginHint: true, noPrompt: true,
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			p, err := fetched(or(o.UserInfoEndpoint, singleSlashes(base+"/api/v4/user")))(ctx, c, r)
			if err != nil || Text(p, "state") != "active" || js.Get(p, "locked").Truthy() {
				return nil, err
			}
			return p, nil
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name").OrElse(js.Get(p, "username")).OrElse(js.Const("")), "email", js.Get(p, "email"),
				"image", js.Get(p, "avatar_url"), "emailVerified", js.Get(p, "email_verified").OrElse(js.Const(false))), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "id") },
	}.make(o)
}

// singleSlashes makes each run of slashes one, but for those after the scheme.
func singleSlashes(url string) string {
	scheme, rest, found := strings.Cut(url, "://")
	if !found {
		scheme, rest = "", url
	}
	for strings.Contains(rest, "//") {
		rest = strings.ReplaceAll(rest, "//", "/")
	}
	if !found {
		return rest
	}
	return scheme + "://" + rest
}
