package schema

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Of describes a table by a struct: one column for each field with a db tag. The Go type gives the kind: string, bool,
// int, int64, time.Time, []string, []float64, or any or a map for JSON. A plain type is required, a pointer may be null; slices
// and any may be null too. The tag names the column and may add options:
//
//	type Device struct {
//		ID     string    `db:"id"`
//		UserID string    `db:"userId,references=user,index"`
//		Name   *string   `db:"name,returned,input"`
//		SeenAt time.Time `db:"seenAt"`
//	}
//
// The options are
//
//   - required (for slices and any), unique, index, sortable, bigint, returned, input
//   - default=VALUE, a text, number or boolean, or now for a date; onupdate=now
//   - enum=A|B|C, max=LENGTH
//   - references=TABLE or references=TABLE.COLUMN, then ondelete=cascade, ondelete=set-null or ondelete=restrict
//   - sql=NAME
//   - existing, for a column that core or a plugin declares: the struct only reads it
//
// The id is left out of the extension because every table has it, and so is what is existing. Of panics on a type that is
// not such a struct: that is a mistake in the program.
func Of[T any](table string) Extension {
	e := Extension{Table: table}
	for _, f := range Fields(reflect.TypeFor[T]()) {
		if f.Column.Name != ID && !f.Existing {
			e.Columns = append(e.Columns, f.Column)
		}
	}
	return e
}

// Extra is the db tag of a field that stands for no column, but takes those that the struct does not name: see
// store.NewRows.
const Extra = ",extra"

// Field is a struct field that stands for a column.
type Field struct {
	Column Column
	Index  []int // for reflect's FieldByIndex
	// Existing says that somebody else declares the column.
	Existing bool
}

// Fields returns the fields of a struct type that have a db tag, in order, as [Of] reads them.
func Fields(t reflect.Type) []Field {
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("schema: %v is not a struct", t))
	}
	var out []Field
	for _, sf := range reflect.VisibleFields(t) {
		tag, ok := sf.Tag.Lookup("db")
		if !ok || tag == "-" {
			continue
		}
		if tag == Extra {
			continue
		}
		name, opts, _ := strings.Cut(tag, ",")
		c := Column{Name: name, SQLName: name}
		kind, nullable := kindOf(sf.Type)
		if kind == 0 {
			panic(fmt.Sprintf("schema: field %s of %v has the type %v, which no column holds", sf.Name, t, sf.Type))
		}
		c.Kind, c.Required = kind, !nullable
		existing := false
		for opt := range strings.SplitSeq(opts, ",") {
			switch {
			case opt == "existing":
				existing = true
			case opt != "" && !c.option(opt):
				panic(fmt.Sprintf("schema: field %s of %v has the unknown option %q", sf.Name, t, opt))
			}
		}
		out = append(out, Field{Column: c, Index: sf.Index, Existing: existing})
	}
	return out
}

func (c *Column) option(opt string) bool {
	name, value, _ := strings.Cut(opt, "=")
	switch name {
	case "required":
		c.Required = true
	case "unique":
		c.Unique = true
	case "index":
		c.Index = true
	case "sortable":
		c.Sortable = true
	case "bigint":
		c.BigInt = true
	case "returned":
		c.Returned = true
	case "input":
		c.Input = true
	case "sql":
		c.SQLName = value
	case "enum":
		c.Enum = strings.Split(value, "|")
		return c.Kind == String
	case "max":
		n, err := strconv.Atoi(value)
		c.MaxLength = n
		return err == nil && n > 0 && (c.Kind == String || c.Kind == StringArray)
	case "default":
		return c.setDefault(value)
	case "onupdate":
		c.OnUpdate = Now
		return c.Kind == Date && value == "now"
	case "references":
		table, column, _ := strings.Cut(value, ".")
		c.References = &Reference{Table: table, Column: column}
	case "ondelete":
		if c.References == nil {
			return false
		}
		switch value {
		case "cascade":
		case "set-null":
			c.References.OnDelete = SetNull
		case "restrict":
			c.References.OnDelete = Restrict
		default:
			return false
		}
	default:
		return false
	}
	return true
}

// setDefault reads the default of a tag, and reports whether the kind can have it.
func (c *Column) setDefault(text string) bool {
	var v any = text
	var err error
	switch c.Kind {
	case String:
	case Boolean:
		v, err = strconv.ParseBool(text)
	case Number:
		v, err = strconv.ParseInt(text, 10, 64)
	case Date:
		c.Default = Now
		return text == "now"
	default:
		return false
	}
	c.Default = Value(v)
	return err == nil
}

var timeType = reflect.TypeFor[time.Time]()

// kindOf returns the kind that holds values of t, or 0, and whether t has a value for null.
func kindOf(t reflect.Type) (kind Kind, nullable bool) {
	if t.Kind() == reflect.Pointer {
		kind, _ = kindOf(t.Elem())
		return kind, true
	}
	if t == timeType {
		return Date, false
	}
	switch t.Kind() {
	case reflect.String:
		return String, false
	case reflect.Bool:
		return Boolean, false
	case reflect.Int, reflect.Int64:
		return Number, false
	case reflect.Interface:
		return JSON, true
	case reflect.Map:
		return JSON, true
	case reflect.Slice:
		switch t.Elem() { // not a named type: the elements could not be converted
		case reflect.TypeFor[string]():
			return StringArray, true
		case reflect.TypeFor[float64]():
			return NumberArray, true
		}
	}
	return 0, false
}
