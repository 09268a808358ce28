package store

import "github.com/cardea-auth/cardea/core/schema"

// Op is how a condition compares.
type Op uint8

// The operators. The ordering ones are defined on numbers, dates and strings (by code point); the text ones on strings,
// where the value is plain text: a store escapes what its database would read as a wildcard. Unlike in SQL, null equals
// null and differs from every value, on every store; it is neither less nor greater than anything and contains nothing,
// so the ordering and text operators never match with a nil value. Booleans know only (in)equality and lists, JSON and
// arrays only the comparison with nil. Any other use is an error.
const (
	OpEq         Op = iota // equal; with a nil value: is null
	OpNe                   // not equal; with a nil value: is not null
	OpLt                   // less
	OpLte                  // less or equal
	OpGt                   // greater
	OpGte                  // greater or equal
	OpIn                   // equal to one of Value, a []any; an empty list matches nothing
	OpNotIn                // equal to none of Value, a []any; an empty list matches everything
	OpContains             // contains the string
	OpStartsWith           // begins with the string
	OpEndsWith             // ends with the string
)

// Cond is one condition, or, where Any is set, a group of which at least one must hold.
type Cond struct {
	// Column is a logical name. An unknown column is an error, never ignored.
	Column string
	Op     Op
	// Value has the Go type of the column's kind; for OpIn and OpNotIn it is a []any of them. Dates are cut to
	// milliseconds, as stored ones are.
	Value any
	// Fold compares strings without regard to ASCII case. On other kinds it does nothing.
	Fold bool
	// Any is a group joined by OR. The other fields are then unused. An empty, non-nil group matches nothing.
	Any []Cond
}

// Eq is column = v, or, for nil, column is null.
func Eq(column string, v any) Cond { return Cond{Column: column, Op: OpEq, Value: v} }

// Ne is column <> v or column is null, or, for nil, column is not null.
func Ne(column string, v any) Cond { return Cond{Column: column, Op: OpNe, Value: v} }

// Lt is column < v.
func Lt(column string, v any) Cond { return Cond{Column: column, Op: OpLt, Value: v} }

// Lte is column <= v.
func Lte(column string, v any) Cond { return Cond{Column: column, Op: OpLte, Value: v} }

// Gt is column > v.
func Gt(column string, v any) Cond { return Cond{Column: column, Op: OpGt, Value: v} }

// Gte is column >= v.
func Gte(column string, v any) Cond { return Cond{Column: column, Op: OpGte, Value: v} }

// In is true where the column equals one of the values.
func In[T any](column string, values ...T) Cond {
	return Cond{Column: column, Op: OpIn, Value: list(values)}
}

// NotIn is true where the column equals none of the values.
func NotIn[T any](column string, values ...T) Cond {
	return Cond{Column: column, Op: OpNotIn, Value: list(values)}
}

// Contains is true where the column contains s.
func Contains(column, s string) Cond { return Cond{Column: column, Op: OpContains, Value: s} }

// StartsWith is true where the column begins with s.
func StartsWith(column, s string) Cond { return Cond{Column: column, Op: OpStartsWith, Value: s} }

// EndsWith is true where the column ends with s.
func EndsWith(column, s string) Cond { return Cond{Column: column, Op: OpEndsWith, Value: s} }

// AnyOf is true where at least one of the conditions is.
func AnyOf(conds ...Cond) Cond { return Cond{Any: append([]Cond{}, conds...)} }

func list[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

// Order is one key of a sort. Nulls come first in ascending order, last in descending order, on every store.
type Order struct {
	// Column is a logical name.
	Column string
	Desc   bool
}

// Query names rows of one table: all conditions hold.
type Query struct {
	Table   *schema.Table
	Where   []Cond
	OrderBy []Order
	// Limit is the most rows to return; 0 is no limit. Negative is an error.
	Limit int
	// Offset is how many rows to skip. Negative is an error.
	Offset int
}

// From starts a query.
func From(t *schema.Table, where ...Cond) Query { return Query{Table: t, Where: where} }
