package schema

import "slices"

// ID is the logical name of the primary key that every table has. It is never listed in an [Extension]:
// [Merge] adds it as the last column, which is where the contract puts it in JSON.
const ID = "id"

// Index is an index over several columns. Indexes over one column are flags of the column.
type Index struct {
	// Columns are logical names, in index order.
	Columns []string
	// Unique makes it a unique index.
	Unique bool
}

func (ix Index) equal(o Index) bool {
	return ix.Unique == o.Unique && slices.Equal(ix.Columns, o.Columns)
}

// Extension is what one owner adds: a table of its own, or columns to another's table.
type Extension struct {
	// Table is the logical name of the table, such as "user".
	Table string
	// SQLName is the table's name in the database. The default is Table. Only the owner of the table, the
	// first to declare it, may set it.
	SQLName string
	// Columns are the columns to add, without the id.
	Columns []Column
	// Indexes are the indexes over several columns to add.
	Indexes []Index
}

// Table is one table of a merged schema. It is immutable and safe for concurrent use.
type Table struct {
	// Name is the logical name, such as "user".
	Name string
	// SQLName is the name in the database.
	SQLName string
	// Columns are all columns in wire order: core's, then each owner's in order, then the id.
	Columns []Column
	// Indexes are the indexes over several columns.
	Indexes []Index
	// IDs is what the ids of the table are.
	IDs IDs
	// Owner names who declared the table, for error messages.
	Owner string

	index  map[string]int
	owners []string // of Columns, by position
}

// Index returns the position of the column with that logical name in Columns, or -1.
func (t *Table) Index(name string) int {
	if i, ok := t.index[name]; ok {
		return i
	}
	return -1
}

// Column returns the column with that logical name, or nil.
func (t *Table) Column(name string) *Column {
	if i, ok := t.index[name]; ok {
		return &t.Columns[i]
	}
	return nil
}
