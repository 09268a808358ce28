package store

import (
	"context"
	"fmt"
	"reflect"

	"github.com/cardea-auth/cardea/core/schema"
)

// Rows reads and writes a table whose columns are all known, as structs of type T with db tags (see [schema.Of]).
// It is immutable and safe for concurrent use.
type Rows[T any] struct {
	table  *schema.Table
	fields []schema.Field
}

// NewRows binds T to a table of a merged schema. It panics if T has a field that is not a column of the table, or is one
// of another kind: that is a mistake in the program. Columns that T does not have are left alone.
func NewRows[T any](t *schema.Table) *Rows[T] {
	r := &Rows[T]{table: t, fields: schema.Fields(reflect.TypeFor[T]())}
	for _, f := range r.fields {
		c := t.Column(f.Column.Name)
		if c == nil {
			panic(fmt.Sprintf("store: table %q has no column %q", t.Name, f.Column.Name))
		}
		if c.Kind != f.Column.Kind {
			panic(fmt.Sprintf("store: column %q of table %q is a %s, but %v reads it as a %s", c.Name, t.Name, c.Kind, reflect.TypeFor[T](), f.Column.Kind))
		}
	}
	return r
}

// Table returns the table.
func (r *Rows[T]) Table() *schema.Table { return r.table }

// Find returns the first row that matches, or ErrNotFound.
func (r *Rows[T]) Find(ctx context.Context, s Store, where ...Cond) (T, error) {
	return r.one(s.FindOne(ctx, From(r.table, where...)))
}

// List returns the rows that match q, whose Table may be left out.
func (r *Rows[T]) List(ctx context.Context, s Store, q Query) ([]T, error) {
	q.Table = r.table
	records, err := s.FindMany(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]T, len(records))
	for i, rec := range records {
		if out[i], err = r.Decode(rec); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Create inserts v and returns it as stored. A nil pointer, slice or map is null. ErrConflict as in [Store.Create].
func (r *Rows[T]) Create(ctx context.Context, s Store, v T) (T, error) {
	return r.one(s.Create(ctx, r.table, r.encode(v)))
}

// Update sets columns on the rows that match and returns how many there were.
func (r *Rows[T]) Update(ctx context.Context, s Store, set Record, where ...Cond) (int64, error) {
	return s.Update(ctx, From(r.table, where...), set)
}

// Delete removes the rows that match and returns how many there were.
func (r *Rows[T]) Delete(ctx context.Context, s Store, where ...Cond) (int64, error) {
	return s.Delete(ctx, From(r.table, where...))
}

// Consume removes and returns one row that matches: one winner, ErrNotFound for the others.
func (r *Rows[T]) Consume(ctx context.Context, s Store, where ...Cond) (T, error) {
	return r.one(s.ConsumeOne(ctx, From(r.table, where...)))
}

// Increment adds by to a column of the row that matches, guarded by the conditions, and returns the row as it is then.
func (r *Rows[T]) Increment(ctx context.Context, s Store, column string, by int64, where ...Cond) (T, error) {
	return r.one(s.IncrementOne(ctx, From(r.table, where...), column, by))
}

func (r *Rows[T]) one(rec Record, err error) (T, error) {
	if err != nil {
		var zero T
		return zero, err
	}
	return r.Decode(rec)
}

func (r *Rows[T]) encode(v T) Record {
	rec := make(Record, len(r.fields))
	rv := reflect.ValueOf(&v).Elem()
	for i := range r.fields {
		rec[r.fields[i].Column.Name] = r.fields[i].Get(rv)
	}
	return rec
}

// Decode reads a record that a store returned.
func (r *Rows[T]) Decode(rec Record) (T, error) {
	var v T
	rv := reflect.ValueOf(&v).Elem()
	for i := range r.fields {
		name := r.fields[i].Column.Name
		n, err := r.table.Column(name).Read(rec[name])
		if err == nil {
			err = r.fields[i].Set(rv, n)
		}
		if err != nil {
			return v, fmt.Errorf("store: table %q: %w", r.table.Name, err)
		}
	}
	return v, nil
}
