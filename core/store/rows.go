package store

import (
	"context"
	"fmt"
	"reflect"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
)

// Rows reads and writes a table as structs of type T with db tags (see [schema.Of]). It is immutable and safe for
// concurrent use.
type Rows[T any] struct {
	table  *schema.Table
	fields []schema.Field
	extra  []int            // of T's field for the columns that it does not have, or nil
	others []*schema.Column // those columns
}

// NewRows binds T to a table of a merged schema. It panics if T has a field that is not a column of the table, or is one
// of another kind: that is a mistake in the program.
//
// Columns that T does not have, such as those that the app adds to a plugin's table, go into its field of type
// [model.Extra] with the tag `db:",extra"`, in the order of the schema, and are written from there. Without such a field
// they are left alone.
func NewRows[T any](t *schema.Table) *Rows[T] {
	r := &Rows[T]{table: t, fields: schema.Fields(reflect.TypeFor[T]())}
	r.findExtra()
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

func (r *Rows[T]) findExtra() {
	for _, sf := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if sf.Tag.Get("db") == schema.Extra {
			if sf.Type != reflect.TypeFor[model.Extra]() {
				panic(fmt.Sprintf("store: %v has further columns in a %v: use model.Extra", reflect.TypeFor[T](), sf.Type))
			}
			r.extra = sf.Index
		}
	}
	if r.extra == nil {
		return
	}
	known := map[string]bool{}
	for i := range r.fields {
		known[r.fields[i].Column.Name] = true
	}
	for i := range r.table.Columns {
		if c := &r.table.Columns[i]; !known[c.Name] {
			r.others = append(r.others, c)
		}
	}
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
	return r.decodeAll(records)
}

// Page is [FindPage] for rows of type T: the rows of q, whose Table may be left out, how many match in all and, unless it is
// nil, the row besides.
func (r *Rows[T]) Page(ctx context.Context, s Store, q PageQuery) (rows []T, total int64, also *T, err error) {
	q.Table = r.table
	p, err := FindPage(ctx, s, q)
	if err != nil {
		return nil, 0, nil, err
	}
	if rows, err = r.decodeAll(p.Rows); err != nil {
		return nil, 0, nil, err
	}
	if p.Also != nil {
		v, err := r.Decode(p.Also)
		if err != nil {
			return nil, 0, nil, err
		}
		also = &v
	}
	return rows, p.Total, also, nil
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
	if r.extra != nil {
		for _, c := range rv.FieldByIndex(r.extra).Interface().(model.Extra) {
			rec[c.Name] = c.Value
		}
	}
	return rec
}

func (r *Rows[T]) decodeAll(records []Record) ([]T, error) {
	out := make([]T, len(records))
	for i, rec := range records {
		var err error
		if out[i], err = r.Decode(rec); err != nil {
			return nil, err
		}
	}
	return out, nil
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
	if len(r.others) == 0 {
		return v, nil
	}
	extra := make(model.Extra, len(r.others))
	for i, c := range r.others {
		n, err := c.Read(rec[c.Name])
		if err != nil {
			return v, fmt.Errorf("store: table %q: %w", r.table.Name, err)
		}
		extra[i] = model.ExtraValue{Name: c.Name, Value: n, Hidden: !c.Returned}
	}
	rv.FieldByIndex(r.extra).Set(reflect.ValueOf(extra))
	return v, nil
}
