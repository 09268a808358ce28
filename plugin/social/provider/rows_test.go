package provider_test

import (
	"context"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/recorded"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// rows has a constructor for each provider of the contract. x are better-auth's options, of which the constructor takes the
// provider's own.
var rows = map[string]func(o provider.Options, x *wire.Object) *provider.Provider{
	"apple": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.Apple(o, provider.AppleOptions{Audience: recorded.Texts(x, "audience"), AppBundleIdentifier: recorded.Text(x, "appBundleIdentifier")})
	},
	"atlassian": plain(provider.Atlassian),
	"cloudflare": func(o provider.Options, x *wire.Object) *provider.Provider {
		method := recorded.Text(x, "tokenEndpointAuth", "method") + recorded.Text(x, "tokenEndpointAuthMethod")
		return provider.Cloudflare(o, provider.CloudflareOptions{TokenAuth: oauth.AuthMethod(method)})
	},
	"cognito": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.Cognito(o, provider.CognitoOptions{
			Domain: recorded.Text(x, "domain"), Region: recorded.Text(x, "region"), UserPoolID: recorded.Text(x, "userPoolId"),
			RequireClientSecret: is(x, "requireClientSecret", true), IdentityProvider: recorded.Text(x, "identityProvider"),
		})
	},
	"discord": func(o provider.Options, x *wire.Object) *provider.Provider {
		var special provider.DiscordOptions
		if f, ok := recorded.Value(x, "permissions").(float64); ok {
			n := uint64(f)
			special.Permissions = &n
		}
		return provider.Discord(o, special)
	},
	"dropbox": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.Dropbox(o, provider.DropboxOptions{AccessType: recorded.Text(x, "accessType")})
	},
	"facebook": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.Facebook(o, provider.FacebookOptions{Fields: recorded.Texts(x, "fields"), ConfigID: recorded.Text(x, "configId")})
	},
	"figma":  plain(provider.Figma),
	"github": plain(provider.GitHub),
	"gitlab": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.GitLab(o, provider.GitLabOptions{Issuer: recorded.Text(x, "issuer")})
	},
	"google": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.Google(o, provider.GoogleOptions{
			AccessType: recorded.Text(x, "accessType"), Display: recorded.Text(x, "display"), HostedDomain: recorded.Text(x, "hd"),
			DisableGrantedScopes: is(x, "includeGrantedScopes", false),
		})
	},
	"huggingface": plain(provider.HuggingFace),
	"kakao":       plain(provider.Kakao),
	"kick":        plain(provider.Kick),
	"line":        plain(provider.LINE),
	"linear":      plain(provider.Linear),
	"linkedin":    plain(provider.LinkedIn),
	"microsoft": func(o provider.Options, x *wire.Object) *provider.Provider {
		size, _ := recorded.Value(x, "profilePhotoSize").(float64)
		return provider.Microsoft(o, provider.MicrosoftOptions{
			TenantID: recorded.Text(x, "tenantId"), Authority: recorded.Text(x, "authority"),
			ProfilePhotoSize: int(size), DisableProfilePhoto: is(x, "disableProfilePhoto", true),
		})
	},
	"naver":  plain(provider.Naver),
	"notion": plain(provider.Notion),
	"paybin": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.Paybin(o, provider.PaybinOptions{Issuer: recorded.Text(x, "issuer")})
	},
	"paypal": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.PayPal(o, provider.PayPalOptions{Live: is(x, "environment", "live")})
	},
	"polar":   plain(provider.Polar),
	"railway": plain(provider.Railway),
	"reddit": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.Reddit(o, provider.RedditOptions{Duration: recorded.Text(x, "duration")})
	},
	"roblox": plain(provider.Roblox),
	"salesforce": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.Salesforce(o, provider.SalesforceOptions{Sandbox: is(x, "environment", "sandbox"), LoginURL: recorded.Text(x, "loginUrl")})
	},
	"slack":   plain(provider.Slack),
	"spotify": plain(provider.Spotify),
	"tiktok": func(o provider.Options, x *wire.Object) *provider.Provider {
		o.ClientID = recorded.Text(x, "clientKey")
		return provider.TikTok(o)
	},
	"twitch": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.Twitch(o, provider.TwitchOptions{Claims: recorded.Texts(x, "claims")})
	},
	"twitter": plain(provider.Twitter),
	"vercel": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.Vercel(o, provider.VercelOptions{TokenAuth: oauth.AuthMethod(recorded.Text(x, "tokenEndpointAuth", "method"))})
	},
	"vk": plain(provider.VK),
	"wechat": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.WeChat(o, provider.WeChatOptions{Lang: recorded.Text(x, "lang")})
	},
	"zoom": func(o provider.Options, x *wire.Object) *provider.Provider {
		return provider.Zoom(o, provider.ZoomOptions{DisablePKCE: is(x, "pkce", false)})
	},
}

func plain(f func(provider.Options) *provider.Provider) func(provider.Options, *wire.Object) *provider.Provider {
	return func(o provider.Options, _ *wire.Object) *provider.Provider { return f(o) }
}

// build makes a provider of better-auth's options, which say what differs from the usual ones; null is absent.
func build(id string, x *wire.Object, change ...func(*provider.Options)) *provider.Provider {
	o := provider.Options{ClientID: "CLIENT_ID", ClientSecret: "CLIENT SECRET:ü"}
	if v, ok := x.Get("clientId"); ok {
		o.ClientID, _ = v.(string)
	}
	if ids := recorded.Texts(x, "clientId"); len(ids) > 0 {
		o.ClientID, o.OtherClientIDs = ids[0], ids[1:]
	}
	if v, ok := x.Get("clientSecret"); ok {
		o.ClientSecret, _ = v.(string)
	}
	o.Scopes = recorded.Texts(x, "scope")
	o.DisableDefaultScope = is(x, "disableDefaultScope", true)
	o.Prompt = recorded.Text(x, "prompt")
	o.RedirectURI = recorded.Text(x, "redirectURI")
	o.AuthorizationEndpoint = recorded.Text(x, "authorizationEndpoint")
	for _, f := range change {
		f(&o)
	}
	return rows[id](o, x)
}

func is(o *wire.Object, name string, want any) bool { return recorded.Value(o, name) == want }

// mapped is a MapProfile that sets members.
func mapped(members *wire.Object) func(context.Context, *wire.Object, *wire.Object) error {
	return func(_ context.Context, _, user *wire.Object) error {
		for k, v := range members.All() {
			user.Set(k, v)
		}
		return nil
	}
}
