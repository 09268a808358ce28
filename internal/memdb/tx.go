package memdb

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/store"
)

// tx is a transaction: what it changed, kept apart until it commits. Only one exists at a time, so nobody else changes
// the committed rows meanwhile.
type tx struct {
	db *DB

	mu     sync.Mutex // taken before db.mu
	deltas map[*table]*delta
	failed error // why it cannot be committed any more
	ended  bool
}

// delta is what a transaction changed in one table.
type delta struct {
	data                   // rows that it wrote
	gone map[*row]struct{} // committed rows that it replaced or removed
}

var (
	errEnded  = errors.New("memdb: the transaction of this context has ended")
	errStuck  = errors.New("memdb: another transaction did not end in time; was the context from outside used inside of it?")
	errPanics = errors.New("memdb: a nested transaction panicked")
)

type txKey struct{ db *DB }

// transactionOf returns the transaction of this database that ctx carries, or nil.
func (db *DB) transactionOf(ctx context.Context) *tx {
	x, _ := ctx.Value(txKey{db}).(*tx)
	return x
}

// InTx implements [store.Store]. Transactions run one after the other, so they are serializable.
//
// Only the context that fn is given belongs to the transaction. If fn reads with the one from outside by mistake, it
// sees what was committed before. If it writes with that one, the write waits for the transaction and the transaction
// for the write: after ten seconds the write gives up with an error.
//
// A transaction in which a constraint refused a write, or a nested InTx failed, is rolled back even if fn returns nil;
// InTx then returns an error that wraps the cause.
func (db *DB) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	begin := func(ctx context.Context) error { return db.transact(ctx, fn) }
	return store.WithCommitHooks(ctx, func(ctx context.Context) error {
		if x := db.transactionOf(ctx); x != nil {
			return x.join(ctx, fn)
		}
		return begin(ctx) // the transaction that ctx carries is another store's
	}, begin)
}

func (db *DB) transact(ctx context.Context, fn func(ctx context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := db.takeTurn(ctx); err != nil {
		return err
	}
	defer db.endTurn()
	x := &tx{db: db}
	defer x.end() // also when fn panics: what it changed is forgotten with x
	if err := fn(context.WithValue(ctx, txKey{db}, x)); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ended = true // before anybody else gets the lock: what he wrote would be lost
	return x.commit(ctx)
}

// join runs a nested transaction. If it fails the outer one must not commit half of it.
func (x *tx) join(ctx context.Context, fn func(ctx context.Context) error) error {
	x.mu.Lock()
	err := x.usable()
	x.mu.Unlock()
	if err != nil {
		return err
	}
	err = errPanics
	defer func() {
		if err != nil {
			x.mu.Lock()
			defer x.mu.Unlock()
			_ = x.fail(err) // err itself
		}
	}()
	err = fn(ctx)
	return err
}

// usable returns why x takes no more operations, or nil. The caller holds x.mu.
func (x *tx) usable() error {
	if x.ended {
		return errEnded
	}
	if x.failed != nil {
		return fmt.Errorf("memdb: the transaction has failed before: %w", x.failed)
	}
	return nil
}

// fail makes sure that x will not commit, and returns err. The caller holds x.mu.
func (x *tx) fail(err error) error {
	if x.failed == nil {
		x.failed = err
	}
	return err
}

func (x *tx) end() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ended = true
}

// commit makes the changes of x those of the database. The caller holds the turn, and x.mu if x is shared.
func (x *tx) commit(ctx context.Context) error {
	if x.failed != nil {
		return fmt.Errorf("memdb: rolled back, because a part of the transaction failed: %w", x.failed)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	x.db.mu.Lock()
	defer x.db.mu.Unlock()
	for t, d := range x.deltas {
		d.grow(t.indexes)
		for r := range d.gone {
			t.data.drop(t.indexes, r)
		}
		for _, rows := range d.filed[0] {
			for _, r := range rows {
				t.data.add(t.indexes, r)
			}
		}
	}
	return nil
}

// lookup returns the rows that index i of t files under key, in no order. The caller must not change the slice, nor use
// it after the next write. A nil x is no transaction.
func (x *tx) lookup(t *table, i int, key any) []*row {
	committed := t.data.filed[i][key]
	d := x.delta(t)
	if d == nil {
		return committed
	}
	d.grow(t.indexes)
	var out []*row
	for _, r := range committed {
		if _, gone := d.gone[r]; !gone {
			out = append(out, r)
		}
	}
	return append(out, d.filed[i][key]...)
}

// all returns every row of t, in no order. A nil x is no transaction.
func (x *tx) all(t *table) iter.Seq[*row] {
	return func(yield func(*row) bool) {
		d := x.delta(t)
		for _, rows := range t.data.filed[0] {
			for _, r := range rows {
				if d != nil {
					if _, gone := d.gone[r]; gone {
						continue
					}
				}
				if !yield(r) {
					return
				}
			}
		}
		if d == nil {
			return
		}
		for _, rows := range d.filed[0] {
			for _, r := range rows {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// delta returns what x changed in t, or nil.
func (x *tx) delta(t *table) *delta {
	if x == nil {
		return nil
	}
	return x.deltas[t]
}

// changing returns the delta of t to write to.
func (x *tx) changing(t *table) *delta {
	d := x.deltas[t]
	if d == nil {
		d = &delta{gone: map[*row]struct{}{}}
		if x.deltas == nil {
			x.deltas = map[*table]*delta{}
		}
		x.deltas[t] = d
	}
	d.grow(t.indexes)
	return d
}

// takeTurn waits until no other writer has the turn. It gives up when ctx ends, or when one and the same turn has
// lasted longer than anybody is patient.
func (db *DB) takeTurn(ctx context.Context) error {
	select {
	case db.turn <- struct{}{}:
		db.turns.Add(1)
		return nil
	default:
	}
	seen := db.turns.Load()
	timer := time.NewTimer(db.patience)
	defer timer.Stop()
	for {
		select {
		case db.turn <- struct{}{}:
			db.turns.Add(1)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			now := db.turns.Load()
			if now == seen {
				return errStuck
			}
			seen = now
			timer.Reset(db.patience)
		}
	}
}

func (db *DB) endTurn() { <-db.turn }
