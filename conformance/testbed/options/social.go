package options

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// socialProvider makes a provider. What only it has is read by it from the object.
type socialProvider func(o strict.Object, p provider.Options) *provider.Provider

func alone(constructor func(provider.Options) *provider.Provider) socialProvider {
	return func(_ strict.Object, p provider.Options) *provider.Provider { return constructor(p) }
}

// with reads a provider's own options by its fields.
func with[T any](constructor func(provider.Options, ...T) *provider.Provider, read func(strict.Object, *T)) socialProvider {
	return func(o strict.Object, p provider.Options) *provider.Provider {
		var own T
		read(o, &own)
		return constructor(p, own)
	}
}

var socialProviders = map[string]socialProvider{
	"apple": with(provider.Apple, func(o strict.Object, a *provider.AppleOptions) {
		textOrList(o, "audience", &a.Audience)
		o.String("appBundleIdentifier", &a.AppBundleIdentifier)
	}),
	"atlassian": alone(provider.Atlassian),
	"cloudflare": with(provider.Cloudflare, func(o strict.Object, c *provider.CloudflareOptions) {
		tokenAuth(o.Object("tokenEndpointAuth"), "method", &c.TokenAuth)
		tokenAuth(o, "tokenEndpointAuthMethod", &c.TokenAuth)
	}),
	"cognito": func(o strict.Object, p provider.Options) *provider.Provider {
		var c provider.CognitoOptions
		o.String("domain", &c.Domain)
		o.String("region", &c.Region)
		o.String("userPoolId", &c.UserPoolID)
		o.Bool("requireClientSecret", &c.RequireClientSecret)
		o.String("identityProvider", &c.IdentityProvider)
		return provider.Cognito(p, c)
	},
	"discord": with(provider.Discord, func(o strict.Object, d *provider.DiscordOptions) {
		if o.Has("permissions") {
			n := 0
			o.Int("permissions", &n)
			bits := uint64(max(n, 0)) //nolint:gosec // not negative
			d.Permissions = &bits
		}
	}),
	"dropbox": with(provider.Dropbox, func(o strict.Object, d *provider.DropboxOptions) { o.String("accessType", &d.AccessType) }),
	"facebook": with(provider.Facebook, func(o strict.Object, f *provider.FacebookOptions) {
		o.Strings("fields", &f.Fields)
		o.String("configId", &f.ConfigID)
	}),
	"figma":  alone(provider.Figma),
	"github": alone(provider.GitHub),
	"gitlab": with(provider.GitLab, func(o strict.Object, g *provider.GitLabOptions) { o.String("issuer", &g.Issuer) }),
	"google": with(provider.Google, func(o strict.Object, g *provider.GoogleOptions) {
		o.String("accessType", &g.AccessType)
		o.String("display", &g.Display)
		o.String("hd", &g.HostedDomain)
		include := true
		o.Bool("includeGrantedScopes", &include)
		g.DisableGrantedScopes = !include
	}),
	"huggingface": alone(provider.HuggingFace),
	"kakao":       alone(provider.Kakao),
	"kick":        alone(provider.Kick),
	"line":        alone(provider.LINE),
	"linear":      alone(provider.Linear),
	"linkedin":    alone(provider.LinkedIn),
	"microsoft": with(provider.Microsoft, func(o strict.Object, m *provider.MicrosoftOptions) {
		o.String("tenantId", &m.TenantID)
		o.String("authority", &m.Authority)
		o.Int("profilePhotoSize", &m.ProfilePhotoSize)
		o.Bool("disableProfilePhoto", &m.DisableProfilePhoto)
	}),
	"naver":  alone(provider.Naver),
	"notion": alone(provider.Notion),
	"paybin": with(provider.Paybin, func(o strict.Object, p *provider.PaybinOptions) { o.String("issuer", &p.Issuer) }),
	"paypal": with(provider.PayPal, func(o strict.Object, p *provider.PayPalOptions) {
		environment := ""
		o.Choice("environment", &environment, "sandbox", "live")
		p.Live = environment == "live"
		o.Any("requestShippingAddress") // better-auth does nothing about it
	}),
	"polar":   alone(provider.Polar),
	"railway": alone(provider.Railway),
	"reddit":  with(provider.Reddit, func(o strict.Object, r *provider.RedditOptions) { o.String("duration", &r.Duration) }),
	"roblox":  alone(provider.Roblox),
	"salesforce": with(provider.Salesforce, func(o strict.Object, s *provider.SalesforceOptions) {
		environment := ""
		o.Choice("environment", &environment, "sandbox", "production")
		s.Sandbox = environment == "sandbox"
		o.String("loginUrl", &s.LoginURL)
	}),
	"slack":   alone(provider.Slack),
	"spotify": alone(provider.Spotify),
	"tiktok":  alone(provider.TikTok),
	"twitch":  with(provider.Twitch, func(o strict.Object, t *provider.TwitchOptions) { o.Strings("claims", &t.Claims) }),
	"twitter": alone(provider.Twitter),
	"vercel": with(provider.Vercel, func(o strict.Object, v *provider.VercelOptions) {
		tokenAuth(o.Object("tokenEndpointAuth"), "method", &v.TokenAuth)
	}),
	"vk": func(o strict.Object, p provider.Options) *provider.Provider {
		o.Any("scheme") // better-auth does nothing about it
		return provider.VK(p)
	},
	"wechat": with(provider.WeChat, func(o strict.Object, w *provider.WeChatOptions) {
		o.Any("platformType") // better-auth does nothing about it
		o.String("lang", &w.Lang)
	}),
	"zoom": with(provider.Zoom, func(o strict.Object, z *provider.ZoomOptions) {
		pkce := true
		o.Bool("pkce", &pkce)
		z.DisablePKCE = !pkce
	}),
}

func tokenAuth(o strict.Object, name string, to *oauth.AuthMethod) {
	method := ""
	o.Choice(name, &method, "client_secret_basic", "client_secret_post", "none")
	switch method {
	case "client_secret_basic":
		*to = oauth.AuthBasic
	case "client_secret_post":
		*to = oauth.AuthPost
	case "none":
		*to = oauth.AuthNone
	}
}

// social returns the plugin: better-auth serves its endpoints always.
func (r reader) social(o strict.Object) core.Plugin {
	var all []*provider.Provider
	for _, id := range o.Names() {
		read := socialProviders[id]
		if read == nil {
			continue // it stays unread, and so is not supported
		}
		own := o.Object(id)
		enabled := true
		own.Bool("enabled", &enabled)
		if one := read(own, r.providerOptions(own)); enabled {
			all = append(all, one)
		}
	}
	return social.New(all...)
}

// textOrList reads a text or a list of texts.
func textOrList(o strict.Object, name string, to *[]string) {
	if o.IsList(name) {
		o.Strings(name, to)
		return
	}
	one := ""
	if o.String(name, &one); one != "" {
		*to = []string{one}
	}
}

func (r reader) providerOptions(o strict.Object) provider.Options {
	var p provider.Options
	var ids []string
	if textOrList(o, "clientId", &ids); len(ids) > 0 {
		p.ClientID, p.OtherClientIDs = ids[0], ids[1:]
	}
	o.String("clientKey", &p.ClientID) // TikTok's name for it
	o.String("clientSecret", &p.ClientSecret)
	o.Strings("scope", &p.Scopes)
	o.Bool("disableDefaultScope", &p.DisableDefaultScope)
	o.String("prompt", &p.Prompt)
	o.String("redirectURI", &p.RedirectURI)
	o.String("authorizationEndpoint", &p.AuthorizationEndpoint)
	o.Bool("disableIdTokenSignIn", &p.DisableIDTokenSignIn)
	o.Bool("disableSignUp", &p.DisableSignUp)
	o.Bool("disableImplicitSignUp", &p.DisableImplicitSignUp)
	o.Bool("overrideUserInfoOnSignIn", &p.OverrideUserInfoOnSignIn)
	o.Bool("requireEmailVerification", &p.RequireEmailVerification)
	if f := r.function(o, "mapProfileToUser"); f != nil {
		p.MapProfile = func(ctx context.Context, profile, user *wire.Object) error {
			v, err := f(ctx, profile)
			if mapped, ok := v.(*wire.Object); ok {
				for name, v := range mapped.All() {
					user.Set(name, v)
				}
			}
			return err
		}
	}
	if f := r.function(o, "getUserInfo"); f != nil {
		p.UserInfo = func(ctx context.Context, _ *oauth.Client, t *oauth.Tokens) (*provider.Identity, error) {
			v, err := f(ctx, tokensObject(t))
			if err != nil {
				return nil, err
			}
			return identityOf(v)
		}
	}
	if f := r.function(o, "verifyIdToken"); f != nil {
		p.VerifyIDToken = func(ctx context.Context, token, nonce string) error {
			args := []any{token}
			if nonce != "" {
				args = append(args, nonce)
			}
			v, err := f(ctx, args...)
			if err == nil && v != true {
				err = errors.New("verifyIdToken refused the token")
			}
			return err
		}
	}
	if f := r.function(o, "refreshAccessToken"); f != nil {
		p.Refresh = func(ctx context.Context, token string) (*oauth.Tokens, error) {
			v, err := f(ctx, token)
			if err != nil {
				return nil, err
			}
			return tokensOf(v)
		}
	}
	return p
}

// identityOf reads {user, data}.
func identityOf(v any) (*provider.Identity, error) {
	o, ok := v.(*wire.Object)
	if !ok {
		return nil, provider.ErrNoUserInfo
	}
	user, _ := o.Get("user")
	data, _ := o.Get("data")
	i := &provider.Identity{}
	if i.User, ok = user.(*wire.Object); !ok {
		return nil, provider.ErrNoUserInfo
	}
	if i.Profile, ok = data.(*wire.Object); !ok {
		i.Profile = wire.NewObject()
	}
	return i, nil
}

// tokensObject are tokens as better-auth's callbacks get them.
func tokensObject(t *oauth.Tokens) *wire.Object {
	o := wire.NewObject()
	text := func(name, v string) {
		if v != "" {
			o.Set(name, v)
		}
	}
	text("tokenType", t.TokenType)
	text("accessToken", t.AccessToken)
	text("refreshToken", t.RefreshToken)
	if !t.AccessTokenExpiresAt.IsZero() {
		o.Set("accessTokenExpiresAt", t.AccessTokenExpiresAt)
	}
	if t.Scopes != nil {
		o.Set("scopes", t.Scopes)
	}
	text("idToken", t.IDToken)
	if t.Raw != nil {
		o.Set("raw", t.Raw)
	}
	return o
}

// tokensOf reads tokens as better-auth's callbacks return them.
func tokensOf(v any) (*oauth.Tokens, error) {
	o, ok := v.(*wire.Object)
	if !ok {
		return nil, fmt.Errorf("a callback returned %T for tokens", v)
	}
	t := &oauth.Tokens{
		TokenType: member(o, "tokenType"), AccessToken: member(o, "accessToken"), RefreshToken: member(o, "refreshToken"), IDToken: member(o, "idToken"),
	}
	scopes, _ := o.Get("scopes")
	t.Scopes = texts(scopes)
	for name, to := range map[string]*time.Time{"accessTokenExpiresAt": &t.AccessTokenExpiresAt, "refreshTokenExpiresAt": &t.RefreshTokenExpiresAt} {
		if s := member(o, name); s != "" {
			at, ok := wire.ParseTime(s)
			if !ok {
				return nil, fmt.Errorf("a callback returned %q for %s", s, name)
			}
			*to = at
		}
	}
	return t, nil
}
