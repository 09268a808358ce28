package provider

import "github.com/cardea-auth/cardea/core/wire"

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
		authorize: base + "authorize",
		token:     base + "token",
		scopes:    []string{"openid", "email", "profile"},
		pkce:      true, needsSecret: true, needsVerifier: true, noPrompt: true,
		profile: fetched(or(o.UserInfoEndpoint, base+"userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "name"), "email", get(p, "email"),
				"image", get(p, "photos", "picture").or(get(p, "photos", "thumbnail")),
				"emailVerified", get(p, "email_verified").orElse(constant(false))), nil
		},
		subject: func(p *wire.Object) value { return get(p, "user_id") },
	}.make(o)
}
