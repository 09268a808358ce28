package core

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/wire"
)

// fit returns v as the Go type of the column's kind. It takes what JSON decodes to and what app code is likely to return;
// the text of a whole number fits a number, as databases read it.
func fit(c *schema.Column, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		switch c.Kind {
		case schema.String:
			return v, nil
		case schema.Number:
			if n, err := strconv.ParseInt(v, 10, 64); err == nil {
				return n, nil
			}
		case schema.Date:
			if t, ok := wire.ParseTime(v); ok {
				return schema.Milliseconds(t), nil
			}
		}
	case bool:
		if c.Kind == schema.Boolean {
			return v, nil
		}
	case float64:
		if c.Kind == schema.Number && v == math.Trunc(v) && math.Abs(v) <= 1<<53 {
			return int64(v), nil
		}
	case int64:
		if c.Kind == schema.Number {
			return v, nil
		}
	case int:
		if c.Kind == schema.Number {
			return int64(v), nil
		}
	case time.Time:
		if c.Kind == schema.Date {
			return schema.Milliseconds(v), nil
		}
	}
	switch c.Kind {
	case schema.JSON:
		return v, nil
	case schema.StringArray, schema.NumberArray:
		if _, text := v.(string); !text {
			return c.Normalize(v)
		}
	}
	return nil, fmt.Errorf("%T is no %s", v, c.Kind)
}

// plain turns parsed JSON into the types that encoding/json decodes to.
func plain(v any) any {
	switch v := v.(type) {
	case *wire.Object:
		m := make(map[string]any, v.Len())
		for k, e := range v.All() {
			m[k] = plain(e)
		}
		return m
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = plain(e)
		}
		return out
	default:
		return v
	}
}
