package ratelimit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// What a denied request is answered with, besides the status 429 Too Many Requests (formats.md §8).
const (
	// RetryHeader carries the wait that [Limiter.Allow] returned, as a number of seconds.
	RetryHeader = "X-Retry-After"
	// Message is the text of the answer, and Body the whole of it, as JSON. Unlike other errors it has no code.
	Message = "Too many requests. Please try again later."
	Body    = `{"message":"` + Message + `"}`
)

// Counter counts requests. [Memory], [Database] and [Secondary] are counters; an app may bring its own. It must be safe
// for concurrent use.
type Counter interface {
	// Consume counts one request under key and says whether rule allows it, in one step: of any number of callers at
	// once exactly as many are allowed as would be one after the other. If not allowed, retryAfter is how long the
	// client has to wait; zero stands for the whole window. An error says that it could not be counted.
	//
	// key is "<client>|<path>" or of the same form, at most 255 bytes long unless the client alone is longer.
	Consume(ctx context.Context, key string, rule Rule) (retryAfter time.Duration, allowed bool, err error)
}

// Request is what a limiter needs to know of a request.
type Request struct {
	// IP is the client's address as clientip.Resolver returns it. All clients whose address is "" are one.
	IP string
	// Route is the path of the endpoint that takes the request as it is registered, such as "/reset-password/:token",
	// or "" if none does.
	Route string
	// Path is the path of the request without the base path, as origin.TrimBase returns it. It only counts where
	// [Options.Exact] is set.
	Path string
	// HTTP is passed to a [RuleFunc]. It may be nil if there is none.
	HTTP *http.Request
}

// Options change what a limiter does. The zero value has all defaults.
type Options struct {
	// Exact counts by [Request.Path], as better-auth does: then whoever adds a segment to the path of an endpoint with
	// parameters, or asks for things that do not exist, has a new counter each time. The default is to count by
	// [Request.Route], with one counter for everything that no endpoint takes.
	Exact bool
	// FailOpen lets requests pass, with a line in the log, while the counter fails. The default is to deny them: an
	// attacker who can bring the counter down must not gain unlimited guesses.
	FailOpen bool
	// Logger gets what clients are not told. The default is slog.Default().
	Logger *slog.Logger
}

// Limiter decides whether a request may go on. It is safe for concurrent use; make one with [New].
type Limiter struct {
	rules   *Rules
	counter Counter
	options Options

	warnNoIP sync.Once
}

// New returns a limiter. It panics if rules or counter is nil: there is no limit that would be safe to assume.
func New(rules *Rules, counter Counter, o Options) *Limiter {
	if rules == nil || counter == nil {
		panic("ratelimit: New needs rules and a counter")
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return &Limiter{rules: rules, counter: counter, options: o}
}

const (
	// unmatched is the path of all requests that no endpoint takes. It is no route: those begin with a slash.
	unmatched = "*"
	noIP      = "no-trusted-ip"
	// maxKey is what a text column with an index holds on every database.
	maxKey = 255
)

// Allow counts a request and says whether it may go on. Call it once a request, after the endpoint was looked for and
// before anything else is done, also if there is no endpoint.
//
// If not allowed, retryAfter is how long the client has to wait, in whole seconds, at least one. An error means that the
// counter or a [RuleFunc] failed; allowed is false then. With [Options.FailOpen] a failing counter is logged instead,
// and allowed is true, unless it was ctx that ended: a client that hangs up early must not escape being counted.
func (l *Limiter) Allow(ctx context.Context, r Request) (retryAfter time.Duration, allowed bool, err error) {
	path := r.Route
	if l.options.Exact {
		path = r.Path
	}
	if path == "" {
		path = unmatched
	}
	p := l.rules.lookup(path)
	rule, off, err := p.resolve(ctx, r.HTTP)
	if err != nil {
		return 0, false, err
	}
	if off {
		return 0, true, nil
	}
	return l.consume(ctx, l.key(ctx, r.IP, path), path, rule)
}

// Count counts something else than a request, such as a mail to one address, with the same counter and the same policy
// for its failures. who and what make the key "<who>|<what>"; who is no address of a client and what is no path, so that
// it is not that of a request. The results are as in [Limiter.Allow].
func (l *Limiter) Count(ctx context.Context, who, what string, rule Rule) (retryAfter time.Duration, allowed bool, err error) {
	return l.consume(ctx, who+"|"+what, what, rule)
}

// consume asks the counter. what names the thing in errors.
func (l *Limiter) consume(ctx context.Context, key, what string, rule Rule) (retryAfter time.Duration, allowed bool, err error) {
	wait, ok, err := l.counter.Consume(ctx, key, rule)
	switch {
	case err != nil && l.options.FailOpen && ctx.Err() == nil:
		l.options.Logger.ErrorContext(ctx, "rate limit not checked", "path", what, "error", err)
		return 0, true, nil
	case err != nil:
		return 0, false, fmt.Errorf("ratelimit: count a request for %s: %w", what, err)
	case ok:
		return 0, true, nil
	case wait <= 0:
		wait = rule.Window
	}
	return ceilSeconds(wait), false, nil
}

func ceilSeconds(d time.Duration) time.Duration { return (d + time.Second - 1).Truncate(time.Second) }

// key is Node's, except for paths that are too long to be kept.
func (l *Limiter) key(ctx context.Context, ip, path string) string {
	if ip == "" {
		l.warnNoIP.Do(func() {
			l.options.Logger.WarnContext(ctx, "clients without a known address share their rate limits: tell the auth server which proxies to trust, and let them send the address")
		})
		ip = noIP
	}
	if len(ip)+len("|")+len(path) > maxKey {
		sum := sha256.Sum256([]byte(path))
		path = "sha256:" + hex.EncodeToString(sum[:]) // no path: it has no slash
	}
	return ip + "|" + path
}
