package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/clientip"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/password"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/core/store"
)

// Compat chooses between our defaults and better-auth's where ours are stricter. Both speak the same wire.
type Compat uint8

const (
	// Hardened is the default.
	Hardened Compat = iota
	// Exact follows better-auth 1.7 where docs/differences.md lists it. Neither reproduces a vulnerability.
	Exact
)

// Config is everything an Auth needs. BaseURL, Secret and Store are mandatory; the zero value of every other field is
// the default.
type Config struct {
	// AppName is shown to people: in mails, in authenticator apps. The default is "Better Auth", as upstream's.
	AppName string
	// BaseURL is where clients reach this server: "https://example.com", or with a path that is then the base path. In
	// Development it may be empty: then it is the host of the request, if that is this machine.
	BaseURL string
	// BaseURLs takes the place of BaseURL where clients reach this server under several hosts.
	BaseURLs BaseURLsConfig
	// TrustProxyHeaders lets X-Forwarded-Host and X-Forwarded-Proto say where a request was sent to: which of BaseURLs it
	// is, and what the origin of a sandboxed page is. It counts only for requests from ClientIP.TrustedProxies; in Exact
	// for all. The proxies must set both headers themselves.
	TrustProxyHeaders bool
	// BasePath is the path under which the endpoints are served, if BaseURL has none. The default is "/api/auth".
	BasePath string
	// Secret signs cookies and encrypts what is stored encrypted. It has at least 32 characters, from a random source,
	// and is the same on every server. `openssl rand -base64 32` makes one. It has no default.
	Secret string
	// Store keeps the data. It has no default.
	Store store.Store
	// SecondaryStorage, such as Redis, takes what is short-lived off the Store: sessions, verification records and rate
	// limits. The default is none.
	SecondaryStorage storage.Storage
	// Plugins add endpoints, hooks and tables. Their order is the order of their hooks.
	Plugins []Plugin
	// Hooks are the app's own. They run before the plugins'.
	Hooks []Hook
	// Schema are tables and columns of the app's own.
	Schema []schema.Extension

	// TrustedOrigins are origins besides BaseURL's that may send requests with cookies and be redirected to:
	// "https://app.example.com", "https://*.example.com", "*.example.com", "myapp://". See package origin for the
	// patterns.
	TrustedOrigins []string
	// TrustedOriginsFunc returns more of them for one request, patterns as above. It is asked where the others do not
	// trust a URL, at most once in a request; r is nil in process, and its body is not to be read. If it fails, so does
	// the request. The default is none.
	TrustedOriginsFunc func(ctx context.Context, r *http.Request) ([]string, error)
	// DisabledPaths are endpoints that answer 404, such as "/sign-up/email".
	DisabledPaths []string
	// SkipTrailingSlashes takes "/ok/" for "/ok". The default is that it is another path, and 404.
	SkipTrailingSlashes bool
	// DisableCSRFCheck turns the check of the Origin header off. Only for servers that no browser reaches.
	DisableCSRFCheck bool
	// DisableOriginCheck lets callback URLs lead anywhere; the check of the Origin header goes with it, unless
	// KeepCSRFCheck is set. Only for tests.
	DisableOriginCheck bool
	// OriginCheckExempt are endpoints, and everything below them, for which neither is checked: "/callback". Only for
	// those that other sites have to call.
	OriginCheckExempt []string
	// KeepCSRFCheck keeps the check of the Origin header where DisableOriginCheck is set.
	KeepCSRFCheck bool
	// MaxBodyBytes limits request bodies. The default is 1 MiB.
	MaxBodyBytes int64

	Session  SessionConfig
	Cookies  CookieConfig
	Password PasswordConfig
	ClientIP ClientIPConfig
	Errors   ErrorPageConfig
	// RateLimit says how often a client may call. Limits are on, unless Development is set.
	RateLimit RateLimitConfig

	// Compat chooses between our defaults and better-auth's. The default is Hardened.
	Compat Compat
	// Development relaxes what would be in the way on a developer's machine: BaseURL may be empty, cookies need not be
	// secure, /error shows a page, rate limits are off. The default is production.
	Development bool

	// StoreTimeout limits each call of the store and each count of a request, so that a dead database is an answer rather
	// than a hang. The default is 4 s; negative is no limit.
	StoreTimeout time.Duration
	// Now is the clock. The default is time.Now.
	Now func() time.Time
	// HTTPClient makes the requests to the outside. The default has a timeout of 10 s and follows no redirects.
	HTTPClient *http.Client
	// Logger gets what clients are not told. The default is slog.Default(). Secrets are never among the attributes.
	Logger *slog.Logger
	// Background runs work that must not delay an answer, such as sending a mail. fn gets a context that outlives the
	// request. The default runs each in a goroutine that Auth.Close waits for.
	Background func(fn func())
}

// SessionConfig says how long sessions live.
type SessionConfig struct {
	// ExpiresIn is the lifetime of a session since it was made or last prolonged. The default is 7 days, the most 400
	// days, which is what browsers keep a cookie for.
	ExpiresIn time.Duration
	// UpdateAge is how old a session is when using it prolongs it. The default is 1 day; a negative value prolongs at
	// every use.
	UpdateAge time.Duration
	// DisableRefresh never prolongs a session.
	DisableRefresh bool
	// FreshAge is how long after sign-in a session counts as fresh. The default is 1 day; a negative value makes every
	// session fresh.
	FreshAge time.Duration
}

// CookieConfig names the cookies and says where they go.
type CookieConfig struct {
	// Prefix is the first part of cookie names. The default is "better-auth".
	Prefix string
	// Secure forces the Secure attribute and the __Secure- prefix on or off. The default is on, unless BaseURL is plain
	// http on this machine or Development is set. With BaseURLs it depends on that of the request.
	Secure Switch
	// CrossSubDomain sends the cookies to all subdomains of Domain.
	CrossSubDomain bool
	// Domain is the Domain attribute for CrossSubDomain. The default is BaseURL's host, or that of the request where there
	// are BaseURLs.
	Domain string
	// Defaults change the attributes of all cookies: Path=/, HttpOnly, SameSite=Lax.
	Defaults cookie.Patch
	// Overrides change name or attributes of single cookies, by key: "session_token", "dont_remember".
	Overrides map[string]cookie.Override
}

// Switch is a setting that has a default of its own besides on and off.
type Switch uint8

// The positions of a Switch.
const (
	Default Switch = iota
	On
	Off
)

// PasswordConfig says how passwords are hashed, for every plugin that has to do with them.
type PasswordConfig struct {
	// Hasher is the hash. The default is better-auth's scrypt.
	Hasher password.Hasher
	// Limits bound how many hashes run at once and how long others wait; over that, clients get 503.
	Limits password.Limits
}

// ClientIPConfig says where the client's address comes from.
type ClientIPConfig struct {
	// Disable keeps addresses out of sessions and rate limits: all clients then share their limits. In Exact there are
	// no limits then.
	Disable bool
	// Headers are the headers that carry the address, in order. The default is X-Forwarded-For. They count only behind
	// TrustedProxies; in Exact also without.
	Headers []string
	// TrustedProxies are addresses or CIDR ranges of proxies in front of this server. The default is none: the client
	// is whoever the connection comes from.
	TrustedProxies []string
	// IPv6Subnet is how many bits of an IPv6 address count. The default is 64.
	IPv6Subnet int
}

// ErrorPageConfig says what /error does, where failed redirects end.
type ErrorPageConfig struct {
	// URL is a page of the app's own to redirect to. The default is a built-in page in Development, and "/" otherwise.
	URL string
	// ShowPage shows the built-in page also outside of Development.
	ShowPage bool
}

// maxCookieAge is the longest Max-Age that browsers honour and the contract allows.
const maxCookieAge = 400 * 24 * time.Hour

func (c Config) withDefaults() Config {
	setDefault(&c.AppName, "Better Auth")
	setDefault(&c.MaxBodyBytes, 1<<20)
	setDefault(&c.Session.ExpiresIn, 7*24*time.Hour)
	setDefault(&c.Session.UpdateAge, 24*time.Hour)
	setDefault(&c.Session.FreshAge, 24*time.Hour)
	setDefault(&c.Cookies.Prefix, "better-auth")
	setDefault(&c.StoreTimeout, 4*time.Second)
	setDefault(&c.RateLimit.Recipient, defaultRecipientRule)
	setDefault(&c.ClientIP.IPv6Subnet, 64)
	c.Session.UpdateAge = max(c.Session.UpdateAge, 0)
	c.Session.FreshAge = max(c.Session.FreshAge, 0)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Password.Hasher == nil {
		c.Password.Hasher = new(password.Scrypt)
	}
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{
			Timeout:       10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// validate reports everything that is wrong, each in words that say what to do.
func (c *Config) validate(base origin.Base, baseErr error) error {
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }

	if c.Store == nil {
		problem("Config.Store is not set: give it a store, such as memorystore.New() to try things out or bunstore.New(db)")
	}
	switch {
	case c.Secret == "":
		problem("Config.Secret is not set: make one with `openssl rand -base64 32` and keep it out of the code")
	case len(c.Secret) < 32 && c.Compat == Exact:
		c.Logger.Warn("Config.Secret is shorter than 32 characters: make a longer one with `openssl rand -base64 32`")
	case len(c.Secret) < 32:
		problem("Config.Secret has %d characters: make one of at least 32 with `openssl rand -base64 32`", len(c.Secret))
	}
	switch {
	case c.BaseURL != "" && c.BaseURLs.set():
		problem("both Config.BaseURL and Config.BaseURLs are set: leave one of them out")
	case c.BaseURLs.set():
		c.validateHosts(problem)
	case c.BaseURL == "" && !c.Development:
		problem("Config.BaseURL is not set: say where clients reach this server, such as https://example.com, or set Config.Development")
	case baseErr != nil:
		problem("Config.BaseURL or Config.BasePath: %w", baseErr)
	case c.BaseURL != "" && c.Cookies.Secure == On && base.Scheme() == "http" && !c.Development && !origin.Loopback(base.Host()) && c.Compat == Hardened:
		problem("Config.Cookies.Secure is on but Config.BaseURL is %q: browsers would drop the cookies; use https, or set Secure off", c.BaseURL)
	case c.BaseURL != "" && c.Cookies.Secure == Default && base.Scheme() == "http" && !c.Development && !origin.Loopback(base.Host()) && c.Compat == Hardened:
		problem("Config.BaseURL is plain http on a public host (%q): passwords and cookies would travel in the clear; use https, or set Config.Development", c.BaseURL)
	}
	if c.Session.ExpiresIn < 0 {
		problem("Config.Session.ExpiresIn is negative: leave it out for 7 days")
	}
	if c.Session.ExpiresIn > maxCookieAge && c.Compat == Hardened {
		problem("Config.Session.ExpiresIn is %v: browsers keep a cookie for at most 400 days (9600h)", c.Session.ExpiresIn)
	}
	if c.Cookies.Domain != "" && !c.Cookies.CrossSubDomain {
		problem("Config.Cookies.Domain is set without CrossSubDomain: set both, or neither")
	}
	if c.Cookies.CrossSubDomain && c.Cookies.Domain == "" && c.BaseURL == "" && !c.BaseURLs.set() {
		problem("Config.Cookies.CrossSubDomain needs a Domain, or a BaseURL to take it from")
	}
	for _, p := range c.DisabledPaths {
		if !strings.HasPrefix(p, "/") {
			problem("Config.DisabledPaths has %q: paths begin with a slash and leave the base path out", p)
		}
	}
	if u := c.Errors.URL; u != "" && !origin.SafeRelative(u) {
		if parsed, err := origin.Parse(u); err != nil || parsed.Scheme != "https" && parsed.Scheme != "http" {
			problem("Config.Errors.URL is %q: give it a path on this origin or an https URL", u)
		}
	}
	c.RateLimit.validate(c.SecondaryStorage != nil, problem)
	if c.MaxBodyBytes < 0 {
		problem("Config.MaxBodyBytes is negative: leave it out for 1 MiB")
	}
	return errors.Join(problems...)
}

// validateHosts refuses what would make Config.BaseURLs trust everybody, or everything go in the clear.
func (c *Config) validateHosts(problem func(format string, args ...any)) {
	if c.Compat == Exact || c.Development {
		return
	}
	for _, host := range c.BaseURLs.AllowedHosts {
		_, name, found := strings.Cut(host, "://")
		if !found {
			name = host
		}
		if strings.Trim(name, "*?.:/") == "" && host != "" {
			problem("Config.BaseURLs.AllowedHosts has %q: every request would say where this server is; name your hosts, such as *.example.com", host)
		} else if c.BaseURLs.Protocol == "http" && c.Cookies.Secure == Default && !origin.Loopback(name) {
			problem("Config.BaseURLs is plain http on a public host (%q): passwords and cookies would travel in the clear; use https, or set Config.Development", host)
		}
	}
}

func (c *Config) clientIPOptions() clientip.Options {
	return clientip.Options{
		Disabled:       c.ClientIP.Disable,
		Headers:        c.ClientIP.Headers,
		TrustedProxies: c.ClientIP.TrustedProxies,
		IPv6Subnet:     c.ClientIP.IPv6Subnet,
		Exact:          c.Compat == Exact,
		Development:    c.Development,
	}
}
