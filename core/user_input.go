package core

import (
	"fmt"
	"math"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/wire"
)

// The errors of columns that plugins and the app add.
var (
	ErrFieldNotAllowed = NewError(400, "FIELD_NOT_ALLOWED", "Field not allowed to be set")
	ErrMissingField    = NewError(400, "MISSING_FIELD", "Field is required")
)

// UserInput reads the columns of the user table that are not core's from what a client sent besides the members that an
// endpoint declares; rest may be nil. Members that are no columns are ignored, and so are core's own.
//
// A column that clients may not set (Column.Input) is refused if they try. On create, absent columns get their default,
// and one that is required and has none is missing.
func (a *Auth) UserInput(rest *wire.Object, create bool) (model.Extra, error) {
	var out model.Extra
	for i := range a.extraUserColumns {
		c := &a.extraUserColumns[i]
		var v any
		var sent bool
		if rest != nil {
			v, sent = rest.Get(c.Name)
		}
		if sent && !c.Input {
			if truthy(v) && !(create && c.Default != nil) {
				return nil, ErrFieldNotAllowed.WithMessage(c.Name + " is not allowed to be set")
			}
			sent = false // what is false or empty is as good as not sent
			if c.Default == nil {
				continue
			}
		}
		switch {
		case sent:
			value, err := columnInput(c, v)
			if err != nil {
				return nil, err
			}
			out.Set(c.Name, value)
		case create && c.Default != nil:
			out.Set(c.Name, c.Default(a.Now()))
		case create && c.Required && c.Input:
			return nil, ErrMissingField.WithMessage(c.Name + " is required")
		}
	}
	return out, nil
}

// columnInput turns a JSON value into the Go type of the column's kind.
func columnInput(c *schema.Column, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	ok := false
	switch c.Kind {
	case schema.String:
		_, ok = v.(string)
	case schema.Boolean:
		_, ok = v.(bool)
	case schema.Number:
		var f float64
		if f, ok = v.(float64); ok && f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
			return int64(f), nil
		}
		ok = false
	case schema.Date:
		if s, isString := v.(string); isString {
			if t, parsed := wire.ParseTime(s); parsed {
				return schema.Milliseconds(t), nil
			}
		}
	case schema.StringArray, schema.NumberArray:
		if n, err := c.Normalize(v); err == nil {
			return n, nil
		}
	default:
		return jsonInput(v), nil
	}
	if !ok {
		return nil, ErrValidation.WithMessage(fmt.Sprintf("[body.%s] Invalid input: expected %s", c.Name, c.Kind))
	}
	return v, nil
}

// jsonInput turns parsed JSON into the types that encoding/json decodes to, which is what a JSON column holds.
func jsonInput(v any) any {
	switch v := v.(type) {
	case *wire.Object:
		m := make(map[string]any, v.Len())
		for k, e := range v.All() {
			m[k] = jsonInput(e)
		}
		return m
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = jsonInput(e)
		}
		return out
	default:
		return v
	}
}
