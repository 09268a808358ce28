package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/clientip"
	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/password"
	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/core/store"
)

// Auth is one installation. It is made by [New] and safe for concurrent use.
type Auth struct {
	config   Config
	site     site          // without Config.BaseURLs that of all requests; with them the fallback's
	hosts    *origin.Hosts // nil without Config.BaseURLs
	trusted  *origin.List
	keys     *secret.Keyring
	store    store.Store
	schema   *schema.Schema
	tables   tables
	registry *registry
	signIn   []SignInStep
	// checkPassword is that of the plugin that knows passwords, or nil.
	checkPassword func(ctx context.Context, x *Exchange, userID, pw string) error
	// checkNewPassword are those of all plugins.
	checkNewPassword []func(ctx context.Context, x *Exchange, pw string) error
	// void and fixed are the plugins' SessionRules.
	void  []func(s *ActiveSession) bool
	fixed []func(s *model.Session) bool
	// userKinds are the beginnings of identifiers of verification records whose value is a user's id.
	userKinds []string
	// listeners are told of events.
	listeners listeners
	hooks     dataHooks
	http      httpHooks
	calls     callHooks
	storage   storage.Storage // nil without secondary storage
	sessions  sessionPlace
	records   verificationPlace
	cache     *cache.Codec // nil without a cookie cache
	// accountCache is nil without a cookie for the account.
	accountCache *cache.AccountCodec
	// observers are told of calls.
	observers []Observer
	disabled  map[string]bool
	// extraUserColumns are those of the user table that are not core's, without the id.
	extraUserColumns []schema.Column
	// extraSessionColumns are those of the session table.
	extraSessionColumns []schema.Column
	// columns is store once more: what does to records as their columns say.
	columns      *columnStore
	makeID       func(table string) string
	clientIP     *clientip.Resolver
	hasher       password.Hasher
	limiter      *ratelimit.Limiter // nil where limits are off
	recipientKey []byte             // makes the names under which mails are counted
	tasks        tasks
	closers      []namedCloser // in order of Init
}

// tables are the ones that core itself uses, found once.
type tables struct {
	user, session *schema.Table
	// readUser and readSession are the same for values that went through the columns' output transforms already.
	readUser, readSession *schema.Table
	accounts              *store.Rows[model.Account]
	verifications         *store.Rows[model.Verification]
	login                 *store.Join // session by token, with its user
	owner                 *store.Join // account by the identity at a provider, with its user
}

// owner is core, the app or a plugin, with what it adds.
type owner struct {
	name     string
	manifest Manifest
}

// ownerConfig is the app.
const ownerConfig = "Config"

type namedCloser struct {
	name  string
	close func(context.Context) error
}

// New checks the configuration, puts core, plugins and schema together and runs the plugins' Init. It reports all
// problems at once, in words that say what to do. It starts nothing: what New returned needs no Close if it is dropped.
func New(c Config) (*Auth, error) {
	c = c.withDefaults()
	base, baseErr := origin.NewBase(c.BaseURL, c.BasePath)
	a := &Auth{config: c, site: site{base: base}, disabled: map[string]bool{}, userKinds: []string{ResetPasswordPrefix, deleteAccountPrefix}}
	if err := a.build(baseErr); err != nil {
		return nil, fmt.Errorf("cardea: the configuration is not usable:\n%w", bulleted(err))
	}
	if err := a.start(); err != nil {
		return nil, fmt.Errorf("cardea: %w", err)
	}
	return a, nil
}

// build does all that needs no I/O and collects what is wrong with it.
func (a *Auth) build(baseErr error) error {
	c := &a.config
	problems := []error{c.validate(a.site.base, baseErr)}

	owners, err := collect(c)
	problems = append(problems, err)

	a.registry, err = newRegistry(owners)
	problems = append(problems, err)

	a.listeners = newListeners(owners)
	a.hooks, a.http = newDataHooks(c, owners), newHTTPHooks(owners)
	a.calls = newCallHooks(owners)
	a.observers = newObservers(owners)

	sources := make([]schema.Source, 0, len(owners))
	for _, o := range owners {
		sources = append(sources, schema.Source{Owner: o.name, Extensions: o.manifest.Schema, Rename: o.manifest.Rename})
		a.signIn = append(a.signIn, o.manifest.SignIn...)
		a.userKinds = append(a.userKinds, o.manifest.UserVerifications...)
		if a.checkPassword == nil {
			a.checkPassword = o.manifest.CheckPassword
		}
		if check := o.manifest.CheckNewPassword; check != nil {
			a.checkNewPassword = append(a.checkNewPassword, check)
		}
		if void := o.manifest.Sessions.Void; void != nil {
			a.void = append(a.void, void)
		}
		if fixed := o.manifest.Sessions.Fixed; fixed != nil {
			a.fixed = append(a.fixed, fixed)
		}
	}
	app := slices.IndexFunc(sources, func(s schema.Source) bool { return s.Owner == ownerConfig })
	sources = append(slices.Delete(slices.Clone(sources), app, app+1), sources[app]) // its columns come last in JSON
	a.schema, err = schema.MergeWith(c.IDs.Kind, sources...)
	problems = append(problems, err)

	a.clientIP, err = clientip.New(c.clientIPOptions())
	problems = append(problems, err)

	rules, err := a.rateLimitRules(owners)
	problems = append(problems, err)

	patterns := c.TrustedOrigins
	if c.BaseURL != "" && baseErr == nil {
		patterns = slices.Concat([]string{a.site.base.Origin()}, patterns)
	}
	a.hosts, err = c.newHosts()
	problems = append(problems, err)
	if a.hosts != nil {
		patterns = slices.Concat(a.hosts.TrustedOrigins(), patterns)
	}
	a.trusted, err = origin.NewList(patterns)
	problems = append(problems, err)

	a.keys, err = newKeyring(c)
	problems = append(problems, err)
	if err := errors.Join(problems...); err != nil {
		return err
	}
	return a.assemble(rules)
}

// assemble makes what the rest is made of, from a configuration that is usable.
func (a *Auth) assemble(rules *ratelimit.Rules) (err error) {
	c := &a.config
	for _, advice := range a.trusted.Advice() {
		c.Logger.Warn("Config.TrustedOrigins: " + advice)
	}
	for _, p := range c.DisabledPaths {
		a.disabled[strings.TrimRight(p, "/")] = true
	}
	if a.hosts != nil && a.hosts.Fallback().Scheme() != "" {
		a.site.base = a.hosts.Fallback()
	}
	a.site.cookies = newCookieSet(c, a.site.base)
	if a.hosts != nil && c.fixedCookies() { // what the fallback is has no say in it
		a.site.cookies = newCookieSet(c, origin.Base{})
	}
	if c.TrustProxyHeaders && c.Compat == Hardened && len(c.ClientIP.TrustedProxies) == 0 {
		c.Logger.Warn("Config.TrustProxyHeaders has no effect: name the proxies in Config.ClientIP.TrustedProxies")
	}
	a.makeID = c.IDs.generator(c.Store)
	a.columns = newColumnStore(withTimeout(c.Store, c.StoreTimeout), a.schema, a.makeID, a.Now)
	a.store = a.columns
	a.hasher = password.Bounded(c.Password.Hasher, c.Password.Limits)
	a.tasks.run = c.Background
	a.extraUserColumns = model.ExtraUserColumns(a.schema)
	a.extraSessionColumns = model.ExtraSessionColumns(a.schema)
	user, session := a.schema.Table(model.UserTable), a.schema.Table(model.SessionTable)
	a.tables = tables{
		user:          user,
		session:       session,
		readUser:      withoutTransforms(user),
		readSession:   withoutTransforms(session),
		accounts:      store.NewRows[model.Account](a.schema.Table(model.AccountTable)),
		verifications: store.NewRows[model.Verification](a.schema.Table(model.VerificationTable)),
		login:         &store.Join{Left: session, Right: user, Key: "token", On: "userId"},
		owner:         &store.Join{Left: a.schema.Table(model.AccountTable), Right: user, Key: "accountId", And: "providerId", On: "userId"},
	}
	a.storage = withStorageTimeout(c.SecondaryStorage, c.StoreTimeout)
	a.sessions, a.records = a.newSessionPlace(), a.newVerificationPlace()
	a.limiter = a.newLimiter(rules)
	a.recipientKey = a.keys.Derive("rate-limit/recipient", 32)
	if c.Account.StoreAccountCookie {
		a.accountCache = cache.NewAccount(a.keys)
	}
	if c.Session.CookieCache.Enabled {
		a.cache, err = cache.New(a.keys, cache.Config{Strategy: c.Session.CookieCache.Strategy, Schema: a.schema})
	}
	return err
}

// newKeyring returns nil if there is no secret at all, which validate complains about.
func newKeyring(c *Config) (*secret.Keyring, error) {
	switch {
	case len(c.Secrets) > 0:
		keys, err := secret.NewRotating(c.Secrets, c.Secret)
		if err != nil {
			return nil, fmt.Errorf("Config.Secrets: %w", err)
		}
		if c.Compat == Hardened {
			keys = keys.AcceptRetired()
		}
		return keys, nil
	case c.Secret != "":
		return secret.New(c.Secret)
	default:
		return nil, nil
	}
}

// withoutTransforms returns the table without what its columns do to values that are read; t itself if they do nothing.
func withoutTransforms(t *schema.Table) *schema.Table {
	transforms := func(c schema.Column) bool { return c.Transform.Output != nil }
	if !slices.ContainsFunc(t.Columns, transforms) {
		return t
	}
	plain := *t
	plain.Columns = slices.Clone(t.Columns)
	for i := range plain.Columns {
		plain.Columns[i].Transform.Output = nil
	}
	return &plain
}

// collect reads the manifests: core's, the app's, the plugins'.
func collect(c *Config) ([]owner, error) {
	owners := []owner{
		{"core", Manifest{ID: "core", Endpoints: coreEndpoints(), Schema: coreSchema(c)}},
		{ownerConfig, Manifest{Hooks: c.Hooks, Schema: c.Schema, Rename: c.Rename}},
	}
	var problems []error
	ids := map[string]bool{}
	for i, p := range c.Plugins {
		if p == nil {
			problems = append(problems, fmt.Errorf("Config.Plugins[%d] is nil: remove it", i))
			continue
		}
		m := p.Manifest()
		switch {
		case m.ID == "":
			problems = append(problems, fmt.Errorf("Config.Plugins[%d] (%T) has no id: set Manifest.ID", i, p))
		case ids[m.ID]:
			problems = append(problems, fmt.Errorf("the plugin %q is in Config.Plugins twice: remove one", m.ID))
		}
		ids[m.ID] = true
		owners = append(owners, owner{"plugin " + m.ID, m})
	}
	for _, o := range owners {
		for _, id := range o.manifest.Requires {
			if !ids[id] {
				problems = append(problems, fmt.Errorf("%s needs the plugin %q: add it to Config.Plugins", o.name, id))
			}
		}
	}
	return owners, errors.Join(problems...)
}

// checkTimeout limits the store's own check in New.
const checkTimeout = 5 * time.Second

// start asks the store whether it is usable and runs the plugins' Init.
func (a *Auth) start() error {
	ctx := context.Background()
	if checker, ok := a.config.Store.(store.Checker); ok {
		checkCtx, cancel := context.WithTimeout(ctx, checkTimeout)
		err := checker.Check(checkCtx)
		cancel()
		if errors.Is(err, store.ErrMisconfigured) {
			return err
		}
		if err != nil { // the database may come back; the app should not need a restart then
			a.config.Logger.Warn("the database could not be checked", "error", err)
		}
	}
	for _, p := range a.config.Plugins {
		m := p.Manifest()
		if m.Init != nil {
			if err := m.Init(ctx, a); err != nil {
				return errors.Join(fmt.Errorf("plugin %s: %w", m.ID, err), a.Close(ctx))
			}
		}
		if m.Close != nil {
			a.closers = append(a.closers, namedCloser{m.ID, m.Close})
		}
	}
	return nil
}

// Close waits for background work until ctx ends, then closes the plugins in reverse order. The store is the caller's to
// close, afterwards. Requests must have stopped.
func (a *Auth) Close(ctx context.Context) error {
	problems := []error{a.tasks.wait(ctx)}
	for _, c := range slices.Backward(a.closers) {
		if err := c.close(ctx); err != nil {
			problems = append(problems, fmt.Errorf("cardea: plugin %s: %w", c.name, err))
		}
	}
	a.closers = nil
	return errors.Join(problems...)
}

// Config returns the configuration with defaults filled in. Its secrets are left out.
func (a *Auth) Config() Config {
	c := a.config
	c.Secret, c.Secrets = "", nil
	return c
}

// Hardened reports whether our own rules hold where they are stricter than better-auth's (Config.Compat).
func (a *Auth) Hardened() bool { return a.config.Compat == Hardened }

// Now returns the installation's time, in UTC and whole milliseconds.
func (a *Auth) Now() time.Time { return schema.Milliseconds(a.config.Now()) }

// Store returns the store, with the configured timeout on every call. Records that are written through it get what the
// definitions of their columns say: an id if they have none, defaults, transforms.
func (a *Auth) Store() store.Store { return a.store }

// Schema returns the merged schema.
func (a *Auth) Schema() *schema.Schema { return a.schema }

// Keys returns the keys made from the secret.
func (a *Auth) Keys() *secret.Keyring { return a.keys }

// Hasher returns the password hasher, bounded: [password.ErrBusy] says that all slots stayed taken.
func (a *Auth) Hasher() password.Hasher { return a.hasher }

// BasePath returns the path under which the endpoints are served, such as "/api/auth", or "" for the root.
func (a *Auth) BasePath() string { return a.site.base.Path() }

// BaseURL returns the URL under which clients reach the endpoints, such as "https://example.com/api/auth"; with
// Config.BaseURLs the fallback's. It is "" if it is only known per request: see [Exchange.BaseURL].
func (a *Auth) BaseURL() string { return a.site.base.URL() }

// TrustedRedirect reports whether a client may be sent to target: a safe path on this origin, or a trusted origin. It
// knows what is in the configuration; in a call ask [Exchange.TrustedRedirect], which knows all.
func (a *Auth) TrustedRedirect(target string) bool {
	return a.config.DisableOriginCheck || a.trusted.TrustedRedirect(target)
}

// bulleted puts each of the joined errors on a line of its own, behind a dash.
func bulleted(err error) error {
	lines := strings.Split(err.Error(), "\n")
	return &configError{err, "  - " + strings.Join(lines, "\n  - ")}
}

type configError struct {
	error
	text string
}

func (p *configError) Error() string { return p.text }
func (p *configError) Unwrap() error { return p.error }
