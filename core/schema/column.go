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
	// MaxLength is how many characters, in UTF-16 units, clients may send for a String column, or for each text of a
	// StringArray one. The default is 16384, or no limit if core's Compat is Exact.
	MaxLength int
	// References makes the column a foreign key, typed like what it refers to.
	References *Reference
	// Enum lists the values that a String column is meant to take. In the database it is a text like any other; values
	// that clients send are held against it unless core's Compat is Exact.
	Enum []string

	// Default makes the value of a column that is absent on create. now is the installation's clock.
	Default func(now time.Time) any
	// OnUpdate makes the value of a column that is absent on update. now is the installation's clock.
	OnUpdate func(now time.Time) any

	// Returned shows the column to clients.
	Returned bool
	// Input lets clients set the column.
	Input bool
	// Validate judges a value that a client sends, and may replace it. Its error's text is for the client. v has the Go
	// type of the column's kind if the value fits it, and otherwise the one that encoding/json decodes to; it is nil for
	// null. What is absent is not judged.
	Validate func(v any) (any, error)
	// Transform changes values on their way into the database and out of it.
	Transform Transform

	ids   IDs  // of the table whose ids the column holds
	holds bool // ids
}

// Transform changes the values of a column. A nil function changes nothing. An error fails the operation.
type Transform struct {
	// Input is called with a value that a client sends (see Column.Validate; a column that has both is validated there),
	// and then with every value on its way into the database. So it may see its own result again. On create it is called
	// also where there is no value, with nil. Conditions of queries are not changed.
	Input func(v any) (any, error)
	// Output is called with every value out of the database, which has the Go type of the column's kind or is nil. Its
	// result may be of any type that JSON can say; where the column is a field of a struct, it must fit that.
	Output func(v any) (any, error)
}

// Reference is the target of a foreign key.
type Reference struct {
	// Table is the logical name of the table referred to.
	Table string
	// Column is the logical name of the column referred to, which has to be unique. The default is the id.
	Column string
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

// Target returns the logical name of the column referred to.
func (r *Reference) Target() string {
	if r.Column == "" {
		return ID
	}
	return r.Column
}

// IDs returns what the ids that the column holds are; ok is false if the column is neither an id nor refers to one. It
// is known for the columns of a merged schema only.
func (c *Column) IDs() (ids IDs, ok bool) { return c.ids, c.holds }

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
	return c.References == nil || c.References.Table == o.References.Table && c.References.Target() == o.References.Target() &&
		c.References.OnDelete == o.References.OnDelete
}
