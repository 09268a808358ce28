package genericoauth

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// The presets fill the empty fields of a Config for one service and leave the others as they are. Set the rest, at least
// ClientID, and call Provider:
//
//	genericoauth.Auth0("acme.eu.auth0.com", genericoauth.Config{ClientID: id, ClientSecret: secret}).Provider()

// preset fills g's empty fields. Scopes that are not nil stay, even if there are none.
func (g Config) preset(id string, scopes []string, p Config) Config {
	g.ProviderID = or(g.ProviderID, id)
	if g.Scopes == nil {
		g.Scopes = scopes
	}
	g.DiscoveryURL = or(g.DiscoveryURL, p.DiscoveryURL)
	g.AuthorizationURL = or(g.AuthorizationURL, p.AuthorizationURL)
	g.TokenURL = or(g.TokenURL, p.TokenURL)
	g.UserInfoURL = or(g.UserInfoURL, p.UserInfoURL)
	if g.GetUserInfo == nil {
		g.GetUserInfo = p.GetUserInfo
	}
	if g.AccountSubject == nil {
		g.AccountSubject = p.AccountSubject
	}
	return g
}

// member is an AccountSubject that reads a member of the profile.
func member(name string) func(*oauth.Tokens, *wire.Object) string {
	return func(_ *oauth.Tokens, profile *wire.Object) string { return js.Get(profile, name).Text() }
}

// asked is a GetUserInfo that asks url with the access token and maps the answer. A map that returns nil finds nobody.
func asked(url string, mapping func(p *wire.Object) *wire.Object, header ...string) func(context.Context, *oauth.Client, *oauth.Tokens) (*wire.Object, error) {
	return func(ctx context.Context, c *oauth.Client, t *oauth.Tokens) (*wire.Object, error) {
		v, err := js.Fetch(ctx, c, http.MethodGet, url, "", t, header...)
		p := js.Const(v).Object()
		if err != nil || p == nil {
			return nil, err
		}
		return mapping(p), nil
	}
}

var openID = []string{"openid", "profile", "email"}

func wellKnown(issuer string) string {
	return strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
}

// Auth0 is a tenant of Auth0. domain is such as "acme.eu.auth0.com", with or without https://.
func Auth0(domain string, g Config) Config {
	if !strings.HasPrefix(domain, "http://") && !strings.HasPrefix(domain, "https://") {
		domain = "https://" + domain
	}
	u, err := origin.Parse(domain)
	if err != nil {
		g.invalid = fmt.Errorf("%w: auth0: the domain is malformed", provider.ErrConfiguration)
	}
	return g.preset("auth0", openID, Config{DiscoveryURL: "https://" + u.HostPort() + "/.well-known/openid-configuration"})
}

// Keycloak is a realm of Keycloak. issuer is such as "https://id.example.com/realms/acme".
func Keycloak(issuer string, g Config) Config {
	return g.preset("keycloak", openID, Config{DiscoveryURL: wellKnown(issuer)})
}

// Okta is an authorization server of Okta. issuer is such as "https://dev-1.okta.com/oauth2/default".
func Okta(issuer string, g Config) Config {
	return g.preset("okta", openID, Config{DiscoveryURL: wellKnown(issuer)})
}

// Gumroad is Gumroad. It never vouches for an address.
func Gumroad(g Config) Config {
	return g.preset("gumroad", []string{"view_profile"}, Config{
		AuthorizationURL: "https://gumroad.com/oauth/authorize",
		TokenURL:         "https://api.gumroad.com/oauth/token",
		AccountSubject:   member("id"),
		GetUserInfo: asked("https://api.gumroad.com/v2/user", func(p *wire.Object) *wire.Object {
			user := js.Get(p, "user").Object()
			if !js.Get(p, "success").Truthy() || user == nil {
				return nil
			}
			return js.Object("id", js.Get(user, "user_id"), "name", js.Get(user, "name"), "email", js.Get(user, "email"),
				"image", js.Get(user, "profile_url"), "emailVerified", false)
		}),
	})
}

// HubSpot is HubSpot. It never vouches for an address.
func HubSpot(g Config) Config {
	return g.preset("hubspot", []string{"oauth"}, Config{
		AuthorizationURL: "https://app.hubspot.com/oauth/authorize",
		TokenURL:         "https://api.hubapi.com/oauth/v1/token",
		AccountSubject:   member("id"),
		GetUserInfo: func(ctx context.Context, c *oauth.Client, t *oauth.Tokens) (*wire.Object, error) {
			if t.AccessToken == "" {
				return nil, js.ErrNoToken
			}
			url := "https://api.hubapi.com/oauth/v1/access-tokens/" + js.EncodeURIComponent(t.AccessToken)
			v, err := js.Send(ctx, c, http.MethodGet, url, "", "Content-Type", "application/json")
			p := js.Const(v).Object()
			id := js.Get(p, "user_id").OrElse(js.Get(p, "signed_access_token", "userId"))
			if err != nil || !id.Truthy() {
				return nil, err
			}
			return js.Object("id", id, "name", js.Get(p, "user"), "email", js.Get(p, "user"), "emailVerified", false), nil
		},
	})
}

// LINE is a channel of LINE, for those who have several: give each its own ProviderID. It never vouches for an address.
func LINE(g Config) Config {
	const userInfo = "https://api.line.me/oauth2/v2.1/userinfo"
	return g.preset("line", openID, Config{
		AuthorizationURL: "https://access.line.me/oauth2/v2.1/authorize",
		TokenURL:         "https://api.line.me/oauth2/v2.1/token",
		UserInfoURL:      userInfo,
		AccountSubject:   member("sub"),
		GetUserInfo: func(ctx context.Context, c *oauth.Client, t *oauth.Tokens) (*wire.Object, error) {
			p, err := js.Decode(t)
			if err != nil {
				v, err := js.Fetch(ctx, c, http.MethodGet, userInfo, "", t)
				if p = js.Const(v).Object(); err != nil || p == nil {
					return nil, err
				}
			}
			return js.Object("sub", js.Get(p, "sub"), "name", js.Get(p, "name"), "email", js.Get(p, "email"),
				"image", js.Get(p, "picture"), "emailVerified", false), nil
		},
	})
}

// Patreon is Patreon.
func Patreon(g Config) Config {
	return g.preset("patreon", []string{"identity[email]"}, Config{
		AuthorizationURL: "https://www.patreon.com/oauth2/authorize",
		TokenURL:         "https://www.patreon.com/api/oauth2/token",
		AccountSubject:   member("id"),
		GetUserInfo: asked("https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=email%2Cfull_name%2Cimage_url%2Cis_email_verified",
			func(p *wire.Object) *wire.Object {
				person := js.Get(p, "data", "attributes").Object()
				if person == nil {
					return nil
				}
				return js.Object("id", js.Get(p, "data", "id"), "name", js.Get(person, "full_name"), "email", js.Get(person, "email"),
					"image", js.Get(person, "image_url"), "emailVerified", js.Get(person, "is_email_verified"))
			}),
	})
}

// Slack is Slack, whose accounts are named by sub here and by Slack's own user id in [provider.Slack].
func Slack(g Config) Config {
	const userInfo = "https://slack.com/api/openid.connect.userInfo"
	return g.preset("slack", openID, Config{
		AuthorizationURL: "https://slack.com/openid/connect/authorize",
		TokenURL:         "https://slack.com/api/openid.connect.token",
		UserInfoURL:      userInfo,
		AccountSubject:   member("sub"),
		GetUserInfo: asked(userInfo, func(p *wire.Object) *wire.Object {
			return js.Object("sub", js.Get(p, "sub"), "name", js.Get(p, "name"), "email", js.Get(p, "email"),
				"image", js.Get(p, "picture").OrElse(js.Get(p, "https://slack.com/user_image_512")),
				"emailVerified", js.Get(p, "email_verified").OrElse(js.Const(false)))
		}),
	})
}

// Yandex is Yandex. It never vouches for an address.
func Yandex(g Config) Config {
	return g.preset("yandex", []string{"login:info", "login:email", "login:avatar"}, Config{
		AuthorizationURL: "https://oauth.yandex.com/authorize",
		TokenURL:         "https://oauth.yandex.com/token",
		AccountSubject:   member("id"),
		GetUserInfo: func(ctx context.Context, c *oauth.Client, t *oauth.Tokens) (*wire.Object, error) {
			return asked("https://login.yandex.ru/info?format=json", yandexUser, "Authorization", "OAuth "+t.AccessToken)(ctx, c, t)
		},
	})
}

func yandexUser(p *wire.Object) *wire.Object {
	email := js.Get(p, "default_email").OrElse(js.Get(p, "emails").First())
	if !email.Truthy() {
		return nil
	}
	var image js.Value
	if avatar := js.Get(p, "default_avatar_id"); !js.Get(p, "is_avatar_empty").Truthy() && avatar.Truthy() {
		image = js.Const("https://avatars.yandex.net/get-yapic/" + avatar.Text() + "/islands-200")
	}
	name := js.Get(p, "display_name").OrElse(js.Get(p, "real_name")).OrElse(js.Get(p, "first_name")).OrElse(js.Get(p, "login"))
	return js.Object("id", js.Get(p, "id"), "name", name, "email", email, "emailVerified", false, "image", image)
}
