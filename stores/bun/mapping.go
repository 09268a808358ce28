package bunstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// liveTable is a table as the database describes it.
type liveTable struct {
	name    string
	columns []liveColumn
	// collation is what MySQL gives to columns that name none.
	collation string
}

// liveColumn is a column as the database describes it.
type liveColumn struct {
	name string
	// typ is the declared type in lower case, with its length: "varchar(255)".
	typ string
	// base is the type's short name: "varchar", PostgreSQL's "int4" and "_text".
	base       string
	nullable   bool
	hasDefault bool
	// expr is the default as SQL, if the database tells.
	expr string

	limit     int    // the most characters a text may have; 0 is no limit
	precision int    // how many digits of a second a date keeps
	charset   string // MySQL
	collation string // MySQL
	vague     bool   // PostgreSQL: different texts may be equal
	enum      bool   // PostgreSQL
}

func (t *liveTable) column(name string) *liveColumn {
	for i := range t.columns {
		if t.columns[i].name == name {
			return &t.columns[i]
		}
	}
	return nil
}

// mapping is how a live table keeps the rows of a table of the schema. It is immutable.
type mapping struct {
	table   *schema.Table
	ident   string   // the table
	columns []column // in the order of table.Columns
	reads   string   // what a SELECT lists for all columns
	// certain says that the mapping does not hang on a guess: which unit the dates of an empty table will have.
	certain bool
}

// column is how a live column keeps the values of a column of the schema, and the SQL for that.
type column struct {
	*schema.Column
	form   form
	layout string // of asTime
	limit  int    // the most characters of a text; 0 is no limit
	padded bool   // the type char, which does not keep spaces at the end

	charset   string // MySQL
	collation string // MySQL

	ident string // the column
	reads string // what a SELECT lists

	// written is the placeholder in INSERT and SET.
	written operand
	// equal compares for equality, and may use an index. If it is vague it takes different texts for equal; text
	// tells them apart.
	equal operand
	vague bool
	// order compares for order.
	order operand
	// text compares texts byte by byte, and is what the text operators search.
	text operand
}

// operand is one side of a comparison, and what surrounds the placeholder on the other.
type operand struct {
	expr          string
	before, after string
}

// arg adds an argument and returns its placeholder, fit for comparison with expr.
func (o *operand) arg(st *statement, v any) string { return o.before + st.bind(v) + o.after }

// newMapping looks at the live table of t. Columns in the mapping's SQL are qualified by prefix, which is empty or ends
// in a dot.
func newMapping(ctx context.Context, e engine, q querier, t *schema.Table, prefix string) (*mapping, error) {
	live, err := e.inspect(ctx, q, t.SQLName)
	if err != nil {
		return nil, err
	}
	if live == nil {
		return nil, fmt.Errorf("bunstore: the database has no table %q: run the migration", t.SQLName)
	}
	m := &mapping{table: t, ident: e.table(t.SQLName), columns: make([]column, len(t.Columns)), certain: true}
	reads := make([]string, len(t.Columns))
	for i := range t.Columns {
		lc := live.column(t.Columns[i].SQLName)
		if lc == nil {
			return nil, fmt.Errorf("bunstore: the table %q has no column %q: run the migration", t.SQLName, t.Columns[i].SQLName)
		}
		c := &m.columns[i]
		c.Column, c.limit, c.charset, c.collation = &t.Columns[i], lc.limit, lc.charset, lc.collation
		if c.form = e.fit(c.Column, lc); c.form == 0 {
			return nil, fmt.Errorf("bunstore: the column %q of table %q has the type %q, which cannot hold a %s: %w",
				c.SQLName, t.SQLName, lc.typ, c.Kind, store.ErrMisconfigured)
		}
	}
	if e.dialect() == SQLite {
		if m.certain, err = settleDates(ctx, q, m, live); err != nil {
			return nil, err
		}
	}
	for i := range m.columns {
		c := &m.columns[i]
		c.ident = prefix + e.quote(c.SQLName)
		c.reads = c.ident
		c.written, c.equal = operand{}, operand{expr: c.ident}
		c.order, c.text = c.equal, c.equal
		e.describe(c, live.column(c.SQLName))
		reads[i] = c.reads
	}
	m.reads = strings.Join(reads, ", ")
	return m, nil
}

// column returns the column with that logical name.
func (m *mapping) column(name string) (*column, error) {
	i := m.table.Index(name)
	if i < 0 {
		return nil, fmt.Errorf("bunstore: table %q has no column %q in the schema", m.table.Name, name)
	}
	return &m.columns[i], nil
}

// id returns the column of the primary key.
func (m *mapping) id() *column { return &m.columns[m.table.Index(schema.ID)] }

// record makes a record of what the driver gave for the columns.
func (m *mapping) record(values []any) store.Record {
	rec := make(store.Record, len(m.columns))
	for i := range m.columns {
		rec[m.columns[i].Name] = m.columns[i].decode(values[i])
	}
	return rec
}

// sorted prepares the values of a record for a statement: their columns in the order of the table, so that records with
// the same columns make the same text, and the encoded values beside them.
func (m *mapping) sorted(r store.Record) (columns []*column, values []any, err error) {
	for i := range m.columns {
		c := &m.columns[i]
		v, ok := r[c.Name]
		if !ok {
			continue
		}
		if v, err = c.encode(v); err != nil {
			return nil, nil, fmt.Errorf("table %q: %w", m.table.Name, err)
		}
		columns, values = append(columns, c), append(values, v)
	}
	if len(columns) != len(r) {
		for name := range r {
			if _, err := m.column(name); err != nil {
				return nil, nil, err
			}
		}
	}
	return columns, values, nil
}
