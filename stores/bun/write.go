package bunstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// Create implements [store.Store]. Without an id in the record the database has to make one, as it does for serial ids
// and, on PostgreSQL, for UUIDs.
func (s *Store) Create(ctx context.Context, t *schema.Table, rec store.Record) (created store.Record, err error) {
	err = s.run(ctx, func(r *runner) error {
		created, err = r.create(ctx, t, rec)
		return err
	})
	return created, err
}

// Update implements [store.Store].
func (s *Store) Update(ctx context.Context, q store.Query, set store.Record) (n int64, err error) {
	err = s.run(ctx, func(r *runner) error {
		n, err = r.update(ctx, &q, set)
		return err
	})
	return n, err
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, q store.Query) (n int64, err error) {
	err = s.run(ctx, func(r *runner) error {
		n, err = r.remove(ctx, &q)
		return err
	})
	return n, err
}

func (r *runner) create(ctx context.Context, t *schema.Table, rec store.Record) (store.Record, error) {
	m, err := r.mapping(ctx, t)
	if err != nil {
		return nil, err
	}
	columns, values, err := m.sorted(rec)
	if err != nil {
		return nil, err
	}
	st := r.statement()
	out := &records{m: m}
	if r.returning {
		if err := r.insert(st, m, columns, values).Scan(ctx, out); err != nil {
			return nil, r.failed(ctx, err)
		}
		if len(out.list) != 1 {
			return nil, r.failed(ctx, fmt.Errorf("bunstore: INSERT into %q returned %d rows", t.SQLName, len(out.list)))
		}
		return out.list[0], nil
	}
	res, err := r.insert(st, m, columns, values).Exec(ctx)
	if err != nil {
		return nil, r.failed(ctx, err)
	}
	id := rec[schema.ID]
	if id == nil {
		if id, err = lastID(m, res); err != nil {
			return nil, r.failed(ctx, err)
		}
	}
	recs, err := r.find(ctx, &store.Query{Table: t, Where: []store.Cond{store.Eq(schema.ID, id)}}, false)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errWritten, err)
	}
	if len(recs) == 0 { // somebody has deleted it since
		return m.given(rec, id), nil
	}
	return recs[0], nil
}

// given is a row as far as it is known without reading it: what the database filled in is null.
func (m *mapping) given(rec store.Record, id any) store.Record {
	row := make(store.Record, len(m.columns))
	for i := range m.columns {
		row[m.columns[i].Name] = rec[m.columns[i].Name]
	}
	row[schema.ID] = id
	return row
}

// insert builds an INSERT. bun's own takes structs and maps only, and splits the names of a map at dots.
func (r *runner) insert(st *statement, m *mapping, columns []*column, values []any) *bun.RawQuery {
	into := " DEFAULT VALUES"
	if len(columns) > 0 || r.dialect == MySQL {
		names, placeholders := make([]string, len(columns)), make([]string, len(columns))
		for i, c := range columns {
			names[i], placeholders[i] = c.ident, c.written.arg(st, values[i])
		}
		into = " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(placeholders, ", ") + ")"
	}
	if r.returning {
		into += " RETURNING " + m.reads
	}
	return r.db.NewRaw("?", bun.Safe("INSERT INTO "+m.ident+into)).Conn(st.on(r.on))
}

// lastID returns the id that the database made for the row just inserted, as a record has it.
func lastID(m *mapping, res sql.Result) (any, error) {
	n, err := res.LastInsertId()
	if err != nil || n == 0 {
		return nil, fmt.Errorf("bunstore: table %q: the record has no id, and the database made none: %w", m.table.Name, store.ErrInvalid)
	}
	return fmt.Sprint(n), nil
}

func (r *runner) update(ctx context.Context, q *store.Query, set store.Record) (int64, error) {
	if len(set) == 0 {
		return r.count(ctx, q)
	}
	m, err := r.mapping(ctx, q.Table)
	if err != nil {
		return 0, err
	}
	columns, values, err := m.sorted(set)
	if err != nil {
		return 0, err
	}
	st := r.statement()
	sets := make([]string, len(columns))
	for i, c := range columns {
		sets[i] = c.ident + " = " + c.written.arg(st, values[i])
	}
	return r.set(ctx, st, m, strings.Join(sets, ", "), q.Where)
}

// set changes the rows that match and returns how many there were.
func (r *runner) set(ctx context.Context, st *statement, m *mapping, sets string, conds []store.Cond) (int64, error) {
	where, err := m.where(st, conds)
	if err != nil {
		return 0, err
	}
	res, err := r.db.NewUpdate().Conn(st.on(r.on)).TableExpr("?", bun.Safe(m.ident)).
		Set("?", bun.Safe(sets)).Where("?", bun.Safe(where)).Exec(ctx)
	return r.affected(ctx, res, err)
}

// remove deletes the rows that match and returns how many there were.
func (r *runner) remove(ctx context.Context, q *store.Query) (int64, error) {
	if r.tx != nil && r.dialect == MySQL && !byID(q.Where) {
		return r.removeFound(ctx, q)
	}
	return r.removeAll(ctx, q)
}

func (r *runner) removeAll(ctx context.Context, q *store.Query) (int64, error) {
	m, err := r.mapping(ctx, q.Table)
	if err != nil {
		return 0, err
	}
	st := r.statement()
	where, err := m.where(st, q.Where)
	if err != nil {
		return 0, err
	}
	res, err := r.db.NewDelete().Conn(st.on(r.on)).TableExpr("?", bun.Safe(m.ident)).Where("?", bun.Safe(where)).Exec(ctx)
	return r.affected(ctx, res, err)
}

// removeFound deletes the rows that match one by one. A DELETE that has no use for an index, as in a small table, locks each row
// that it looks at. There it waits for those that others are inserting, who may be waiting for a row that this transaction has
// locked, such as the user whose sessions are to be deleted; then MySQL undoes one of the two.
func (r *runner) removeFound(ctx context.Context, q *store.Query) (n int64, err error) {
	found, err := r.find(ctx, &store.Query{Table: q.Table, Where: q.Where, Limit: fewRows + 1}, false)
	if err != nil {
		return 0, err
	}
	if len(found) > fewRows { // the table is not small
		return r.removeAll(ctx, q)
	}
	for _, rec := range found {
		id, err := q.Table.Column(schema.ID).Normalize(rec[schema.ID])
		if err != nil {
			return n, r.failed(ctx, err)
		}
		removed, err := r.removeAll(ctx, &store.Query{Table: q.Table, Where: append(slices.Clone(q.Where), store.Eq(schema.ID, id))})
		if err != nil {
			return n, err
		}
		n += removed
	}
	return n, nil
}

// fewRows is how many rows removeFound deletes one by one.
const fewRows = 100

// byID reports whether conditions name the one row that can match by its id.
func byID(where []store.Cond) bool {
	return slices.ContainsFunc(where, func(c store.Cond) bool { return c.Any == nil && c.Column == schema.ID && c.Op == store.OpEq })
}

func (r *runner) affected(ctx context.Context, res sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, r.failed(ctx, err)
	}
	n, err := res.RowsAffected()
	return n, r.failed(ctx, err)
}
