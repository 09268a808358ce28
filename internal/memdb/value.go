package memdb

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// encode returns v as a table keeps it: a string, bool, int64 or time.Time, all of them immutable. JSON and arrays
// become JSON text, which [schema.Column.Normalize] reads again. Nil stays nil.
//
// The type must be exactly that of the column's kind. A database would convert one or the other, but not all of them
// the same ones.
func encode(c *schema.Column, v any) (any, error) {
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
		_, ok = v.(int64)
	case schema.Date:
		var t time.Time
		if t, ok = v.(time.Time); ok {
			v = schema.Milliseconds(t)
		}
	case schema.StringArray:
		_, ok = v.([]string)
	case schema.NumberArray:
		_, ok = v.([]float64)
	case schema.JSON:
		ok = true
	}
	if !ok {
		return nil, fmt.Errorf("column %q is a %s and cannot take a %T", c.Name, c.Kind, v)
	}
	switch c.Kind {
	case schema.JSON, schema.StringArray, schema.NumberArray:
		text, err := jsonText(v)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Name, err)
		}
		return text, nil
	default:
		return v, nil
	}
}

// jsonText returns v as JSON, or nil for what is null in JSON, such as a nil slice.
func jsonText(v any) (any, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrInvalid, err)
	}
	if string(b) == "null" {
		return nil, nil
	}
	// encoding/json replaces bytes that are not UTF-8 by this escape; the character itself it writes as it is.
	if bytes.Contains(bytes.ReplaceAll(b, []byte(`\\`), nil), []byte(`\ufffd`)) {
		return nil, fmt.Errorf("a string in it is not valid UTF-8: %w", store.ErrInvalid)
	}
	return string(b), nil
}

// compare orders two values of one column, neither of them null: strings by code point, false before true.
func compare(a, b any) int {
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string))
	case int64:
		return cmp.Compare(a, b.(int64))
	case time.Time:
		return a.Compare(b.(time.Time))
	case bool:
		switch {
		case a == b.(bool):
			return 0
		case a:
			return 1
		default:
			return -1
		}
	}
	return 0
}

// lower returns s with the ASCII capitals, and no others, in lower case.
func lower(s string) string {
	i := 0
	for i < len(s) && (s[i] < 'A' || s[i] > 'Z') {
		i++
	}
	if i == len(s) {
		return s
	}
	b := []byte(s)
	for ; i < len(b); i++ {
		if 'A' <= b[i] && b[i] <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}
