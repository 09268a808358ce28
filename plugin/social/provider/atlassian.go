package provider

import (
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// Atlassian signs people in with Atlassian. It never vouches for an address.
func Atlassian(o Options) *Provider {
	return recipe{
		id: "atlassian", name: "Atlassian",
		authorizeAt: "https://auth.atlassian.com/authorize",
		exchangeAt:  "https://auth.atlassian.com/oauth/token",
		scopes:      []string{"read:jira-user", "offline_access"},
		pkce:        true, needsSecret: true, needsVerifier: true,
		request: func(a *oauth.Authorization) {
			a.Params = with(a.Params, oauth.Param{Name: "audience", Value: "api.atlassian.com"})
		},
		profile: fetched(or(o.UserInfoEndpoint, "https://api.atlassian.com/me")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name"), "email", js.Get(p, "email"), "image", js.Get(p, "picture"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "account_id") },
	}.make(o)
}
