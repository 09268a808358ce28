package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/store"
)

// TableName is the logical name of the table that [Database] counts in.
const TableName = "rateLimit"

// Schema returns the table that [Database] counts in (contract: schema.json, rateLimit).
func Schema() schema.Extension { return schema.Of[row](TableName) }

// row is a counter as the table has it.
type row struct {
	ID          string `db:"id"`
	Key         string `db:"key,unique"`
	Count       int64  `db:"count"`
	LastRequest int64  `db:"lastRequest,bigint"` // when the last request was allowed, in ms since 1970
}

// DatabaseOptions change what a [Database] does. The zero value has all defaults.
type DatabaseOptions struct {
	// Now is the clock. The default is time.Now.
	Now func() time.Time
	// Background runs the deletion of expired rows without making a request wait; it deals with the error. name says
	// what it is, for logs. The default runs it at once and returns its error from Consume.
	Background func(ctx context.Context, name string, fn func(ctx context.Context) error)
	// NewID makes the id of a new row. The default is a random one.
	NewID func() string
	// KeepFor is the longest window of a rule given to [Limiter.Count], if it is longer than those of the rules.
	KeepFor time.Duration
}

// Database counts in a table, which servers may share, also with Node ones. It is safe for concurrent use; make one with
// [NewDatabase].
//
// A request takes two queries: one reads the counter, the other changes it if nobody else did. Of several requests that
// compete for one counter only the first gets through that way; the others take turns at the row, and three queries. A
// denied request takes one.
type Database struct {
	store      store.Store
	rows       *store.Rows[row]
	now        func() time.Time
	background func(ctx context.Context, name string, fn func(ctx context.Context) error)
	newID      func() string

	longest   atomic.Int64 // window in ms, also of the rules that came with requests
	nextPrune atomic.Int64 // in ms since 1970
}

var _ Counter = (*Database)(nil)

// NewDatabase returns a counter in table t of s, which is that of [Schema] in a merged schema. Rows that are older than
// the longest window of rules are deleted from time to time; a longer one that a [RuleFunc] makes up counts from when it
// is first seen. NewDatabase panics if rules is nil or t lacks one of its columns.
func NewDatabase(s store.Store, t *schema.Table, rules *Rules, o DatabaseOptions) *Database {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = secret.ID
	}
	d := &Database{store: s, rows: store.NewRows[row](t), now: o.Now, background: o.Background, newID: o.NewID}
	d.longest.Store(max(rules.longest, o.KeepFor).Milliseconds())
	return d
}

// maxAttempts is more than the attempts that a request can lose to others. Each one lost leads to a next one that can
// only be lost in fewer ways, unless the store does not find what was written.
const maxAttempts = 10

// errLost says that somebody else changed the counter in between.
var errLost = errors.New("ratelimit: the counter has changed")

// Consume implements [Counter]. Its errors are those of the store.
func (d *Database) Consume(ctx context.Context, key string, rule Rule) (retryAfter time.Duration, allowed bool, err error) {
	d.observe(rule.Window)
	for attempt := range maxAttempts {
		wait, err := d.try(ctx, key, rule, attempt > 0)
		if errors.Is(err, errLost) {
			continue
		}
		return wait, err == nil && wait == 0, err
	}
	return 0, false, fmt.Errorf("ratelimit: %d attempts at counter %q found it changed: does the store read from a replica that is behind?", maxAttempts, key)
}

// try returns how long to wait, or 0 if the request is allowed. errLost if that has to be found out again. competing
// says that others are at the same counter.
func (d *Database) try(ctx context.Context, key string, rule Rule, competing bool) (wait time.Duration, err error) {
	r, err := d.rows.Find(ctx, d.store, store.Eq("key", key))
	now := d.now().UnixMilli() // after it: nobody else's request is in the future then
	if errors.Is(err, store.ErrNotFound) {
		if err := d.create(ctx, key, now); err != nil {
			return 0, err
		}
		return 0, d.prune(ctx, now)
	}
	if err != nil {
		return 0, err
	}
	count, wait := rule.next(r.Count, time.Duration(now-r.LastRequest)*time.Millisecond)
	switch {
	case wait > 0:
		return wait, nil
	case count > 1 && competing:
		return 0, d.increment(ctx, key, rule, now)
	}
	if err := d.replace(ctx, r, count, now); err != nil {
		return 0, err
	}
	if count > 1 {
		return 0, nil
	}
	return 0, d.prune(ctx, now)
}

func (d *Database) create(ctx context.Context, key string, now int64) error {
	_, err := d.rows.Create(ctx, d.store, row{ID: d.newID(), Key: key, Count: 1, LastRequest: now})
	if errors.Is(err, store.ErrConflict) {
		return errLost
	}
	return err
}

// replace changes a row if it still is what was read.
func (d *Database) replace(ctx context.Context, r row, count, now int64) error {
	n, err := d.rows.Update(ctx, d.store, store.Record{"count": count, "lastRequest": now},
		store.Eq("key", r.Key), store.Eq("count", r.Count), store.Eq("lastRequest", r.LastRequest))
	if err == nil && n == 0 {
		return errLost
	}
	return err
}

// increment counts in the row as it is then, for as long as its window lasts and is not used up. The window is prolonged
// first: in between nobody takes it for over then, and nobody else is kept from counting. The two are no transaction, so
// that the store tries each again where a database gives up one of several that wait for each other.
func (d *Database) increment(ctx context.Context, key string, rule Rule, now int64) error {
	open := []store.Cond{
		store.Eq("key", key), store.Gt("lastRequest", now-rule.Window.Milliseconds()), store.Lt("count", int64(rule.Max)),
	}
	// Another may have looked at the clock later: the window must not end earlier for this one.
	_, err := d.rows.Update(ctx, d.store, store.Record{"lastRequest": now}, append(open, store.Lt("lastRequest", now))...)
	if err != nil {
		return err
	}
	_, err = d.rows.Increment(ctx, d.store, "count", 1, open...)
	if errors.Is(err, store.ErrNotFound) {
		return errLost
	}
	return err
}

// DeleteExpired deletes the counters that matter no more and returns how many there were. Consume does so by itself from
// time to time.
func (d *Database) DeleteExpired(ctx context.Context) (int64, error) {
	n, err := d.rows.Delete(ctx, d.store, store.Lt("lastRequest", d.now().UnixMilli()-d.longest.Load()))
	if err != nil {
		return 0, fmt.Errorf("ratelimit: delete expired counters: %w", err)
	}
	return n, nil
}

// pruneInterval is the least time between two deletions by one process: they go through the whole table.
const pruneInterval = 10 * time.Second

// prune deletes expired counters if that has not been done lately. It is called when a window has begun, which is when
// the table grows or others' windows may have ended.
func (d *Database) prune(ctx context.Context, now int64) error {
	next := d.nextPrune.Load()
	if now < next || !d.nextPrune.CompareAndSwap(next, now+pruneInterval.Milliseconds()) {
		return nil
	}
	deleteExpired := func(ctx context.Context) error {
		_, err := d.DeleteExpired(ctx)
		return err
	}
	if d.background != nil {
		d.background(ctx, "delete expired rate limits", deleteExpired)
		return nil
	}
	return deleteExpired(ctx)
}

// observe remembers the longest window.
func (d *Database) observe(window time.Duration) {
	for ms := window.Milliseconds(); ; {
		longest := d.longest.Load()
		if ms <= longest || d.longest.CompareAndSwap(longest, ms) {
			return
		}
	}
}
