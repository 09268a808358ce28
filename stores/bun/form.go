package bunstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// form is how a live column keeps its values.
type form uint8

const (
	asText    form = iota + 1 // text; JSON and arrays as JSON text
	asUUID                    // PostgreSQL's and MariaDB's uuid
	asInteger                 // whole numbers, and ids and booleans kept as such
	asDecimal                 // numbers that may have a fraction
	asBoolean                 // the database's own boolean
	asTime                    // the database's own date with time
	asISO                     // text as JavaScript's toISOString writes it, which is what better-auth leaves in SQLite
	asSQLText                 // text as SQLite's CURRENT_TIMESTAMP writes it
	asSeconds                 // seconds since the epoch
	asMillis                  // milliseconds since the epoch
	asJSON                    // the database's own JSON
	asArray                   // an array of PostgreSQL
	asEnum                    // an enumeration of PostgreSQL, which compares as text only after a cast
)

// The layouts of dates kept as text, and of dates given to databases with a type of their own. They are given as text
// with the zone spelled out, so that neither the driver's nor the session's idea of a time zone matters.
const (
	layoutISO = "2006-01-02T15:04:05.000Z"
	layoutSQL = "2006-01-02 15:04:05.000"
)

// encode returns v as the column keeps it: a string, int64, bool or nil. A value of another type than the column's
// kind is an error, a value that the column cannot hold is [store.ErrInvalid].
func (c *column) encode(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	kept, err := c.encodeKind(v)
	if err != nil {
		return nil, fmt.Errorf("bunstore: column %q: %w", c.Name, err)
	}
	return kept, nil
}

func (c *column) encodeKind(v any) (any, error) {
	switch c.Kind {
	case schema.String:
		if s, ok := v.(string); ok {
			return c.encodeString(s)
		}
	case schema.Boolean:
		if b, ok := v.(bool); ok {
			return c.encodeBool(b), nil
		}
	case schema.Number:
		if n, ok := v.(int64); ok {
			return n, nil
		}
	case schema.Date:
		if t, ok := v.(time.Time); ok {
			return c.encodeTime(t)
		}
	case schema.StringArray:
		if list, ok := v.([]string); ok {
			if c.form == asArray && list != nil {
				return arrayLiteral(list)
			}
			return jsonText(list)
		}
	case schema.NumberArray:
		if list, ok := v.([]float64); ok {
			if c.form == asArray && list != nil {
				return arrayLiteral(numerals(list))
			}
			return jsonText(list)
		}
	case schema.JSON:
		return jsonText(v)
	}
	return nil, fmt.Errorf("a %s cannot be a %T", c.Kind, v)
}

func (c *column) encodeString(s string) (any, error) {
	if err := checkText(s); err != nil {
		return nil, err
	}
	switch c.form {
	case asInteger:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != s { // " 1" and "01" are other strings than "1"
			return nil, fmt.Errorf("%q is not a number, which is what the database keeps: %w", s, store.ErrInvalid)
		}
		return n, nil
	case asUUID:
		if !isUUID(s) {
			return nil, fmt.Errorf("%q is not a UUID in lower case, which is what the database keeps: %w", s, store.ErrInvalid)
		}
	}
	if c.limit > 0 && len(s) > c.limit && utf8.RuneCountInString(s) > c.limit {
		// Databases refuse this themselves, unless it is spaces that are too many: those they cut off.
		return nil, fmt.Errorf("the text is longer than %d characters: %w", c.limit, store.ErrInvalid)
	}
	if c.padded && strings.HasSuffix(s, " ") {
		return nil, fmt.Errorf("the type char does not keep spaces at the end: %w", store.ErrInvalid)
	}
	return s, nil
}

func (c *column) encodeBool(b bool) any {
	switch {
	case c.form == asBoolean:
		return b
	case b:
		return int64(1)
	default:
		return int64(0)
	}
}

func (c *column) encodeTime(t time.Time) (any, error) {
	t = schema.Milliseconds(t)
	if y := t.Year(); y < 1 || y > 9999 {
		return nil, fmt.Errorf("the year %d is not one of four digits: %w", y, store.ErrInvalid)
	}
	switch c.form {
	case asSeconds:
		return t.Unix(), nil
	case asMillis:
		return t.UnixMilli(), nil
	case asSQLText:
		return t.Format(layoutSQL), nil
	case asTime:
		return t.Format(c.layout), nil
	default:
		return t.Format(layoutISO), nil
	}
}

// decode returns what the driver gave for the column as [schema.Column.Normalize] reads it, where that cannot know what
// the column's form says.
func (c *column) decode(v any) any {
	switch c.form {
	case asSeconds:
		if n, ok := v.(int64); ok {
			return time.Unix(n, 0).UTC()
		}
	case asMillis:
		if n, ok := v.(int64); ok {
			return time.UnixMilli(n).UTC()
		}
	case asDecimal: // numeric(10,2) comes as "12.00", MySQL's float as a float32
		if f, ok := v.(float32); ok {
			return float64(f)
		}
		if s, ok := textOf(v); ok {
			whole, fraction, _ := strings.Cut(s, ".")
			if strings.Trim(fraction, "0") == "" {
				return whole
			}
		}
	case asArray:
		if s, ok := textOf(v); ok {
			if list, err := parseArray(s); err == nil {
				return c.listOf(list)
			}
		}
	case asText:
		if s, ok := textOf(v); ok && c.padded {
			return strings.TrimRight(s, " ")
		}
	}
	return v
}

// decodes reports whether decode does anything for the column.
func (c *column) decodes() bool {
	switch c.form {
	case asSeconds, asMillis, asDecimal, asArray:
		return true
	default:
		return c.padded
	}
}

func (c *column) listOf(list []string) any {
	if c.Kind == schema.StringArray {
		return list
	}
	out := make([]float64, len(list))
	for i, s := range list {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return list // Normalize says what is wrong with it
		}
		out[i] = n
	}
	return out
}

func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	default:
		return "", false
	}
}

// checkText refuses what PostgreSQL cannot hold, and what the others hold but cannot search. It is refused everywhere,
// so that an app does not find out when it changes the database.
func checkText(s string) error {
	if strings.IndexByte(s, 0) >= 0 {
		return fmt.Errorf("the text has a NUL in it: %w", store.ErrInvalid)
	}
	if !utf8.ValidString(s) {
		return fmt.Errorf("the text is not valid UTF-8: %w", store.ErrInvalid)
	}
	return nil
}

// jsonText returns v as JSON, or nil for what is null in JSON, such as a nil slice.
func jsonText(v any) (any, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // JSON.stringify does not escape it either
	if err := e.Encode(v); err != nil {
		return nil, errors.Join(store.ErrInvalid, err)
	}
	text := strings.TrimSuffix(b.String(), "\n")
	if text == "null" {
		return nil, nil
	}
	// encoding/json replaces bytes that are not UTF-8 by this escape; the character itself it writes as it is.
	escapes := strings.ReplaceAll(text, `\\`, "")
	if strings.Contains(escapes, `\ufffd`) || strings.Contains(escapes, `\u0000`) {
		return nil, fmt.Errorf("a string in it has a NUL or is not valid UTF-8: %w", store.ErrInvalid)
	}
	return text, nil
}

// isUUID reports whether s is a UUID as databases print it.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if !strings.Contains("0123456789abcdef", s[i:i+1]) {
				return false
			}
		}
	}
	return true
}
