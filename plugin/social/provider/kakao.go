package provider

import "github.com/cardea-auth/cardea/core/wire"

// Kakao signs people in with Kakao.
func Kakao(o Options) *Provider {
	return recipe{
		id: "kakao", name: "Kakao",
		authorize: "https://kauth.kakao.com/oauth/authorize",
		token:     "https://kauth.kakao.com/oauth/token",
		scopes:    []string{"account_email", "profile_image", "profile_nickname"},
		loginHint: true, noPrompt: true,
		profile: fetched(or(o.UserInfoEndpoint, "https://kapi.kakao.com/v2/user/me")),
		user: func(p *wire.Object) (*wire.Object, error) {
			account := get(p, "kakao_account").object()
			profile := get(account, "profile").object()
			verified := get(account, "is_email_valid").truthy() && get(account, "is_email_verified").truthy()
			return object("name", get(profile, "nickname").or(get(account, "name")).or(constant("")), "email", get(account, "email"),
				"image", get(profile, "profile_image_url").or(get(profile, "thumbnail_image_url")), "emailVerified", verified), nil
		},
		subject: func(p *wire.Object) value { return get(p, "id") },
	}.make(o)
}
