package options

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/ratelimit"
)

// TestDecode decodes one option at a time: each must arrive, and nothing but it.
func TestDecode(t *testing.T) {
	t.Parallel()
	for options, set := range map[string]func(*core.Config){
		`{}`:                              func(*core.Config) {},
		`{"appName":"Acme"}`:              func(c *core.Config) { c.AppName = "Acme" },
		`{"baseURL":"https://a.example"}`: func(c *core.Config) { c.BaseURL = "https://a.example" },
		`{"basePath":"/auth"}`:            func(c *core.Config) { c.BasePath = "/auth" },
		`{"secret":"s"}`:                  func(c *core.Config) { c.Secret = "s" },
		`{"trustedOrigins":["myapp://","*.a.b"]}`: func(c *core.Config) { c.TrustedOrigins = []string{"myapp://", "*.a.b"} },
		`{"disabledPaths":["/ok"]}`:               func(c *core.Config) { c.DisabledPaths = []string{"/ok"} },
		`{"onAPIError":{"errorURL":"/oops"}}`:     func(c *core.Config) { c.Errors.URL = "/oops" },

		`{"emailVerification":{"sendOnSignUp":true}}`:                func(c *core.Config) { c.EmailVerification.SendOnSignUp = core.On },
		`{"emailVerification":{"sendOnSignUp":false}}`:               func(c *core.Config) { c.EmailVerification.SendOnSignUp = core.Off },
		`{"emailVerification":{"sendOnSignIn":true}}`:                func(c *core.Config) { c.EmailVerification.SendOnSignIn = true },
		`{"emailVerification":{"autoSignInAfterVerification":true}}`: func(c *core.Config) { c.EmailVerification.AutoSignIn = true },
		`{"emailVerification":{"expiresIn":60}}`:                     func(c *core.Config) { c.EmailVerification.ExpiresIn = time.Minute },
		`{"emailVerification":{"expiresIn":0}}`:                      func(c *core.Config) { c.EmailVerification.ExpiresIn = -1 },
		`{"user":{"changeEmail":{"enabled":true,"updateEmailWithoutVerification":true}}}`: func(c *core.Config) {
			c.User.ChangeEmail = core.ChangeEmailConfig{Enabled: true, UpdateWithoutVerification: true}
		},
		`{"user":{"deleteUser":{"enabled":true,"deleteTokenExpiresIn":60}}}`: func(c *core.Config) {
			c.User.DeleteUser = core.DeleteUserConfig{Enabled: true, TokenExpiresIn: time.Minute}
		},

		`{"session":{"expiresIn":60}}`:               func(c *core.Config) { c.Session.ExpiresIn = time.Minute },
		`{"session":{"expiresIn":0}}`:                func(*core.Config) {},
		`{"session":{"updateAge":60}}`:               func(c *core.Config) { c.Session.UpdateAge = time.Minute },
		`{"session":{"updateAge":0}}`:                func(c *core.Config) { c.Session.UpdateAge = -1 },
		`{"session":{"freshAge":0.5}}`:               func(c *core.Config) { c.Session.FreshAge = 500 * time.Millisecond },
		`{"session":{"freshAge":0}}`:                 func(c *core.Config) { c.Session.FreshAge = -1 },
		`{"session":{"disableSessionRefresh":true}}`: func(c *core.Config) { c.Session.DisableRefresh = true },

		`{"session":{"deferSessionRefresh":true}}`:           func(c *core.Config) { c.Session.DeferRefresh = true },
		`{"session":{"storeSessionInDatabase":true}}`:        func(c *core.Config) { c.Session.StoreInDatabase = true },
		`{"session":{"preserveSessionInDatabase":true}}`:     func(c *core.Config) { c.Session.PreserveInDatabase = true },
		`{"session":{"cookieCache":{"enabled":true}}}`:       func(c *core.Config) { c.Session.CookieCache.Enabled = true },
		`{"session":{"cookieCache":{"maxAge":60}}}`:          func(c *core.Config) { c.Session.CookieCache.MaxAge = time.Minute },
		`{"session":{"cookieCache":{"strategy":"jwe"}}}`:     func(c *core.Config) { c.Session.CookieCache.Strategy = cache.JWE },
		`{"session":{"cookieCache":{"strategy":"jwt"}}}`:     func(c *core.Config) { c.Session.CookieCache.Strategy = cache.JWT },
		`{"session":{"cookieCache":{"version":"2"}}}`:        func(c *core.Config) { c.Session.CookieCache.Version = "2" },
		`{"session":{"cookieCache":{"refreshCache":false}}}`: func(*core.Config) {},
		`{"verification":{"storeInDatabase":true}}`:          func(c *core.Config) { c.Verification.StoreInDatabase = true },
		`{"verification":{"disableCleanup":true}}`:           func(c *core.Config) { c.Verification.DisableCleanup = true },
		`{"verification":{"storeIdentifier":"plain"}}`:       func(*core.Config) {},

		`{"advanced":{"cookiePrefix":"acme"}}`:             func(c *core.Config) { c.Cookies.Prefix = "acme" },
		`{"advanced":{"useSecureCookies":true}}`:           func(c *core.Config) { c.Cookies.Secure = core.On },
		`{"advanced":{"useSecureCookies":false}}`:          func(c *core.Config) { c.Cookies.Secure = core.Off },
		`{"advanced":{"disableCSRFCheck":true}}`:           func(c *core.Config) { c.DisableCSRFCheck = true },
		`{"advanced":{"disableCSRFCheck":false}}`:          func(c *core.Config) { c.KeepCSRFCheck = true },
		`{"advanced":{"disableOriginCheck":true}}`:         func(c *core.Config) { c.DisableOriginCheck = true },
		`{"advanced":{"disableOriginCheck":["/sign-in"]}}`: func(c *core.Config) { c.OriginCheckExempt = []string{"/sign-in"} },
		`{"advanced":{"skipTrailingSlashes":true}}`:        func(c *core.Config) { c.SkipTrailingSlashes = true },
		`{"advanced":{"crossSubDomainCookies":{"enabled":true,"domain":"a.example"}}}`: func(c *core.Config) {
			c.Cookies.CrossSubDomain, c.Cookies.Domain = true, "a.example"
		},
		`{"advanced":{"crossSubDomainCookies":{"enabled":false,"domain":"a.example"}}}`: func(*core.Config) {},
		`{"advanced":{"ipAddress":{"disableIpTracking":true}}}`:                         func(c *core.Config) { c.ClientIP.Disable = true },
		`{"advanced":{"ipAddress":{"ipAddressHeaders":["x-a"]}}}`:                       func(c *core.Config) { c.ClientIP.Headers = []string{"x-a"} },
		`{"advanced":{"ipAddress":{"trustedProxies":["::1"]}}}`:                         func(c *core.Config) { c.ClientIP.TrustedProxies = []string{"::1"} },
		`{"advanced":{"ipAddress":{"ipv6Subnet":128}}}`:                                 func(c *core.Config) { c.ClientIP.IPv6Subnet = 128 },

		`{"rateLimit":{"enabled":true}}`:                func(c *core.Config) { c.RateLimit.Enabled = core.On },
		`{"rateLimit":{"enabled":false}}`:               func(c *core.Config) { c.RateLimit.Enabled = core.Off },
		`{"rateLimit":{"window":0.5}}`:                  func(c *core.Config) { c.RateLimit.Window = 500 * time.Millisecond },
		`{"rateLimit":{"max":7}}`:                       func(c *core.Config) { c.RateLimit.Max = 7 },
		`{"rateLimit":{"storage":"memory"}}`:            func(c *core.Config) { c.RateLimit.Storage = core.RateLimitMemory },
		`{"rateLimit":{"storage":"database"}}`:          func(c *core.Config) { c.RateLimit.Storage = core.RateLimitDatabase },
		`{"rateLimit":{"storage":"secondary-storage"}}`: func(c *core.Config) { c.RateLimit.Storage = core.RateLimitSecondary },
		`{"rateLimit":{"customRules":{"/b":{"window":60,"max":2},"/a/*":false}}}`: func(c *core.Config) {
			c.RateLimit.Custom = []ratelimit.CustomRule{{Path: "/b", Rule: ratelimit.Rule{Window: time.Minute, Max: 2}}, {Path: "/a/*", Off: true}}
		},

		`{"baseURL":{"allowedHosts":["*.a.example"],"protocol":"auto","fallback":"https://a.example"}}`: func(c *core.Config) {
			c.BaseURLs = core.BaseURLsConfig{AllowedHosts: []string{"*.a.example"}, Protocol: "auto", Fallback: "https://a.example"}
		},
		`{"advanced":{"trustedProxyHeaders":true}}`:                                         func(c *core.Config) { c.TrustProxyHeaders = true },
		`{"advanced":{"crossSubDomainCookies":{"enabled":true,"additionalCookies":["a"]}}}`: func(c *core.Config) { c.Cookies.CrossSubDomain = true },
		`{"onAPIError":{"throw":false}}`:                                                    func(*core.Config) {},

		// There is nothing to do for these.
		`{"telemetry":{"enabled":true,"debug":true}}`:                           func(*core.Config) {},
		`{"logger":{"disabled":true,"disableColors":true,"level":"error"}}`:     func(*core.Config) {},
		`{"session":{"deferSessionRefresh":false}}`:                             func(*core.Config) {},
		`{"session":{"cookieCache":{"enabled":false}}}`:                         func(*core.Config) {},
		`{"advanced":{"skipTrailingSlashes":false,"disableOriginCheck":false}}`: func(*core.Config) {},
	} {
		t.Run(options, func(t *testing.T) {
			t.Parallel()
			var want core.Config
			set(&want)
			got := mustDecode(t, options)
			got.Plugins = nil // email and password is always there
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestDecodeCookies(t *testing.T) {
	t.Parallel()
	got := mustDecode(t, `{"advanced":{
		"defaultCookieAttributes":{"sameSite":"none","partitioned":true,"secure":true,"httpOnly":false,"path":"/a","domain":"a.example"},
		"cookies":{"session_token":{"name":"sid","attributes":{"maxAge":60,"sameSite":"Strict"}}}}}`).Cookies
	yes, no, path, domain, none, strict, minute := true, false, "/a", "a.example", cookie.None, cookie.Strict, cookie.For(time.Minute)
	want := core.CookieConfig{
		Defaults: cookie.Patch{SameSite: &none, Partitioned: &yes, Secure: &yes, HttpOnly: &no, Path: &path, Domain: &domain},
		Overrides: map[string]cookie.Override{
			"session_token": {Name: "sid", Patch: cookie.Patch{MaxAge: &minute, SameSite: &strict}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestDecodeKeepsBase: what the options do not mention is the base's.
func TestDecodeKeepsBase(t *testing.T) {
	t.Parallel()
	doc, err := strict.Parse([]byte(`{"options":{"secret":"theirs"}}`))
	if err != nil {
		t.Fatal(err)
	}
	got := Decode(doc.Root(), core.Config{Secret: "ours", AppName: "Ours", Compat: core.Exact}, nil)
	if got.Secret != "theirs" || got.AppName != "Ours" || got.Compat != core.Exact {
		t.Errorf("got %q %q %v", got.Secret, got.AppName, got.Compat)
	}
}

func TestUnsupported(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`{"options":{"foo":1}}`: {"options.foo"},
		`{"options":{"session":{"foo":{"enabled":true,"maxAge":5}}}}`:                  {"options.session.foo.enabled", "options.session.foo.maxAge"},
		`{"options":{"trustedOrigins":{"$webhook":"http://h"}}}`:                       {"options.trustedOrigins"},
		`{"options":{"advanced":{"cookies":{"a":{"path":"/"}}}}}`:                      {"options.advanced.cookies.a.path"},
		`{"options":{"advanced":{"defaultCookieAttributes":{"sameSite":"x"}}}}`:        {"options.advanced.defaultCookieAttributes.sameSite=x"},
		`{"options":{"emailAndPassword":{"sendResetPassword":{"$record":true}}}}`:      {"options.emailAndPassword.sendResetPassword"},
		`{"options":{"rateLimit":{"storage":"disk"}}}`:                                 {"options.rateLimit.storage=disk"},
		`{"options":{"rateLimit":{"customRules":{"/ok":{"foo":1}}}}}`:                  {"options.rateLimit.customRules./ok.foo"},
		`{"options":{"logger":{"log":{"$record":true}}}}`:                              {"options.logger.log"},
		`{"plugins":[{"id":"magic"}]}`:                                                 {"plugins[0].id=magic"},
		`{"plugins":[{"id":"magic","options":{"a":{"b":1}}}]}`:                         {"plugins[0].id=magic"},
		`{"options":{"emailVerification":{"sendVerificationEmail":{"$record":true}}}}`: {"options.emailVerification.sendVerificationEmail"},
		`{"options":{"user":{"deleteUser":{"later":true}}}}`:                           {"options.user.deleteUser.later"},
		`{"options":{"baseURL":{"allowedHosts":["a"],"foo":1}}}`:                       {"options.baseURL.foo"},
		`{"options":{"baseURL":{"allowedHosts":["a"],"protocol":"ftp"}}}`:              {"options.baseURL.protocol=ftp"},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := decode(t, text, standard())
			wantUnsupported(t, err, want...)
		})
	}
}

func TestMalformed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"options":[]}`:                                     "options",
		`{"options":{"session":5}}`:                          "options.session",
		`{"options":{"session":{"expiresIn":"7d"}}}`:         "options.session.expiresIn",
		`{"options":{"trustedOrigins":"https://a.example"}}`: "options.trustedOrigins",
		`{"options":{"baseURL":1}}`:                          "options.baseURL",
		`{"options":{"advanced":{"useSecureCookies":1}}}`:    "options.advanced.useSecureCookies",
		`{"plugins":{}}`:                                     "plugins",
		`{"plugins":["admin"]}`:                              "plugins[0]",
		`{"plugins":[{"options":{}}]}`:                       "plugins[0].id",
	} {
		_, err := decode(t, text, standard())
		var malformed *strict.MalformedError
		if !errors.As(err, &malformed) || malformed.Path != want {
			t.Errorf("%s: got %v, want a problem with %s", text, err, want)
		}
	}
}
