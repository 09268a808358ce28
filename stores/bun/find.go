package bunstore

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/cardea-auth/cardea/core/store"
)

// FindOne implements [store.Store].
func (s *Store) FindOne(ctx context.Context, q store.Query) (rec store.Record, err error) {
	q.Limit = 1
	err = s.run(ctx, func(r *runner) error {
		recs, err := r.find(ctx, &q, false)
		if err != nil {
			return err
		}
		if len(recs) == 0 {
			return notFound(q.Table)
		}
		rec = recs[0]
		return nil
	})
	return rec, err
}

// FindMany implements [store.Store].
func (s *Store) FindMany(ctx context.Context, q store.Query) (recs []store.Record, err error) {
	err = s.run(ctx, func(r *runner) error {
		recs, err = r.find(ctx, &q, false)
		return err
	})
	if recs == nil && err == nil {
		recs = []store.Record{}
	}
	return recs, err
}

// Count implements [store.Store].
func (s *Store) Count(ctx context.Context, q store.Query) (n int64, err error) {
	err = s.run(ctx, func(r *runner) error {
		n, err = r.count(ctx, &q)
		return err
	})
	return n, err
}

// find returns the rows of a query. If it locks, others cannot change them until the transaction ends.
func (r *runner) find(ctx context.Context, q *store.Query, lock bool) ([]store.Record, error) {
	m, err := r.mapping(ctx, q.Table)
	if err != nil {
		return nil, err
	}
	st := r.statement()
	sel, err := r.selects(st, m, q)
	if err != nil {
		return nil, err
	}
	if lock && r.engine.lockRow() != "" {
		sel.For(r.engine.lockRow())
	}
	out := &records{m: m}
	err = sel.ColumnExpr("?", bun.Safe(m.reads)).Scan(ctx, out)
	return out.list, r.failed(ctx, err)
}

// selects builds a SELECT without its columns.
func (r *runner) selects(st *statement, m *mapping, q *store.Query) (*bun.SelectQuery, error) {
	if q.Limit < 0 || q.Offset < 0 {
		return nil, fmt.Errorf("bunstore: table %q: negative limit or offset (%d, %d)", q.Table.Name, q.Limit, q.Offset)
	}
	where, err := m.where(st, q.Where)
	if err != nil {
		return nil, err
	}
	order, err := m.orderBy(r.engine, q.OrderBy)
	if err != nil {
		return nil, err
	}
	sel := r.db.NewSelect().Conn(st.on(r.on)).TableExpr("?", bun.Safe(m.ident)).Where("?", bun.Safe(where))
	if order != "" {
		sel.OrderExpr("?", bun.Safe(order))
	}
	switch {
	case q.Limit > 0:
		sel.Limit(int64(q.Limit))
	case q.Offset > 0 && r.dialect != PostgreSQL:
		sel.Limit(1<<63 - 1) // they take no offset without a limit
	}
	if q.Offset > 0 {
		sel.Offset(int64(q.Offset))
	}
	return sel, nil
}

func (r *runner) count(ctx context.Context, q *store.Query) (int64, error) {
	m, err := r.mapping(ctx, q.Table)
	if err != nil {
		return 0, err
	}
	st := r.statement()
	sel, err := r.selects(st, m, &store.Query{Table: q.Table, Where: q.Where})
	if err != nil {
		return 0, err
	}
	out := &number{}
	err = sel.ColumnExpr("count(*)").Scan(ctx, out)
	return out.n, r.failed(ctx, err)
}
