package core

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/core/schema"
)

// RateLimitConfig says how often a client may call an endpoint, and where that is counted. The zero value has
// better-auth's limits: 100 requests in 10 s to each endpoint, and 3 to those where passwords can be guessed or mails
// are sent. Calls in process are never limited.
type RateLimitConfig struct {
	// Enabled turns the limits on or off. The default is on, unless Config.Development is set.
	Enabled Switch
	// Window and Max are the limit of every endpoint that no other rule is for. The default is 100 in 10 s.
	Window time.Duration
	Max    int
	// Custom are rules for single paths; the first that matches counts, and overrides the built-in ones and plugins'.
	Custom []ratelimit.CustomRule
	// Recipient is how many messages of one kind may be sent to one address, whoever asks for them, as long as limits
	// are on. The default is 5 in 15 min. In Exact there is no such limit, as better-auth has none.
	Recipient ratelimit.Rule
	// Storage is where requests are counted. The default is RateLimitSecondary if there is a Config.SecondaryStorage, and
	// RateLimitMemory otherwise.
	Storage RateLimitStorage
	// Counter counts in place of a Storage. The default is none.
	Counter ratelimit.Counter
	// FailOpen lets requests pass, with a line in the log, while they cannot be counted. The default answers 500: whoever
	// can bring the counter down must not gain unlimited guesses.
	FailOpen bool
}

// RateLimitStorage is a place where requests are counted.
type RateLimitStorage uint8

const (
	// RateLimitDefault is the secondary storage if there is one, memory otherwise.
	RateLimitDefault RateLimitStorage = iota
	// RateLimitMemory is the memory of this process: several processes each allow the whole limit.
	RateLimitMemory
	// RateLimitDatabase is the table rateLimit of Config.Store, which it adds to the schema.
	RateLimitDatabase
	// RateLimitSecondary is Config.SecondaryStorage.
	RateLimitSecondary
)

// defaultRecipientRule lets somebody who waits for a mail ask for it a few times more.
var defaultRecipientRule = ratelimit.Rule{Window: 15 * time.Minute, Max: 5}

// ErrTooManyRequests answers a client over a rate limit, with the header X-Retry-After beside it.
var ErrTooManyRequests = NewError(http.StatusTooManyRequests, "", ratelimit.Message)

func (c *RateLimitConfig) on(development bool) bool {
	return c.Enabled == On || c.Enabled == Default && !development
}

func (c *RateLimitConfig) validate(secondary bool, problem func(format string, args ...any)) {
	switch {
	case c.Storage > RateLimitSecondary:
		problem("Config.RateLimit.Storage is %d: that is none of the constants", c.Storage)
	case c.Storage == RateLimitSecondary && !secondary:
		problem("Config.RateLimit.Storage is RateLimitSecondary: set Config.SecondaryStorage, such as redisstorage.New(client)")
	case c.Storage != RateLimitDefault && c.Counter != nil:
		problem("Config.RateLimit has both Storage and Counter: set one of them")
	}
	if w := c.Recipient.Window; w < time.Second || w > 24*time.Hour || c.Recipient.Max < 1 || c.Recipient.Max > math.MaxInt32 {
		problem("Config.RateLimit.Recipient is %d in %v: give it a positive Max and a Window of a second to a day", c.Recipient.Max, w)
	}
}

// coreSchema returns core's own tables. That of rate limits is there only if it is used.
func coreSchema(c *Config) []schema.Extension {
	tables := model.Schema()
	if c.RateLimit.Storage == RateLimitDatabase {
		tables = append(tables, ratelimit.Schema())
	}
	return tables
}

// rateLimitRules puts the rules of core, plugins and app together.
func (a *Auth) rateLimitRules(owners []owner) (*ratelimit.Rules, error) {
	c := &a.config.RateLimit
	rules := ratelimit.Config{Default: ratelimit.Rule{Window: c.Window, Max: c.Max}, Custom: c.Custom}
	for _, o := range owners {
		rules.Plugins = append(rules.Plugins, o.manifest.RateLimits...)
	}
	for _, rt := range a.registry.routes {
		if rt.spec.Access != ServerOnly {
			rules.Routes = append(rules.Routes, rt.spec.Path)
		}
	}
	compiled, err := ratelimit.Compile(rules)
	if err != nil {
		return nil, fmt.Errorf("Config.RateLimit: %w", err)
	}
	return compiled, nil
}

// newLimiter returns nil if requests are not limited.
func (a *Auth) newLimiter(rules *ratelimit.Rules) *ratelimit.Limiter {
	c := &a.config
	exact := c.Compat == Exact
	if !c.RateLimit.on(c.Development) || c.ClientIP.Disable && exact {
		return nil
	}
	counter := a.newCounter(rules)
	return ratelimit.New(rules, counter, ratelimit.Options{Exact: exact, FailOpen: c.RateLimit.FailOpen, Logger: c.Logger})
}

func (a *Auth) newCounter(rules *ratelimit.Rules) ratelimit.Counter {
	c := &a.config
	where := c.RateLimit.Storage
	if where == RateLimitDefault && c.SecondaryStorage != nil {
		where = RateLimitSecondary
	}
	switch {
	case c.RateLimit.Counter != nil:
		return timedCounter{c.RateLimit.Counter, c.StoreTimeout}
	case where == RateLimitSecondary:
		return timedCounter{ratelimit.NewSecondary(c.SecondaryStorage), c.StoreTimeout}
	case where == RateLimitDatabase: // its queries have deadlines of their own
		return ratelimit.NewDatabase(a.store, a.schema.Table(ratelimit.TableName), rules, ratelimit.DatabaseOptions{
			Now: c.Now, Background: a.Background, KeepFor: c.RateLimit.Recipient.Window,
			NewID: func() string { return a.newID(ratelimit.TableName) },
		})
	default:
		return ratelimit.NewMemory(ratelimit.MemoryOptions{Now: c.Now})
	}
}

// timedCounter gives every count a deadline, unless it is negative.
type timedCounter struct {
	ratelimit.Counter
	timeout time.Duration
}

func (c timedCounter) Consume(ctx context.Context, key string, rule ratelimit.Rule) (time.Duration, bool, error) {
	if c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	return c.Counter.Consume(ctx, key, rule)
}

// limit counts the request. It returns ErrTooManyRequests if there were too many, and other errors if it could not be
// counted.
func (x *Exchange) limit(ctx context.Context) error {
	limiter := x.auth.limiter
	if limiter == nil {
		return nil
	}
	r := ratelimit.Request{IP: x.ClientIP(), HTTP: x.req}
	if x.route != nil {
		r.Route = x.route.spec.Path
	}
	if x.auth.config.Compat == Exact {
		r.Path = origin.TrimBase(x.req.URL.EscapedPath(), x.auth.BasePath())
	}
	return tooMany(limiter.Allow(ctx, r))
}

func tooMany(wait time.Duration, allowed bool, err error) error {
	if err != nil || allowed {
		return err
	}
	return ErrTooManyRequests.WithHeader(ratelimit.RetryHeader, strconv.FormatInt(int64(wait/time.Second), 10))
}
