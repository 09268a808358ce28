package schema

import (
	"fmt"
	"maps"
	"slices"
)

// Rename gives a table, or columns of it, other names in the database. Their logical names, which are those in records
// and in JSON, stay.
//
//	schema.Rename{Table: "user", SQLName: "users", Columns: map[string]string{"email": "email_address"}}
type Rename struct {
	// Table is the logical name of a table that anybody declares.
	Table string
	// SQLName is the table's name in the database. Empty leaves it as it is.
	SQLName string
	// Columns are names in the database by logical names. The id may be among them.
	Columns map[string]string
}

// renames are those of all owners, with who asked for them.
type renames struct {
	tables  map[*Table]string
	columns map[*Column]string
}

// rename gives tables and columns their other names. It runs when all of them are declared, and before what they are
// called is compared.
func (s *Schema) rename(sources []Source) (problems []error) {
	done := renames{map[*Table]string{}, map[*Column]string{}}
	for _, src := range sources {
		for _, r := range src.Rename {
			problems = append(problems, s.apply(src.Owner, r, &done)...)
		}
	}
	return problems
}

func (s *Schema) apply(owner string, r Rename, done *renames) (problems []error) {
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf("schema: "+format, args...)) }
	t := s.byName[r.Table]
	if t == nil {
		problem("%s renames the table %q, which nobody declares: is a plugin missing?", owner, r.Table)
		return problems
	}
	if r.SQLName != "" {
		if other, ok := done.tables[t]; ok && t.SQLName != r.SQLName {
			problem("%s renames the table %q to %q, but %s renames it to %q: rename it in one place only", owner, t.Name, r.SQLName, other, t.SQLName)
		} else if err := checkIdentifier(r.SQLName); err != nil {
			problem("%s renames the table %q: %w", owner, t.Name, err)
		} else {
			t.SQLName, done.tables[t] = r.SQLName, owner
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Columns)) {
		c, to := t.Column(name), r.Columns[name]
		if c == nil {
			problem("%s renames the column %q of table %q, which nobody declares: is a plugin missing?", owner, name, t.Name)
			continue
		}
		if other, ok := done.columns[c]; ok && c.SQLName != to {
			problem("%s renames the column %q of table %q to %q, but %s renames it to %q: rename it in one place only", owner, name, t.Name, to, other, c.SQLName)
		} else if err := checkIdentifier(to); err != nil {
			problem("%s renames the column %q of table %q: %w", owner, name, t.Name, err)
		} else {
			c.SQLName, done.columns[c] = to, owner
		}
	}
	return problems
}
