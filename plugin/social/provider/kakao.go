package provider

import (
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// Kakao signs people in with Kakao.
func Kakao(o Options) *Provider {
	return recipe{
		id: "kakao", name: "Kakao",
		authorizeAt: "https://kauth.kakao.com/oauth/authorize",
		exchangeAt:  "https://kauth.kakao.com/oauth/token",
		scopes:      []string{"account_email", "profile_image", "profile_nickname"},
		loginHint:   true, noPrompt: true,
		profile: fetched(or(o.UserInfoEndpoint, "https://kapi.kakao.com/v2/user/me")),
		user: func(p *wire.Object) (*wire.Object, error) {
			account := js.Get(p, "kakao_account").Object()
			profile := js.Get(account, "profile").Object()
			verified := js.Get(account, "is_email_valid").Truthy() && js.Get(account, "is_email_verified").Truthy()
			return js.Object("name", js.Get(profile, "nickname").Or(js.Get(account, "name")).Or(js.Const("")), "email", js.Get(account, "email"),
				"image", js.Get(profile, "profile_image_url").Or(js.Get(profile, "thumbnail_image_url")), "emailVerified", verified), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "id") },
	}.make(o)
}
