package model

import (
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/wire"
)

// Row lays a record out in table order. Columns that the record lacks are nil.
func Row(t *schema.Table, rec map[string]any) []any {
	row := make([]any, len(t.Columns))
	for i := range t.Columns {
		row[i] = rec[t.Columns[i].Name]
	}
	return row
}

// reader reads normalised values by position and keeps the first error.
type reader struct {
	t   *schema.Table
	row []any
	err error
}

func (r *reader) fail(i int, err error) {
	if r.err == nil {
		r.err = fmt.Errorf("model: table %q: column %q: %w", r.t.Name, r.t.Columns[i].Name, err)
	}
}

// string takes the common case, a driver that returns strings, without going through an interface.
func (r *reader) string(i int) string {
	if s, ok := r.row[i].(string); ok {
		return s
	}
	return read[string](r, i)
}

func (r *reader) stringPtr(i int) *string {
	if r.row[i] == nil {
		return nil
	}
	s := r.string(i)
	return &s
}

func (r *reader) bool(i int) bool { return read[bool](r, i) }

func (r *reader) time(i int) time.Time {
	if t, ok := r.row[i].(time.Time); ok {
		return schema.Milliseconds(t)
	}
	return read[time.Time](r, i)
}

func read[T any](r *reader, i int) (zero T) {
	v, err := r.t.Columns[i].Normalize(r.row[i])
	if err != nil {
		r.fail(i, err)
		return zero
	}
	if v == nil {
		return zero
	}
	t, ok := v.(T)
	if !ok {
		r.fail(i, fmt.Errorf("holds %T", v))
	}
	return t
}

func deref(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, "true"...)
	}
	return append(dst, "false"...)
}

func appendStringPtr(dst []byte, s *string) []byte {
	if s == nil {
		return append(dst, "null"...)
	}
	return wire.AppendString(dst, *s)
}
