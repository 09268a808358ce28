package provider

import (
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// Atlassian signs people in with Atlassian. It never vouches for an address.
func Atlassian(o Options) *Provider {
	return recipe{
		id: "atlassian", name: "Atlassian",
		authorize: "https://auth.atlassian.com/authorize",
		token:     "https://auth.atlassian.com/oauth/token",
		scopes:    []string{"read:jira-user", "offline_access"},
		pkce:      true, needsSecret: true, needsVerifier: true,
		request: func(a *oauth.Authorization) {
			a.Params = with(a.Params, oauth.Param{Name: "audience", Value: "api.atlassian.com"})
		},
		profile: fetched(or(o.UserInfoEndpoint, "https://api.atlassian.com/me")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "name"), "email", get(p, "email"), "image", get(p, "picture"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) value { return get(p, "account_id") },
	}.make(o)
}
