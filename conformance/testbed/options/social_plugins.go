package options

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/genericoauth"
	"github.com/cardea-auth/cardea/plugin/oauthpopup"
	"github.com/cardea-auth/cardea/plugin/oauthproxy"
	"github.com/cardea-auth/cardea/plugin/onetap"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

func oneTap(_ reader, o strict.Object) core.Plugin {
	var opts onetap.Options
	o.String("clientId", &opts.ClientID)
	o.Bool("disableSignup", &opts.DisableSignUp)
	return onetap.New(opts)
}

func oauthPopup(reader, strict.Object) core.Plugin { return oauthpopup.New() }

func oauthProxy(_ reader, o strict.Object) core.Plugin {
	var opts oauthproxy.Options
	o.String("productionURL", &opts.ProductionURL)
	o.String("currentURL", &opts.CurrentURL)
	o.Seconds("maxAge", &opts.MaxAge)
	o.String("secret", &opts.Secret)
	return oauthproxy.New(opts)
}

// genericProviders are better-auth's plugin: here they are providers of plugin/social.
type genericProviders []*provider.Provider

func (genericProviders) Manifest() core.Manifest { return core.Manifest{ID: "generic-oauth"} }

func (g genericProviders) SocialProviders() []*provider.Provider { return g }

func (r reader) genericOAuth(o strict.Object) core.Plugin {
	var all genericProviders
	for _, one := range o.Objects("config") {
		all = append(all, r.genericProvider(one).Provider())
	}
	return all
}

func (r reader) genericProvider(o strict.Object) genericoauth.Config {
	var g genericoauth.Config
	o.String("providerId", &g.ProviderID)
	o.String("name", &g.Name)
	o.String("discoveryUrl", &g.DiscoveryURL)
	g.DiscoveryHeader = header(o.Object("discoveryHeaders"))
	o.Bool("requireIdTokenVerification", &g.RequireIDTokenVerification)
	o.String("authorizationUrl", &g.AuthorizationURL)
	o.String("tokenUrl", &g.TokenURL)
	o.String("userInfoUrl", &g.UserInfoURL)
	o.String("endSessionEndpoint", &g.EndSessionURL)
	o.String("postLogoutRedirectURI", &g.PostLogoutRedirectURI)
	o.Bool("disableProviderLogout", &g.DisableProviderLogout)
	o.String("clientId", &g.ClientID)
	o.String("clientSecret", &g.ClientSecret)
	style := ""
	o.Choice("authentication", &style, "basic", "post") // the older way to say it
	g.TokenAuth = map[string]oauth.AuthMethod{"basic": oauth.AuthBasic, "post": oauth.AuthPost}[style]
	tokenAuth(o.Object("tokenEndpointAuth"), "method", &g.TokenAuth)
	o.Strings("scopes", &g.Scopes)
	o.String("redirectURI", &g.RedirectURI)
	o.String("responseType", &g.ResponseType)
	o.String("responseMode", &g.ResponseMode)
	o.String("prompt", &g.Prompt)
	o.String("accessType", &g.AccessType)
	pkce := true
	o.Bool("pkce", &pkce)
	g.DisablePKCE = !pkce
	o.Seconds("accessTokenExpiresIn", &g.AccessTokenExpiresIn)
	o.Bool("disableIdTokenNonceBinding", &g.DisableNonce)
	o.Bool("allowIdpInitiated", &g.AllowIDPInitiated)
	o.Bool("disableSignUp", &g.DisableSignUp)
	o.Bool("disableImplicitSignUp", &g.DisableImplicitSignUp)
	o.Bool("overrideUserInfo", &g.OverrideUserInfo)
	o.Bool("requireEmailVerification", &g.RequireEmailVerification)
	g.AuthorizationParams = params(o.Object("authorizationUrlParams"))
	g.TokenParams = params(o.Object("tokenUrlParams"))
	g.RefreshParams = params(o.Object("refreshTokenParams"))
	r.genericFunctions(o, &g)
	return g
}

func (r reader) genericFunctions(o strict.Object, g *genericoauth.Config) {
	if f := r.function(o, "getToken"); f != nil {
		g.GetToken = func(ctx context.Context, _ *oauth.Client, q provider.ExchangeRequest) (*oauth.Tokens, error) {
			var argument wire.Object
			argument.Set("code", q.Code)
			argument.Set("redirectURI", q.RedirectURI)
			if q.CodeVerifier != "" {
				argument.Set("codeVerifier", q.CodeVerifier)
			}
			v, err := f(ctx, &argument)
			if err != nil {
				return nil, err
			}
			return tokensOf(v)
		}
	}
	if f := r.function(o, "getUserInfo"); f != nil {
		g.GetUserInfo = func(ctx context.Context, _ *oauth.Client, t *oauth.Tokens) (*wire.Object, error) {
			v, err := f(ctx, tokensObject(t))
			profile, _ := v.(*wire.Object)
			return profile, err
		}
	}
	if f := r.function(o, "mapProfileToUser"); f != nil {
		g.MapProfile = func(ctx context.Context, profile, user *wire.Object) error {
			v, err := f(ctx, profile)
			if mapped, ok := v.(*wire.Object); ok {
				for name, v := range mapped.All() {
					user.Set(name, v)
				}
			}
			return err
		}
	}
	if f := r.function(o, "accountSubject"); f != nil {
		g.AccountSubject = func(t *oauth.Tokens, profile *wire.Object) string {
			var argument wire.Object
			argument.Set("tokens", tokensObject(t))
			argument.Set("profile", profile)
			ctx, cancel := context.WithTimeout(context.Background(), callbackTimeout)
			defer cancel()
			v, err := f(ctx, &argument)
			subject, _ := v.(string)
			if err != nil {
				return ""
			}
			return subject
		}
	}
}

// callbackTimeout is for callbacks that get no context.
const callbackTimeout = 10 * time.Second

// params reads an object of texts, in order.
func params(o strict.Object) []oauth.Param {
	var out []oauth.Param
	for _, name := range o.Names() {
		value := ""
		o.String(name, &value)
		out = append(out, oauth.Param{Name: name, Value: value})
	}
	return out
}

func header(o strict.Object) map[string]string {
	out := map[string]string{}
	for _, p := range params(o) {
		out[p.Name] = p.Value
	}
	return out
}
