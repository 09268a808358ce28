package memdb

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// encode returns v as a table keeps it: a string, bool, int64 or time.Time, all of them immutable. Counted ids become
// numbers, JSON and arrays JSON text, which [schema.Column.Normalize] reads again. Nil stays nil.
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
	case schema.String:
		if isSerial(c) {
			return serial(c, v.(string))
		}
		return v, nil
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

// isSerial reports whether the column holds ids that the database counts.
func isSerial(c *schema.Column) bool {
	ids, ok := c.IDs()
	return ok && ids == schema.SerialIDs
}

// serial returns a counted id as tables keep it: as the number, whose order is that of the rows.
func serial(c *schema.Column, s string) (any, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != s {
		return nil, fmt.Errorf("column %q: %q is not a number, which is what ids are here: %w", c.Name, s, store.ErrInvalid)
	}
	return n, nil
}

// textOf returns a kept value as text operators see it.
func textOf(v any) string {
	if n, ok := v.(int64); ok {
		return strconv.FormatInt(n, 10)
	}
	return v.(string)
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
