package bunstore

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
)

// runner is what one operation runs on: the pool, or a transaction.
type runner struct {
	*Store
	on querier
	tx *tx // nil on the pool
}

// run runs an operation that is one statement: in the transaction that ctx carries, or on its own.
func (s *Store) run(ctx context.Context, fn func(r *runner) error) error {
	return s.operate(ctx, func() error { return fn(&runner{s, s.db.DB, nil}) }, fn)
}

// atomically runs an operation of several statements: in the transaction that ctx carries, or in one of its own.
func (s *Store) atomically(ctx context.Context, fn func(r *runner) error) error {
	return s.operate(ctx, func() error {
		return s.transact(ctx, func(ctx context.Context) error { return s.transactionOf(ctx).run(ctx, s, fn) })
	}, fn)
}

// operate runs alone, or, if ctx carries a transaction, inside.
//
// An operation on its own is tried again where the database undid it for reasons that pass: a deadlock, a
// serialization failure, a locked file. It is tried once more after the tables changed under the store. In a
// transaction it cannot be, because what came before it is lost too.
func (s *Store) operate(ctx context.Context, alone func() error, inside func(r *runner) error) error {
	if s.err != nil {
		return s.err
	}
	if x := s.transactionOf(ctx); x != nil {
		err := x.run(ctx, s, inside)
		if faultOf(err) == faultSchema {
			s.forget()
		}
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	looked := false
	return persist(ctx, func() error {
		err := alone()
		for tries := 0; faultOf(err) == faultSchema && tries < 10; tries++ {
			if !errors.Is(err, errStale) { // a statement that somebody has dropped has a successor already
				if looked {
					break
				}
				looked = true
				s.forget()
			}
			err = alone()
		}
		return err
	})
}

// patience is how long an operation is tried again.
const patience = 5 * time.Second

// persist calls fn again while it fails for reasons that pass.
func persist(ctx context.Context, fn func() error) error {
	start, pause := time.Now(), time.Millisecond
	for {
		err := fn()
		if faultOf(err) != faultPassing || time.Since(start) > patience {
			return err
		}
		// A random pause, so that two that stood in each other's way do not meet again.
		timer := time.NewTimer(pause/2 + rand.N(pause))
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
		pause = min(2*pause, 50*time.Millisecond)
	}
}

// mapping returns how the live table of t keeps its values.
func (r *runner) mapping(ctx context.Context, t *schema.Table) (*mapping, error) {
	if t == nil {
		return nil, errNoTable
	}
	if m, ok := r.mappings.Load(t); ok {
		return m.(*mapping), nil
	}
	m, err := newMapping(ctx, r.engine, r.on, t, "")
	if err != nil {
		return nil, r.failed(ctx, err)
	}
	if m.certain {
		r.mappings.Store(t, m)
	}
	return m, nil
}

// statement starts a statement.
func (r *runner) statement() *statement { return &statement{engine: r.engine} }

// failed prepares the error of a statement for the caller. In a transaction it is the end of it: PostgreSQL refuses
// everything after an error, MySQL has undone everything after a deadlock and would commit what follows by itself, and
// SQLite likewise after an interrupt.
func (r *runner) failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	err = translate(ctx, err)
	if r.tx != nil && faultOf(err) != faultNotFound {
		r.tx.fail(err)
	}
	return err
}
