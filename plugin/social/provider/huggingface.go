package provider

import "github.com/cardea-auth/cardea/core/wire"

// HuggingFace signs people in with Hugging Face.
func HuggingFace(o Options) *Provider {
	return recipe{
		id: "huggingface", name: "Hugging Face",
		authorize: "https://huggingface.co/oauth/authorize",
		token:     "https://huggingface.co/oauth/token",
		scopes:    []string{"openid", "profile", "email"},
		pkce:      true, noPrompt: true,
		profile: fetched(or(o.UserInfoEndpoint, "https://huggingface.co/oauth/userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "name").or(get(p, "preferred_username")).or(constant("")), "email", get(p, "email"),
				"image", get(p, "picture"), "emailVerified", get(p, "email_verified").orElse(constant(false))), nil
		},
		subject: func(p *wire.Object) value { return get(p, "sub") },
	}.make(o)
}
