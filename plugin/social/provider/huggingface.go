package provider

import (
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// HuggingFace signs people in with Hugging Face.
func HuggingFace(o Options) *Provider {
	return recipe{
		id: "huggingface", name: "Hugging Face",
		authorizeAt: "https://huggingface.co/oauth/authorize",
		exchangeAt:  "https://huggingface.co/oauth/token",
		scopes:      []string{"openid", "profile", "email"},
		pkce:        true, noPrompt: true,
		profile: fetched(or(o.UserInfoEndpoint, "https://huggingface.co/oauth/userinfo")),
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name").Or(js.Get(p, "preferred_username")).Or(js.Const("")), "email", js.Get(p, "email"),
				"image", js.Get(p, "picture"), "emailVerified", js.Get(p, "email_verified").OrElse(js.Const(false))), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "sub") },
	}.make(o)
}
