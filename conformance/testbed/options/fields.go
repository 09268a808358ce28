package options

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/wire"
)

// tables reads what every table of core may have: names of its own in the database, and additional fields.
func (r reader) tables(o strict.Object, c *core.Config) {
	for _, table := range []string{model.UserTable, model.SessionTable, model.AccountTable, model.VerificationTable} {
		of := o.Object(table)
		names(of, table, c)
		if columns := r.additionalFields(of.Object("additionalFields")); len(columns) > 0 {
			c.Schema = append(c.Schema, schema.Extension{Table: table, Columns: columns})
		}
	}
}

// names reads modelName and fields of a table.
func names(o strict.Object, table string, c *core.Config) {
	rename := schema.Rename{Table: table}
	o.String("modelName", &rename.SQLName)
	fields := o.Object("fields")
	for _, name := range fields.Names() {
		to := ""
		if fields.String(name, &to); to != "" {
			if rename.Columns == nil {
				rename.Columns = map[string]string{}
			}
			rename.Columns[name] = to
		}
	}
	if rename.SQLName != "" || rename.Columns != nil {
		c.Rename = append(c.Rename, rename)
	}
}

func (r reader) additionalFields(o strict.Object) []schema.Column {
	var columns []schema.Column
	for _, name := range o.Names() {
		columns = append(columns, r.additionalField(name, o.Object(name)))
	}
	return columns
}

var fieldKinds = map[string]schema.Kind{
	"string": schema.String, "boolean": schema.Boolean, "number": schema.Number, "date": schema.Date, "json": schema.JSON,
	"string[]": schema.StringArray, "number[]": schema.NumberArray,
}

func (r reader) additionalField(name string, o strict.Object) schema.Column {
	c := schema.Column{Name: name, Kind: schema.String, Required: true, Returned: true, Input: true}
	if o.IsList("type") {
		o.Strings("type", &c.Enum)
	} else {
		kind := ""
		o.Choice("type", &kind, "string", "boolean", "number", "date", "json", "string[]", "number[]")
		c.Kind = fieldKinds[kind]
		if kind == "" && !o.Has("type") {
			o.Fail("type", "missing")
		}
	}
	o.Bool("required", &c.Required)
	o.Bool("input", &c.Input)
	o.Bool("returned", &c.Returned)
	o.Bool("unique", &c.Unique)
	o.Bool("index", &c.Index)
	o.Bool("sortable", &c.Sortable)
	o.Bool("bigint", &c.BigInt)
	o.String("fieldName", &c.SQLName)
	c.References = reference(o.Object("references"))
	r.defaultValue(o, &c)
	if c.Required && !o.Has("required") && c.Default == nil && c.Input {
		// better-auth then takes the column for required in the database, but does not ask clients for it.
		c.Default = schema.Value(nil)
	}
	transform := o.Object("transform")
	c.Transform = schema.Transform{Input: unary(r.function(transform, "input")), Output: unary(r.function(transform, "output"))}
	c.Validate = r.validator(o.Object("validator").Object("input"))
	return c
}

func reference(o strict.Object) *schema.Reference {
	if len(o.Names()) == 0 {
		return nil
	}
	var to schema.Reference
	action := "cascade"
	o.String("model", &to.Table)
	o.String("field", &to.Column)
	o.Choice("onDelete", &action, "cascade", "set null", "restrict")
	to.OnDelete = map[string]schema.OnDelete{"set null": schema.SetNull, "restrict": schema.Restrict}[action]
	return &to
}

// defaultValue reads a value or a function that makes one.
func (r reader) defaultValue(o strict.Object, c *schema.Column) {
	if f := r.function(o, "defaultValue"); f != nil {
		c.Default = func(time.Time) any {
			v, err := f(context.Background())
			if err != nil {
				panic(err) // a default cannot fail otherwise
			}
			return ofKind(c.Kind, v)
		}
		return
	}
	if date := (time.Time{}); c.Kind == schema.Date && o.Has("defaultValue") {
		o.Time("defaultValue", &date)
		c.Default = schema.Value(date)
		return
	}
	if v, ok := o.Any("defaultValue"); ok {
		c.Default = schema.Value(ofKind(c.Kind, v))
	}
}

// ofKind returns a JSON value as records have it.
func ofKind(k schema.Kind, v any) any {
	switch v := v.(type) {
	case float64:
		if k == schema.Number {
			return int64(v)
		}
	case string:
		if t, ok := wire.ParseTime(v); ok && k == schema.Date {
			return t
		}
	case []any:
		if list, err := (&schema.Column{Kind: k}).Normalize(v); err == nil {
			return list
		}
	}
	return v
}

// unary makes a transform of a function; nil of none.
func unary(f Function) func(any) (any, error) {
	if f == nil {
		return nil
	}
	return func(v any) (any, error) { return f(context.Background(), v) }
}

// validator reads a Standard Schema: {"~standard":{"validate":FUNCTION}}, which returns {"value":…} or
// {"issues":[{"message":…}]}.
func (r reader) validator(o strict.Object) func(any) (any, error) {
	standard := o.Object("~standard")
	standard.Any("version")
	standard.Any("vendor")
	f := r.function(standard, "validate")
	if f == nil {
		return nil
	}
	return func(v any) (any, error) {
		result, err := f(context.Background(), v)
		if err != nil {
			return nil, err
		}
		answer, ok := result.(*wire.Object)
		if !ok {
			return nil, fmt.Errorf("a validator returned %T", result)
		}
		if issues, _ := answer.Get("issues"); issues != nil {
			list, _ := issues.([]any)
			if len(list) > 0 {
				if first, ok := list[0].(*wire.Object); ok {
					message, _ := first.Get("message")
					text, _ := message.(string)
					return nil, errors.New(text)
				}
			}
			return nil, errors.New("")
		}
		value, _ := answer.Get("value")
		return value, nil
	}
}

// database reads how ids are made, and what changes nothing here: joins are always used, and the store always looks at the
// tables before it uses them.
func (r reader) database(o strict.Object, c *core.Config) {
	o.Int("defaultFindManyLimit", &c.ListLimit)
	o.Any("joins")
	o.Any("validateSchema")
	switch {
	case !o.Has("generateId"):
	case r.generator(o, &c.IDs):
	default:
		if v, _ := o.Any("generateId"); v == false {
			c.IDs.Database = true
			return
		} else if text, ok := v.(string); ok && slices.Contains([]string{"uuid", "serial"}, text) {
			c.IDs.Kind = map[string]schema.IDs{"uuid": schema.UUIDs, "serial": schema.SerialIDs}[text]
			return
		}
		o.Fail("generateId", `expected "uuid", "serial", false or a function`)
	}
}

// generator reads a generateId that is a function, and reports whether it is one.
func (r reader) generator(o strict.Object, c *core.IDConfig) bool {
	f := r.function(o, "generateId")
	if f == nil {
		return false
	}
	c.Generate = func(table string) string {
		var arg wire.Object
		arg.Set("model", table)
		v, err := f(context.Background(), &arg)
		if err != nil {
			panic(err) // an id cannot fail otherwise
		}
		id, _ := v.(string)
		return id
	}
	return true
}
