package cache

import (
	"slices"
	"strconv"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/wire"
)

// columns are those of a table that plugins and the app have added and that clients may see, in schema order. Hidden
// ones never travel in a cookie; if one does, because it was hidden later, it is not read.
type columns []*schema.Column

func userColumns(s *schema.Schema) columns { return addedTo(s, model.UserTable) }

func sessionColumns(s *schema.Schema) columns { return addedTo(s, model.SessionTable) }

func addedTo(s *schema.Schema, table string) columns {
	t := s.Table(table)
	if t == nil {
		return nil
	}
	known := map[string]bool{schema.ID: true}
	for _, extension := range model.Schema() {
		if extension.Table == table {
			for i := range extension.Columns {
				known[extension.Columns[i].Name] = true
			}
		}
	}
	var added columns
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Returned && !known[c.Name] {
			added = append(added, c)
		}
	}
	return added
}

// values returns room for a value of each column, nil for none.
func (cs columns) values() model.Extra {
	if len(cs) == 0 {
		return nil
	}
	return make(model.Extra, len(cs))
}

// read puts the value of a column in its place. It reports false if the value does not fit the column; a member that is
// none of the columns is fine.
func (cs columns) read(values model.Extra, key, raw string) bool {
	for i, c := range cs {
		if c.Name != key {
			continue
		}
		v, err := readColumn(c, raw)
		values[i] = model.ExtraValue{Name: c.Name, Value: v}
		return err == nil
	}
	return true
}

// readColumn gives a JSON value the Go type that the column has when it comes from a store.
func readColumn(c *schema.Column, raw string) (any, error) {
	switch c.Kind {
	case schema.JSON, schema.StringArray, schema.NumberArray:
		return c.Normalize(raw) // JSON text, as some stores keep it
	case schema.Number:
		if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
			return n, nil // with digits that a float64 would lose
		}
	}
	v, err := wire.Parse([]byte(raw), wire.Limits{})
	if err != nil {
		return nil, err
	}
	return c.Normalize(v)
}

// present returns the values that were there.
func present(values model.Extra) model.Extra {
	return slices.DeleteFunc(values, func(v model.ExtraValue) bool { return v.Name == "" })
}
