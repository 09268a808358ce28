package provider

import (
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// SalesforceOptions are Salesforce's own.
type SalesforceOptions struct {
	// Sandbox signs in at test.salesforce.com.
	Sandbox bool
	// LoginURL is the host of a domain of your own, such as "acme.my.salesforce.com". It goes before Sandbox.
	LoginURL string
}

// Salesforce signs people in with Salesforce.
func Salesforce(o Options, more ...SalesforceOptions) *Provider {
	special := only(more)
	host := "login.salesforce.com"
	if special.Sandbox {
		host = "test.salesforce.com"
	}
	base := "https://" + or(special.LoginURL, host) + "/services/oauth2/"
	return recipe{
		id: "salesforce", name: "Salesforce",
		authorizeAt: base + "authorize",
		exchangeAt:  base + "token",
		scopes:      []string{"openid", "email", "profile"},
		pkce:        true, needsSecret: true, needsVerifier: true, noPrompt: true,
		profile: fetched(or(o.UserInfoEndpoint, base+"userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name"), "email", js.Get(p, "email"),
				"image", js.Get(p, "photos", "picture").Or(js.Get(p, "photos", "thumbnail")),
				"emailVerified", js.Get(p, "email_verified").OrElse(js.Const(false))), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "user_id") },
	}.make(o)
}
