package schema

import (
	"fmt"
	"strings"
)

// LiveColumn is a column as a database reports it.
type LiveColumn struct {
	Name string
	// Type is the declared type in lower case, such as "timestamp with time zone" or "varchar(255)".
	Type string
	// Nullable says that the column takes NULL.
	Nullable bool
	// HasDefault says that an insert may leave the column out although it is not nullable.
	HasDefault bool
}

// LiveIndex is an index or unique constraint as a database reports it.
type LiveIndex struct {
	Name    string
	Columns []string
	Unique  bool
}

// LiveTable is a table as a database reports it.
type LiveTable struct {
	Name    string
	Columns []LiveColumn
	Indexes []LiveIndex
}

// MissingColumn is a column that a table lacks.
type MissingColumn struct {
	Table  *Table
	Column *Column
}

// MissingIndex is an index that a table lacks. Name is the name that the contract gives it.
type MissingIndex struct {
	Table   *Table
	Columns []*Column
	Unique  bool
	Name    string
}

// Changes is what a database lacks to hold a schema: additions only. What would need data to change is told in
// Warnings, in words, and never done.
type Changes struct {
	Tables   []*Table
	Columns  []MissingColumn
	Indexes  []MissingIndex
	Warnings []string
}

// Empty reports whether there is nothing to add.
func (ch *Changes) Empty() bool { return len(ch.Tables)+len(ch.Columns)+len(ch.Indexes) == 0 }

// Diff compares a schema with the tables of a live database. fits tells whether a live column type can hold a column;
// what cannot is warned about. Tables and columns that the schema does not know are left alone, but a column that is
// neither nullable nor has a default is warned about, because every insert would fail on it.
func Diff(want *Schema, live []LiveTable, fits func(c *Column, liveType string) bool) Changes {
	var ch Changes
	for _, t := range want.Tables() {
		lt := findLive(live, t.SQLName)
		if lt == nil {
			ch.Tables = append(ch.Tables, t)
			ch.Indexes = append(ch.Indexes, t.AllIndexes()...)
			continue
		}
		ch.diffTable(t, lt, fits)
	}
	return ch
}

func (ch *Changes) diffTable(t *Table, lt *LiveTable, fits func(*Column, string) bool) {
	for i := range t.Columns {
		c := &t.Columns[i]
		lc := lt.column(c.SQLName)
		if lc == nil {
			ch.Columns = append(ch.Columns, MissingColumn{t, c})
			if c.Required && c.Default == nil {
				ch.Warnings = append(ch.Warnings, fmt.Sprintf("column %q of table %q is required but the table exists already: it is added as nullable", c.SQLName, t.SQLName))
			}
			continue
		}
		if !fits(c, lc.Type) {
			ch.Warnings = append(ch.Warnings, fmt.Sprintf("column %q of table %q has the type %q, which cannot hold a %s: change it by hand", c.SQLName, t.SQLName, lc.Type, c.Kind))
		}
	}
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Unique && lt.column(c.SQLName) != nil && !lt.unique(c.SQLName) {
			ch.Warnings = append(ch.Warnings, fmt.Sprintf("column %q of table %q has no unique constraint: two rows may claim the same value until you add one", c.SQLName, t.SQLName))
		}
	}
	for _, lc := range lt.Columns {
		if !lc.Nullable && !lc.HasDefault && t.bySQLName(lc.Name) == nil {
			ch.Warnings = append(ch.Warnings, fmt.Sprintf("table %q has the column %q, which nobody here fills and which may not be NULL: inserts will fail until it is nullable or has a default", t.SQLName, lc.Name))
		}
	}
	for _, ix := range t.AllIndexes() {
		if !lt.covers(ix) {
			ch.Indexes = append(ch.Indexes, ix)
		}
	}
}

// AllIndexes returns the indexes that t needs besides inline unique constraints: one for each column flagged Index,
// named <table>_<column>_idx, and those over several columns, named <table>_<columns>_idx or _uidx (formats.md §16).
func (t *Table) AllIndexes() []MissingIndex {
	var out []MissingIndex
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Index && !c.Unique {
			out = append(out, MissingIndex{Table: t, Columns: []*Column{c}, Name: t.SQLName + "_" + c.SQLName + "_idx"})
		}
	}
	for _, ix := range t.Indexes {
		m := MissingIndex{Table: t, Unique: ix.Unique}
		names := []string{t.SQLName}
		for _, n := range ix.Columns {
			c := t.Column(n)
			m.Columns = append(m.Columns, c)
			names = append(names, c.SQLName)
		}
		m.Name = strings.Join(names, "_") + "_idx"
		if ix.Unique {
			m.Name = strings.Join(names, "_") + "_uidx"
		}
		out = append(out, m)
	}
	return out
}

func findLive(live []LiveTable, name string) *LiveTable {
	for i := range live {
		if live[i].Name == name {
			return &live[i]
		}
	}
	return nil
}

func (lt *LiveTable) column(name string) *LiveColumn {
	for i := range lt.Columns {
		if lt.Columns[i].Name == name {
			return &lt.Columns[i]
		}
	}
	return nil
}

// unique reports whether a constraint or index over that column alone keeps its values apart.
func (lt *LiveTable) unique(column string) bool {
	for _, ix := range lt.Indexes {
		if ix.Unique && len(ix.Columns) == 1 && ix.Columns[0] == column {
			return true
		}
	}
	return false
}

// covers reports whether an index of the live table serves the one wanted: the same leading columns, and unique where
// that is wanted.
func (lt *LiveTable) covers(want MissingIndex) bool {
	for _, ix := range lt.Indexes {
		if ix.Name == want.Name {
			return true
		}
		if len(ix.Columns) < len(want.Columns) || want.Unique && (!ix.Unique || len(ix.Columns) != len(want.Columns)) {
			continue
		}
		same := true
		for i, c := range want.Columns {
			same = same && ix.Columns[i] == c.SQLName
		}
		if same {
			return true
		}
	}
	return false
}

func (t *Table) bySQLName(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].SQLName == name {
			return &t.Columns[i]
		}
	}
	return nil
}
