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
	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/password"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/secret"
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
	// Secrets are several secrets with versions, the current one first: the way to replace a secret without losing what
	// was encrypted with the old one. Secret, if it is set beside them, is the one from before there were versions.
	//
	// What old secrets have signed, session cookies above all, counts until they are removed from here; in Exact it no
	// longer does, as with better-auth. So remove a secret that has leaked.
	Secrets []secret.Key
	// Store keeps the data. It has no default.
	Store store.Store
	// SecondaryStorage, such as Redis, takes what is short-lived off the Store: sessions, verification records and rate
	// limits. The default is none.
	SecondaryStorage storage.Storage
	// Plugins add endpoints, hooks and tables. Their order is the order of their hooks.
	Plugins []Plugin
	// Hooks are the app's own. They run before the plugins'.
	Hooks []Hook
	// DatabaseHooks step in where core writes rows. They run after the plugins'.
	DatabaseHooks DatabaseHooks
	// Schema are tables and columns of the app's own.
	Schema []schema.Extension
	// Rename gives tables and columns, core's or a plugin's, other names in the database. What clients see stays.
	Rename []schema.Rename
	// IDs says how the ids of rows are made. The default is 32 random letters and digits.
	IDs IDConfig
	// ListLimit is how many rows a list has at most, such as a user's sessions. The default is 100.
	ListLimit int

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

	Session      SessionConfig
	Account      AccountConfig
	Verification VerificationConfig
	Cookies      CookieConfig
	Password     PasswordConfig
	ClientIP     ClientIPConfig
	Errors       ErrorPageConfig
	// RateLimit says how often a client may call. Limits are on, unless Development is set.
	RateLimit RateLimitConfig

	// EmailVerification is about proving addresses, User about what people do with their own user.
	EmailVerification EmailVerificationConfig
	User              UserConfig

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
	// Logger gets what clients are not told. The default is slog.Default(). Credentials are never among the attributes,
	// and are taken out of the texts of errors (docs/observability.md).
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
	// DeferRefresh leaves it to POST /get-session to prolong a session: GET changes nothing, says needsRefresh, and the
	// client asks again. For databases that are read from replicas.
	DeferRefresh bool
	// FreshAge is how long after sign-in a session counts as fresh. The default is 1 day; a negative value makes every
	// session fresh.
	FreshAge time.Duration
	// StoreInDatabase keeps sessions in the session table as well, where there is a SecondaryStorage. What the storage
	// has lost is then looked up in the table.
	StoreInDatabase bool
	// PreserveInDatabase, with StoreInDatabase, keeps the rows of sessions that have ended, and never takes a session from
	// them: the table is an archive.
	PreserveInDatabase bool
	// Stateless keeps sessions nowhere but in the client's cookies; the Store has the users. CookieCache is then on, by
	// default encrypted and for as long as ExpiresIn.
	//
	// Nobody can end such a session but its own client: signing out elsewhere, another password, a ban do not reach it
	// before its copy is too old. For apps that can live with that, and for those with a short CookieCache.MaxAge.
	Stateless bool
	// CookieCache keeps a copy of session and user in a cookie, so that most requests need no query.
	CookieCache CookieCacheConfig
}

// AccountConfig says what users may do with their accounts, the ways in which they sign in.
type AccountConfig struct {
	// AllowUnlinkingAll lets a user remove their last account. The default is that one has to stay.
	AllowUnlinkingAll bool
	// Linking says when an account at a provider and a user become one.
	Linking LinkingConfig
	// EncryptOAuthTokens encrypts access and refresh tokens of providers in the database, as better-auth does. Those
	// stored before stay readable.
	EncryptOAuthTokens bool
	// KeepTokens leaves the tokens of an account as they are when its user signs in again. The default is to store the
	// new ones.
	KeepTokens bool
	// StoreAccountCookie gives the client the account that it signed in with as an encrypted cookie, so that
	// /get-access-token works without a database. The cookie lives as long as Session.CookieCache.MaxAge.
	StoreAccountCookie bool
	// StateStorage is where the state of a redirect to a provider is kept. The default is the database or secondary
	// storage, and a cookie where sessions are Stateless.
	StateStorage StateStorage
	// SkipStateCookieCheck takes a state from a browser that did not get it. It allows login CSRF: only for tests.
	SkipStateCookieCheck bool
}

// CookieCacheConfig says whether and how the client keeps a copy of its session. What is in it may be out of date by
// MaxAge: a revoked session stays visible that long, to GET /get-session and to endpoints that only look. Whatever changes
// state or reveals more asks the store.
type CookieCacheConfig struct {
	// Enabled turns the cache on.
	Enabled bool
	// MaxAge is how long a copy counts. The default is 5 minutes.
	MaxAge time.Duration
	// Strategy is the format. The default is cache.Compact, signed; only cache.JWE hides the content from the client.
	Strategy cache.Strategy
	// RefreshAge is how long before a copy is too old it is replaced by a new one, where sessions are Stateless;
	// otherwise the store is asked when it is too old. The default is a fifth of MaxAge.
	RefreshAge time.Duration
	// Version is part of each copy; those of another version do not count. The default is "1".
	Version string
	// VersionFunc makes the version from the session, in the place of Version.
	VersionFunc func(s *model.Session, u *model.User) string
}

// VerificationConfig says how verification records are kept: what links in mails and codes lead to.
type VerificationConfig struct {
	// Identifiers is the form in which identifiers, which hold the secret of a link, are stored. The default is as they
	// are, which is better-auth's; HashIdentifier makes a leaked table useless.
	Identifiers IdentifierFunc
	// Overrides are other forms for identifiers that begin with a prefix, such as "reset-password:". The first that
	// fits counts.
	Overrides []IdentifierOverride
	// StoreInDatabase keeps records in the verification table as well, where there is a SecondaryStorage.
	StoreInDatabase bool
	// DisableCleanup leaves expired records where they are.
	DisableCleanup bool
}

// IdentifierFunc turns the identifier of a verification record into the form in which it is stored. It must give different
// identifiers different forms. Nil keeps them as they are.
type IdentifierFunc func(identifier string) string

// IdentifierOverride is another form for some identifiers.
type IdentifierOverride struct {
	Prefix      string
	Identifiers IdentifierFunc
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
	// Hasher is the hash, such as a [password.Argon2id], or a [password.Import] for users who come from another system.
	// If it has a method Validate() error, New calls it. The default is better-auth's scrypt.
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

// minSecretLength is how many characters a secret has at least.
const minSecretLength = 32

// maxCookieAge is the longest Max-Age that browsers honour and the contract allows.
const maxCookieAge = 400 * 24 * time.Hour

func (c Config) withDefaults() Config {
	setDefault(&c.AppName, "Better Auth")
	setDefault(&c.MaxBodyBytes, 1<<20)
	setDefault(&c.ListLimit, 100)
	setDefault(&c.Session.ExpiresIn, 7*24*time.Hour)
	setDefault(&c.Session.UpdateAge, 24*time.Hour)
	setDefault(&c.Session.FreshAge, 24*time.Hour)
	if s := &c.Session; s.Stateless && !s.CookieCache.Enabled {
		s.CookieCache.Enabled, s.CookieCache.Strategy = true, cache.JWE
		setDefault(&s.CookieCache.MaxAge, s.ExpiresIn)
	}
	if c.Session.Stateless {
		setDefault(&c.Account.StateStorage, StateInCookie)
	}
	setDefault(&c.Account.StateStorage, StateInDatabase)
	setDefault(&c.Session.CookieCache.MaxAge, 5*time.Minute)
	setDefault(&c.Session.CookieCache.RefreshAge, (c.Session.CookieCache.MaxAge / 5).Truncate(time.Second))
	setDefault(&c.Session.CookieCache.Version, "1")
	setDefault(&c.Cookies.Prefix, "better-auth")
	setDefault(&c.StoreTimeout, 4*time.Second)
	setDefault(&c.RateLimit.Recipient, defaultRecipientRule)
	setDefault(&c.ClientIP.IPv6Subnet, 64)
	setDefault(&c.EmailVerification.ExpiresIn, time.Hour)
	setDefault(&c.User.DeleteUser.TokenExpiresIn, 24*time.Hour)
	c.Session.UpdateAge = max(c.Session.UpdateAge, 0)
	c.Session.FreshAge = max(c.Session.FreshAge, 0)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	c.Logger = newRedactor(c.Logger)
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
	case len(c.Secrets) > 0:
		for _, k := range c.Secrets {
			if len(k.Value) < minSecretLength && c.Compat == Hardened {
				problem("Config.Secrets: version %d has %d characters: make one of at least %d with `openssl rand -base64 32`", k.Version, len(k.Value), minSecretLength)
			}
		}
	case c.Secret == "":
		problem("Config.Secret is not set: make one with `openssl rand -base64 32` and keep it out of the code")
	case len(c.Secret) < minSecretLength && c.Compat == Exact:
		c.Logger.Warn("Config.Secret is shorter than 32 characters: make a longer one with `openssl rand -base64 32`")
	case len(c.Secret) < minSecretLength:
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
	if c.Store != nil {
		problems = append(problems, c.IDs.validate(c.Store))
	}
	if c.Session.ExpiresIn < 0 {
		problem("Config.Session.ExpiresIn is negative: leave it out for 7 days")
	}
	if c.Session.ExpiresIn > maxCookieAge && c.Compat == Hardened {
		problem("Config.Session.ExpiresIn is %v: browsers keep a cookie for at most 400 days (9600h)", c.Session.ExpiresIn)
	}
	if c.Session.CookieCache.MaxAge < 0 || c.Session.CookieCache.MaxAge > maxCookieAge {
		problem("Config.Session.CookieCache.MaxAge is %v: leave it out for 5 minutes; cookies live for at most 400 days", c.Session.CookieCache.MaxAge)
	}
	if c.Session.Stateless && (c.Session.StoreInDatabase || c.Session.DeferRefresh) {
		problem("Config.Session.Stateless is set together with StoreInDatabase or DeferRefresh: leave them out, there is no session to store or to prolong")
	}
	if c.Session.StoreInDatabase && c.SecondaryStorage == nil && c.Compat == Hardened {
		problem("Config.Session.StoreInDatabase is set without a SecondaryStorage: leave it out, sessions are in the database then")
	}
	if c.Session.PreserveInDatabase && !c.Session.StoreInDatabase && c.Compat == Hardened {
		problem("Config.Session.PreserveInDatabase is set without StoreInDatabase: set both, with a SecondaryStorage, or neither")
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
	if h, ok := c.Password.Hasher.(interface{ Validate() error }); ok {
		if err := h.Validate(); err != nil {
			problem("Config.Password.Hasher: %w", err)
		}
	}
	if c.ListLimit < 0 {
		problem("Config.ListLimit is negative: leave it out for 100")
	}
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
