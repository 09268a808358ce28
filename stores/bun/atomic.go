package bunstore

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// ConsumeOne implements [store.Store]. A caller who finds another at a row waits until that one has committed or rolled
// back, and then takes the next row that matches, if there is one.
func (s *Store) ConsumeOne(ctx context.Context, q store.Query) (rec store.Record, err error) {
	q.Limit, q.Offset = 1, 0
	if s.returning {
		err = s.run(ctx, func(r *runner) error {
			rec, err = r.consume(ctx, &q)
			return err
		})
		return rec, err
	}
	err = s.atomically(ctx, func(r *runner) error {
		rec, err = r.consumeLocked(ctx, &q)
		return err
	})
	return rec, err
}

// IncrementOne implements [store.Store]. Callers wait for each other as in ConsumeOne. A sum that the column cannot hold
// is [store.ErrInvalid] and changes nothing.
func (s *Store) IncrementOne(ctx context.Context, q store.Query, column string, by int64) (rec store.Record, err error) {
	q.Limit, q.Offset = 1, 0
	if s.returning {
		err = s.run(ctx, func(r *runner) error {
			rec, err = r.increment(ctx, &q, column, by)
			return err
		})
		return rec, err
	}
	err = s.atomically(ctx, func(r *runner) error {
		rec, err = r.incrementLocked(ctx, &q, column, by)
		return err
	})
	return rec, err
}

// consume deletes the first row of q and returns it, in one statement.
func (r *runner) consume(ctx context.Context, q *store.Query) (store.Record, error) {
	m, err := r.mapping(ctx, q.Table)
	if err != nil {
		return nil, err
	}
	st := r.statement()
	first, err := r.first(st, m, q)
	if err != nil {
		return nil, err
	}
	out := &records{m: m}
	err = r.db.NewDelete().Conn(st.on(r.on)).TableExpr("?", bun.Safe(m.ident)).
		Where("? = (?)", bun.Safe(m.id().ident), first).
		Returning("?", bun.Safe(m.reads)).Scan(ctx, out)
	return r.only(ctx, q.Table, out, err)
}

// increment adds to a column of the first row of q and returns the row, in one statement.
func (r *runner) increment(ctx context.Context, q *store.Query, column string, by int64) (store.Record, error) {
	m, c, err := r.counter(ctx, q.Table, column)
	if err != nil {
		return nil, err
	}
	st := r.statement()
	sum := r.engine.increment(c.ident, c.written.arg(st, by))
	first, err := r.first(st, m, q)
	if err != nil {
		return nil, err
	}
	out := &records{m: m}
	err = r.db.NewUpdate().Conn(st.on(r.on)).TableExpr("?", bun.Safe(m.ident)).
		Set("? = ?", bun.Safe(c.ident), bun.Safe(sum)).
		Where("? = (?)", bun.Safe(m.id().ident), first).
		Returning("?", bun.Safe(m.reads)).Scan(ctx, out)
	return r.only(ctx, q.Table, out, err)
}

// first selects the id of the first row of q, and locks the row.
//
// PostgreSQL waits for a row that another transaction holds. If it is gone then, or does not match any more, the next
// one is taken: the lock comes before the limit. So the statement around this sees one row that matches, or none.
// SQLite has one writer at a time.
func (r *runner) first(st *statement, m *mapping, q *store.Query) (*bun.SelectQuery, error) {
	sel, err := r.selects(st, m, q)
	if err != nil {
		return nil, err
	}
	if lock := r.engine.lockRow(); lock != "" {
		sel.For(lock)
	}
	return sel.ColumnExpr("?", bun.Safe(m.id().ident)), nil
}

// only returns the one row of a statement that writes and returns.
func (r *runner) only(ctx context.Context, t *schema.Table, out *records, err error) (store.Record, error) {
	if err != nil {
		return nil, r.failed(ctx, err)
	}
	if len(out.list) == 0 {
		return nil, notFound(t)
	}
	return out.list[0], nil
}

// consumeLocked is consume for databases that return nothing from a DELETE, in a transaction.
func (r *runner) consumeLocked(ctx context.Context, q *store.Query) (store.Record, error) {
	rec, row, err := r.lock(ctx, q)
	if err != nil {
		return nil, err
	}
	if _, err := r.remove(ctx, row); err != nil {
		return nil, err
	}
	return rec, nil
}

// incrementLocked is increment for databases that return nothing from an UPDATE, in a transaction.
func (r *runner) incrementLocked(ctx context.Context, q *store.Query, column string, by int64) (store.Record, error) {
	m, c, err := r.counter(ctx, q.Table, column)
	if err != nil {
		return nil, err
	}
	_, row, err := r.lock(ctx, q)
	if err != nil {
		return nil, err
	}
	st := r.statement()
	sum := r.engine.increment(c.ident, c.written.arg(st, by))
	if _, err := r.set(ctx, st, m, c.ident+" = "+sum, row.Where); err != nil {
		return nil, err
	}
	recs, err := r.find(ctx, row, false)
	if err != nil {
		return nil, err
	}
	if len(recs) == 0 {
		return nil, notFound(q.Table)
	}
	return recs[0], nil
}

// lock returns the first row of q, which nobody else can change until the transaction ends, and the query that finds
// just this row.
func (r *runner) lock(ctx context.Context, q *store.Query) (store.Record, *store.Query, error) {
	recs, err := r.find(ctx, q, true)
	if err != nil {
		return nil, nil, err
	}
	if len(recs) == 0 {
		return nil, nil, notFound(q.Table)
	}
	id, err := q.Table.Column(schema.ID).Normalize(recs[0][schema.ID])
	if err != nil {
		return nil, nil, fmt.Errorf("bunstore: table %q: %w", q.Table.Name, err)
	}
	return recs[0], &store.Query{Table: q.Table, Where: []store.Cond{store.Eq(schema.ID, id)}}, nil
}

// counter returns the column to increment.
func (r *runner) counter(ctx context.Context, t *schema.Table, name string) (*mapping, *column, error) {
	m, err := r.mapping(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	c, err := m.column(name)
	if err != nil {
		return nil, nil, err
	}
	if c.Kind != schema.Number {
		return nil, nil, fmt.Errorf("bunstore: column %q of table %q is a %s and cannot be incremented", name, t.Name, c.Kind)
	}
	return m, c, nil
}
