package model

import (
	"fmt"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/wire"
)

// Extra holds the columns of a user or session that are not core's, in schema order. The zero value is empty and ready
// to use. It is not safe for concurrent writes.
type Extra []ExtraValue

// ExtraValue is one column.
type ExtraValue struct {
	// Name is the logical name.
	Name string
	// Value has the Go type of the column's kind, or is nil.
	Value any
	// Hidden keeps the column from clients. A value that was [Extra.Set] and never came from a store is hidden.
	Hidden bool
}

// Get returns the value of a column and whether it is there at all; a null column is there and nil.
func (e Extra) Get(name string) (any, bool) {
	for i := range e {
		if e[i].Name == name {
			return e[i].Value, true
		}
	}
	return nil, false
}

// Set changes a column, or adds it, hidden, if it is not there yet. Nothing is stored by it.
func (e *Extra) Set(name string, v any) {
	for i := range *e {
		if (*e)[i].Name == name {
			(*e)[i].Value = v
			return
		}
	}
	*e = append(*e, ExtraValue{Name: name, Value: v, Hidden: true})
}

// AppendMembers writes the columns that clients may see as members of a JSON object, each with a leading comma.
func (e Extra) AppendMembers(dst []byte) ([]byte, error) {
	var err error
	for i := range e {
		if e[i].Hidden {
			continue
		}
		dst = append(dst, ',')
		dst = wire.AppendString(dst, e[i].Name)
		dst = append(dst, ':')
		if dst, err = wire.Append(dst, e[i].Value); err != nil {
			return dst, fmt.Errorf("model: column %q: %w", e[i].Name, err)
		}
	}
	return dst, nil
}

// into adds the columns to a record.
func (e Extra) into(r map[string]any) {
	for i := range e {
		r[e[i].Name] = e[i].Value
	}
}

// extraFrom reads the columns from position core on, all but the id at the end, from a row in table order.
func extraFrom(t *schema.Table, row []any, core int) (Extra, error) {
	n := len(t.Columns) - 1 - core
	if n <= 0 {
		return nil, nil
	}
	e := make(Extra, n)
	for i := range e {
		c := &t.Columns[core+i]
		v, err := c.Read(row[core+i])
		if err != nil {
			return nil, err
		}
		e[i] = ExtraValue{Name: c.Name, Value: v, Hidden: !c.Returned}
	}
	return e, nil
}

// Field is a typed key to a column of Extra. T is the Go type of the column's kind.
type Field[T any] struct {
	// Name is the logical name of the column.
	Name string
}

// Get returns the value. ok is false if the column is absent, null or of another type.
func (f Field[T]) Get(e Extra) (v T, ok bool) {
	a, _ := e.Get(f.Name)
	v, ok = a.(T)
	return v, ok
}

// Set changes the value in memory.
func (f Field[T]) Set(e *Extra, v T) { e.Set(f.Name, v) }
