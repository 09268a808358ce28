package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Source is what one owner contributes to a schema.
type Source struct {
	// Owner names the contributor in error messages: "core", "plugin admin", "config".
	Owner string
	// Extensions are its tables and columns.
	Extensions []Extension
	// Rename are other names in the database, for its own tables or anybody's.
	Rename []Rename
}

// Schema is the whole of the tables of an installation. It is immutable and safe for concurrent use.
type Schema struct {
	tables []*Table
	byName map[string]*Table
}

// Table returns the table with that logical name, or nil.
func (s *Schema) Table(name string) *Table { return s.byName[name] }

// Tables returns all tables in the order in which they were declared. The caller must not change the slice.
func (s *Schema) Tables() []*Table { return s.tables }

// Merge puts the sources together, in order. Two owners may declare one column if they mean the same; anything else
// that collides is reported, all of it in one error: a column with two definitions, two columns with one name in the
// database, two tables with one name in the database, a foreign key to what nobody declares, a new name for what nobody
// declares.
func Merge(sources ...Source) (*Schema, error) { return MergeWith(TextIDs, sources...) }

// MergeWith is Merge for tables with other ids than text.
func MergeWith(ids IDs, sources ...Source) (*Schema, error) {
	s := &Schema{byName: map[string]*Table{}}
	var problems []error
	if ids > SerialIDs {
		problems = append(problems, fmt.Errorf("schema: %d is no kind of ids: use TextIDs, UUIDs or SerialIDs", ids))
	}
	for _, src := range sources {
		for i := range src.Extensions {
			problems = append(problems, s.extend(src.Owner, &src.Extensions[i])...)
		}
	}
	for _, t := range s.tables {
		t.IDs = ids
		t.add(t.Owner, Column{Name: ID, SQLName: ID, Kind: String, Required: true, Returned: true, ids: ids, holds: true})
	}
	problems = append(problems, s.rename(sources)...)
	problems = append(problems, s.check()...)
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return s, nil
}

func (s *Schema) extend(owner string, e *Extension) (problems []error) {
	t := s.byName[e.Table]
	if t == nil {
		t = &Table{Name: e.Table, SQLName: e.SQLName, Owner: owner, index: map[string]int{}}
		if t.SQLName == "" {
			t.SQLName = e.Table
		}
		if err := errors.Join(checkIdentifier(e.Table), checkIdentifier(t.SQLName)); err != nil {
			problems = append(problems, fmt.Errorf("schema: table %q of %s: %w", e.Table, owner, err))
		}
		s.byName[e.Table] = t
		s.tables = append(s.tables, t)
	} else if e.SQLName != "" && e.SQLName != t.SQLName {
		problems = append(problems, fmt.Errorf("schema: %s calls the table of model %q %q, but %s already calls it %q: rename it in one place only",
			owner, e.Table, e.SQLName, t.Owner, t.SQLName))
	}
	for _, c := range e.Columns {
		if c.SQLName == "" {
			c.SQLName = c.Name
		}
		problems = append(problems, t.declare(owner, c)...)
	}
	for _, ix := range e.Indexes {
		if !slices.ContainsFunc(t.Indexes, ix.equal) {
			t.Indexes = append(t.Indexes, ix)
		}
	}
	return problems
}

// declare adds a column, or accepts it silently where it is there already with the same meaning.
func (t *Table) declare(owner string, c Column) []error {
	where := fmt.Sprintf("%q of table %q", c.Name, t.Name)
	if c.Name == ID {
		return []error{fmt.Errorf("schema: %s declares the column %s: every table has its id already, leave it out", owner, where)}
	}
	if err := errors.Join(checkIdentifier(c.Name), checkIdentifier(c.SQLName)); err != nil {
		return []error{fmt.Errorf("schema: column %s, declared by %s: %w", where, owner, err)}
	}
	if c.Kind < String || c.Kind > NumberArray {
		return []error{fmt.Errorf("schema: column %s, declared by %s, has no kind: set Column.Kind", where, owner)}
	}
	if i, ok := t.index[c.Name]; ok {
		if t.Columns[i].sameDefinition(&c) {
			return nil
		}
		return []error{fmt.Errorf("schema: column %s is declared twice with different definitions: %s by %s, %s by %s; rename one of the two columns or give both the same definition",
			where, t.Columns[i].describe(), t.owners[i], c.describe(), owner)}
	}
	t.add(owner, c)
	return nil
}

func (t *Table) add(owner string, c Column) {
	t.index[c.Name] = len(t.Columns)
	t.Columns = append(t.Columns, c)
	t.owners = append(t.owners, owner)
}

// check looks at what only the whole schema shows.
func (s *Schema) check() (problems []error) {
	bySQL := map[string]*Table{}
	for _, t := range s.tables {
		key := strings.ToLower(t.SQLName)
		if o := bySQL[key]; o != nil {
			problems = append(problems, fmt.Errorf("schema: models %q (%s) and %q (%s) share the table %q: give one of them another SQLName",
				o.Name, o.Owner, t.Name, t.Owner, t.SQLName))
		}
		bySQL[key] = t
		problems = append(problems, t.checkNames()...)
		for i := range t.Columns {
			if t.Columns[i].References == nil {
				continue
			}
			if err := s.refer(&t.Columns[i]); err != nil {
				problems = append(problems, fmt.Errorf("schema: column %q of table %q (%s) refers to %w", t.Columns[i].Name, t.Name, t.owners[i], err))
			}
		}
		for _, ix := range t.Indexes {
			for _, name := range ix.Columns {
				if t.Column(name) == nil {
					problems = append(problems, fmt.Errorf("schema: an index of table %q names the column %q, which it does not have", t.Name, name))
				}
			}
		}
	}
	return problems
}

// checkNames looks for columns that share a name in the database, where case does not matter.
func (t *Table) checkNames() (problems []error) {
	seen := map[string]int{}
	for i := range t.Columns {
		c := &t.Columns[i]
		key := strings.ToLower(c.SQLName)
		j, taken := seen[key]
		switch {
		case !taken:
			seen[key] = i
		case c.Name == ID:
			problems = append(problems, fmt.Errorf("schema: column %q of table %q, declared by %s, would have the name of the id in the database: give it another SQLName",
				t.Columns[j].Name, t.Name, t.owners[j]))
		default:
			problems = append(problems, fmt.Errorf("schema: columns %q (%s) and %q (%s) of table %q share the name %q in the database: give one of them another SQLName",
				t.Columns[j].Name, t.owners[j], c.Name, t.owners[i], t.Name, c.SQLName))
		}
	}
	return problems
}

// refer checks what a foreign key refers to, and notes whose ids it holds.
func (s *Schema) refer(c *Column) error {
	t := s.byName[c.References.Table]
	if t == nil {
		return fmt.Errorf("the model %q, which nobody declares: is a plugin missing?", c.References.Table)
	}
	to := t.Column(c.References.Target())
	switch {
	case to == nil:
		return fmt.Errorf("the column %q of table %q, which nobody declares: is a plugin missing?", c.References.Column, t.Name)
	case to.Name != ID && !to.Unique:
		return fmt.Errorf("the column %q of table %q, which is not unique: databases take no such foreign key", to.Name, t.Name)
	case to.Kind != c.Kind:
		return fmt.Errorf("the column %q of table %q, which is a %s: give both the same kind", to.Name, t.Name, to.Kind)
	}
	if to.Name == ID {
		c.ids, c.holds = t.IDs, true
	}
	return nil
}

func (c *Column) describe() string {
	d := c.Kind.String()
	if c.Required {
		d += " required"
	}
	if c.Unique {
		d += " unique"
	}
	if c.References != nil {
		d += " referring to " + c.References.Table
		if c.References.Target() != ID {
			d += "." + c.References.Column
		}
	}
	if c.SQLName != c.Name {
		d += fmt.Sprintf(" named %q in the database", c.SQLName)
	}
	return d
}

// checkIdentifier refuses names that no database should be asked to quote. 63 bytes is PostgreSQL's limit.
func checkIdentifier(s string) error {
	if s == "" {
		return errors.New("a name is empty")
	}
	if len(s) > 63 {
		return fmt.Errorf("the name %q is longer than 63 bytes", s)
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || strings.ContainsRune("\"'`[];", r) {
			return fmt.Errorf("the name %q has a character that cannot stand in a name", s)
		}
	}
	return nil
}
