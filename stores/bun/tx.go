package bunstore

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/cardea-auth/cardea/core/store"
)

// transaction is what an engine begins: *sql.Tx, or SQLite's own.
type transaction interface {
	querier
	Commit() error
	Rollback() error
}

// tx is the transaction that a context carries.
type tx struct {
	mu     sync.Mutex // one statement at a time: a connection cannot read two results at once
	on     transaction
	failed error // why it cannot be committed any more
	ended  bool
}

var (
	errEnded  = errors.New("bunstore: the transaction of this context has ended")
	errPanics = errors.New("bunstore: a nested transaction panicked")
)

// txKey is the context key of a store's transaction, so that two stores do not take each other's.
type txKey struct{ s *Store }

func (s *Store) transactionOf(ctx context.Context) *tx {
	x, _ := ctx.Value(txKey{s}).(*tx)
	return x
}

// InTx implements [store.Store]. Transactions are READ COMMITTED on PostgreSQL and MySQL, whatever their default is, and
// exclude other writers on SQLite. So on the former two a row read before a decision may have changed by the time of
// the write: put what must hold into the conditions of the write.
//
// A transaction in which a statement failed, for a conflict too, or in which a nested InTx failed, is rolled back even
// if fn returns nil; InTx then returns an error that wraps the cause. fn is never run twice: after a deadlock, which
// only a database with transactions that lock the same rows in different orders reports, InTx returns its error.
//
// Only the context that fn is given belongs to the transaction. On SQLite a write with another one waits for the
// transaction and fails when the handle's busy timeout ends.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if s.err != nil {
		return s.err
	}
	begin := func(ctx context.Context) error { return s.transact(ctx, fn) }
	return store.WithCommitHooks(ctx, func(ctx context.Context) error {
		if x := s.transactionOf(ctx); x != nil {
			return x.join(ctx, fn)
		}
		return begin(ctx) // the transaction that ctx carries is another store's
	}, begin)
}

func (s *Store) transact(ctx context.Context, fn func(ctx context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	x := &tx{}
	err := persist(ctx, func() (err error) {
		x.on, err = s.engine.begin(ctx, s.db.DB)
		return translate(ctx, err)
	})
	if err != nil {
		return err
	}
	committed := false
	defer func() { // also when fn panics
		if !committed {
			_ = x.end()
			_ = x.on.Rollback() // the connection is thrown away if this fails
		}
	}()
	if err := fn(context.WithValue(ctx, txKey{s}, x)); err != nil {
		return err
	}
	if err := x.end(); err != nil {
		return fmt.Errorf("bunstore: rolled back, because a part of the transaction failed: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	committed = true
	return translate(ctx, x.on.Commit())
}

// run runs an operation in x.
func (x *tx) run(ctx context.Context, s *Store, fn func(r *runner) error) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.usable(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return fn(&runner{s, x.on, x})
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
			x.fail(err)
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
		return fmt.Errorf("bunstore: the transaction has failed before: %w", x.failed)
	}
	return nil
}

// fail makes sure that x is not committed. The caller holds x.mu.
func (x *tx) fail(err error) {
	if x.failed == nil {
		x.failed = err
	}
}

// end waits for the operation that runs, if any, lets no other begin, and returns why x cannot be committed.
func (x *tx) end() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ended = true
	return x.failed
}
