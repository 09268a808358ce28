package provider

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// WeChatOptions are WeChat's own.
type WeChatOptions struct {
	// Lang is the language of WeChat's page, "cn" or "en". The default is "cn".
	Lang string
}

const wechatAPI = "https://api.weixin.qq.com/sns/"

// WeChat signs people in with WeChat's website login. ClientID is the appid. Users get a placeholder address at
// placeholder.invalid.
func WeChat(o Options, more ...WeChatOptions) *Provider {
	lang := or(only(more).Lang, "cn")
	token := or(o.TokenEndpoint, wechatAPI+"oauth2/access_token")
	return recipe{
		id: "wechat", name: "WeChat",
		authorizeAt: "https://open.weixin.qq.com/connect/qrconnect",
		scopes:      []string{"snsapi_login"},
		noPrompt:    true,
		url: func(a oauth.Authorization) (string, error) {
			a.Endpoint, _, _ = strings.Cut(a.Endpoint, "#")
			u, err := commaURL(a, "appid", oauth.Form{{Name: "response_type", Value: "code"}, {Name: "appid", Value: a.ClientID}},
				oauth.Param{Name: "lang", Value: lang})
			return u + "#wechat_redirect", err
		},
		exchange: func(ctx context.Context, c *oauth.Client, r ExchangeRequest) (*oauth.Tokens, error) {
			return wechatTokens(ctx, c, token, oauth.Form{{Name: "appid", Value: o.ClientID},
				{Name: "secret", Value: o.ClientSecret}, {Name: "code", Value: r.Code}, {Name: "grant_type", Value: "authorization_code"}})
		},
		refresh: func(ctx context.Context, c *oauth.Client, refreshToken string) (*oauth.Tokens, error) {
			return wechatTokens(ctx, c, or(o.TokenEndpoint, wechatAPI+"oauth2/refresh_token"), oauth.Form{{Name: "appid", Value: o.ClientID},
				{Name: "grant_type", Value: "refresh_token"}, {Name: "refresh_token", Value: refreshToken}})
		},
		both: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (profile, user *wire.Object, err error) {
			return wechatUser(ctx, c, or(o.UserInfoEndpoint, wechatAPI+"userinfo"), r.Tokens)
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "unionid").Or(js.Get(p, "openid")) },
	}.make(o)
}

// wechatTokens asks for tokens the way WeChat wants it, by GET, with the secret in the query.
func wechatTokens(ctx context.Context, c *oauth.Client, url string, f oauth.Form) (*oauth.Tokens, error) {
	v, err := js.Send(ctx, c, http.MethodGet, url+"?"+strings.ReplaceAll(f.Encode(), "+", "%20"), "")
	if err != nil {
		return nil, err
	}
	answer := js.Const(v).Object()
	if answer == nil || js.Get(answer, "errcode").Truthy() || Text(answer, "access_token") == "" {
		return nil, errors.New("provider: wechat refused")
	}
	t := oauth.ParseTokens(answer, c.Now())
	t.TokenType, t.IDToken, t.RefreshTokenExpiresAt = "Bearer", "", time.Time{}
	t.Scopes = strings.Split(Text(answer, "scope"), ",")
	return t, nil
}

// wechatUser needs the openid that came with the tokens.
func wechatUser(ctx context.Context, c *oauth.Client, url string, t *oauth.Tokens) (profile, user *wire.Object, err error) {
	openID := Text(t.Raw, "openid")
	if openID == "" || t.AccessToken == "" {
		return nil, nil, ErrNoUserInfo
	}
	f := oauth.Form{{Name: "access_token", Value: t.AccessToken}, {Name: "openid", Value: openID}, {Name: "lang", Value: "zh_CN"}}
	v, err := js.Send(ctx, c, http.MethodGet, url+"?"+f.Encode(), "")
	p := js.Const(v).Object()
	if err != nil || p == nil || js.Get(p, "errcode").Truthy() {
		return nil, nil, err
	}
	email := js.Get(p, "email")
	if !email.Truthy() {
		address, err := js.Placeholder(js.Get(p, "unionid").Or(js.Get(p, "openid")).Or(js.Const(openID)), "wechat")
		if err != nil {
			return nil, nil, err
		}
		email = js.Const(address)
	}
	return p, js.Object("name", js.Get(p, "nickname"), "email", email, "image", js.Get(p, "headimgurl"), "emailVerified", false), nil
}
