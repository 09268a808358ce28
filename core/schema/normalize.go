package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Normalize turns what a driver returned into the Go type of the column's kind (see [Kind]); nil stays nil.
//
// It accepts what better-auth's own tools left behind: dates as time.Time, ISO 8601 text, SQL text or epoch integers;
// booleans as bool, 0/1 or text; ids as integers. It is safe for concurrent use.
func (c *Column) Normalize(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	var out any
	var err error
	switch c.Kind {
	case String:
		if _, ok := v.(string); ok {
			return v, nil // as it is: a copy in another interface would be an allocation
		}
		out, err = toString(v)
	case Boolean:
		out, err = toBool(v)
	case Number:
		out, err = toInt(v)
	case Date:
		out, err = toTime(v)
	case JSON, StringArray, NumberArray:
		out, err = c.toJSON(v)
	default:
		err = errors.New("column has no kind")
	}
	if err != nil {
		return nil, fmt.Errorf("schema: column %q: %w", c.Name, err)
	}
	return out, nil
}

// Read is Normalize, followed by the column's output transform, if it has one.
func (c *Column) Read(v any) (any, error) {
	n, err := c.Normalize(v)
	if err != nil || c.Transform.Output == nil {
		return n, err
	}
	if n, err = c.Transform.Output(n); err != nil {
		return nil, fmt.Errorf("schema: column %q: transform: %w", c.Name, err)
	}
	return n, nil
}

func toString(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case int32:
		return strconv.FormatInt(int64(v), 10), nil
	case int:
		return strconv.Itoa(v), nil
	case [16]byte: // a uuid as some drivers give it
		return fmt.Sprintf("%x-%x-%x-%x-%x", v[:4], v[4:6], v[6:8], v[8:10], v[10:]), nil
	case fmt.Stringer:
		return v.String(), nil
	}
	return "", fmt.Errorf("cannot read %T as a string", v)
}

func toBool(v any) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case int64:
		return v == 1, nil // the reference reads any other number as false
	case int:
		return v == 1, nil
	case float64:
		return v == 1, nil
	case []byte:
		if len(v) == 1 && v[0] <= 1 { // MySQL's BIT(1)
			return v[0] == 1, nil
		}
		return toBool(string(v))
	case string:
		switch v {
		case "1", "t", "true", "TRUE":
			return true, nil
		case "0", "f", "false", "FALSE", "":
			return false, nil
		}
	}
	return false, fmt.Errorf("cannot read %T as a boolean", v)
}

func toInt(v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case int:
		return int64(v), nil
	case int32:
		return int64(v), nil
	case float64:
		if v != math.Trunc(v) || math.Abs(v) > 1<<53 {
			return 0, fmt.Errorf("%v is not an integer", v)
		}
		return int64(v), nil
	case []byte:
		return strconv.ParseInt(string(v), 10, 64)
	case string:
		return strconv.ParseInt(v, 10, 64)
	}
	return 0, fmt.Errorf("cannot read %T as a number", v)
}

// epochSeconds is the largest integer read as seconds since the epoch: as milliseconds it is in March 1973, before
// anybody had an account, and as seconds in the year 5138.
const epochSeconds = 100_000_000_000

var textLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999Z07",
	"2006-01-02 15:04:05.999999999 -0700 MST",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02",
}

func toTime(v any) (time.Time, error) {
	switch v := v.(type) {
	case time.Time:
		return Milliseconds(v), nil
	case int64:
		if v > -epochSeconds && v < epochSeconds {
			return time.Unix(v, 0).UTC(), nil
		}
		return time.UnixMilli(v).UTC(), nil
	case float64:
		return toTime(int64(v))
	case []byte:
		return toTime(string(v))
	case string:
		for _, layout := range textLayouts {
			if t, err := time.Parse(layout, v); err == nil {
				return Milliseconds(t), nil
			}
		}
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return toTime(n)
		}
		return time.Time{}, fmt.Errorf("cannot read the text %q as a date", v)
	}
	return time.Time{}, fmt.Errorf("cannot read %T as a date", v)
}

// Milliseconds returns t as the library keeps times: UTC, cut to milliseconds, without a monotonic reading.
func Milliseconds(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func (c *Column) toJSON(v any) (any, error) {
	var text []byte
	switch v := v.(type) {
	case []byte:
		text = v
	case string:
		text = []byte(v)
	default:
		return c.arrays(v)
	}
	var decoded any
	if err := json.Unmarshal(text, &decoded); err != nil {
		return nil, fmt.Errorf("cannot read the text as JSON: %w", err)
	}
	if decoded == nil {
		return nil, nil // better-auth writes null as text into some columns
	}
	return c.arrays(decoded)
}

// arrays gives the two array kinds their Go types; other values stay as they are.
func (c *Column) arrays(v any) (any, error) {
	switch c.Kind {
	case StringArray:
		return arrayOf[string](v)
	case NumberArray:
		return arrayOf[float64](v)
	default:
		return v, nil
	}
}

func arrayOf[T any](v any) (any, error) {
	switch v := v.(type) {
	case []T:
		return v, nil
	case []any:
		out := make([]T, len(v))
		for i, e := range v {
			t, ok := e.(T)
			if !ok {
				return nil, fmt.Errorf("element %d is %T", i, e)
			}
			out[i] = t
		}
		return out, nil
	}
	return nil, fmt.Errorf("cannot read %T as an array", v)
}

// NormalizeRecord returns a record with the logical names of t and normalised values. Members that are not columns of
// t are left out.
func (t *Table) NormalizeRecord(r map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(r))
	for name, v := range r {
		c := t.Column(name)
		if c == nil {
			continue
		}
		n, err := c.Normalize(v)
		if err != nil {
			return nil, fmt.Errorf("table %q: %w", t.Name, err)
		}
		out[name] = n
	}
	return out, nil
}
