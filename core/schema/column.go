package schema

import "time"

// Kind is the type of a column as the library sees it. A store maps it to the column type of its database
// (contract: schema.json, physical_types); [Column.Normalize] maps what a driver returns back to one Go type per kind.
type Kind uint8

// The kinds, each with the Go type of its normalised value.
const (
	String      Kind = iota + 1 // string
	Boolean                     // bool
	Number                      // int64
	Date                        // time.Time in UTC, millisecond precision
	JSON                        // any JSON value as encoding/json decodes it
	StringArray                 // []string
	NumberArray                 // []float64
)

// String returns the kind's name as it appears in error messages: "string", "boolean", "number", "date", "json",
// "string[]" or "number[]".
func (k Kind) String() string {
	switch k {
	case String:
		return "string"
	case Boolean:
		return "boolean"
	case Number:
		return "number"
	case Date:
		return "date"
	case JSON:
		return "json"
	case StringArray:
		return "string[]"
	case NumberArray:
		return "number[]"
	default:
		return "invalid"
	}
}

// Column is one column of a table. The zero value of every flag is the careful choice: a column is nullable, not
// shown to clients and not writable by them unless it says so.
type Column struct {
	// Name is the logical name: the key in records and the member in JSON, such as "emailVerified".
	Name string
	// SQLName is the name in the database. The default is Name.
	SQLName string
	// Kind is the type of the values. It has no default.
	Kind Kind

	// Required makes the column NOT NULL and its value mandatory on create, unless Default supplies one.
	Required bool
	// Unique gives the column a unique constraint.
	Unique bool
	// Index gives the column an index of its own.
	Index bool
	// Sortable says that clients may sort by the column; MySQL then gives it a length.
	Sortable bool
	// BigInt makes a Number column 64 bits wide in the database.
	BigInt bool
	// References makes the column a foreign key. Such a column holds ids and is typed like them.
	References *Reference

	// Default makes the value of a column that is absent on create. now is the installation's clock.
	Default func(now time.Time) any
	// OnUpdate makes the value of a column that is absent on update. now is the installation's clock.
	OnUpdate func(now time.Time) any

	// Returned shows the column to clients.
	Returned bool
	// Input lets clients set the column.
	Input bool
}

// Reference is the target of a foreign key: always the id of another table.
type Reference struct {
	// Table is the logical name of the table referred to.
	Table string
	// OnDelete says what happens to the row when the row it refers to goes. The default is Cascade.
	OnDelete OnDelete
}

// OnDelete is the action of a foreign key.
type OnDelete uint8

// The actions that the contract knows.
const (
	Cascade OnDelete = iota
	SetNull
	Restrict
)

// String returns the action in SQL: "cascade", "set null" or "restrict".
func (o OnDelete) String() string {
	switch o {
	case SetNull:
		return "set null"
	case Restrict:
		return "restrict"
	default:
		return "cascade"
	}
}

// Value is a Default that is always v.
func Value(v any) func(time.Time) any { return func(time.Time) any { return v } }

// Now is a Default or OnUpdate that is the time of the operation.
func Now(now time.Time) any { return now }

// sameDefinition reports whether two owners mean the same column, so that both may declare it.
func (c *Column) sameDefinition(o *Column) bool {
	if c.Kind != o.Kind || c.SQLName != o.SQLName || c.Required != o.Required || c.Unique != o.Unique || c.BigInt != o.BigInt {
		return false
	}
	if (c.References == nil) != (o.References == nil) {
		return false
	}
	return c.References == nil || *c.References == *o.References
}
