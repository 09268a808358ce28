package wire

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Appender is a type that writes itself. AppendJSON appends one JSON value to dst and returns the result. It is called
// also on values whose pointer type has the method, but not on nil pointers, which are null.
//
// As with encoding/json, a struct that embeds an Appender is one itself by promotion, and its other fields are not seen.
type Appender interface {
	AppendJSON(dst []byte) ([]byte, error)
}

// maxAppendDepth is how deep values may nest when written. It turns a value that contains itself into an error.
const maxAppendDepth = 512

var errAppendDepth = errors.New("wire: value nests too deep, or contains itself")

// Append appends v to dst as JavaScript's JSON.stringify writes it, and returns the result; on an error, dst as it was.
//
// Strings escape quotes, backslashes and control characters only; numbers are as [AppendNumber] has them, but Go
// integers keep all their digits; times are as [AppendTime] has them. A nil slice is [], a nil map {}, a nil pointer or
// interface null. Maps have string keys and are sorted by them.
//
// Structs are written by their json tags with the rules of encoding/json for names, "-", omitempty and embedded
// structs. Here omitempty leaves out what is zero (a nil slice, but not an empty one), omitzero is the same, and other
// options are errors, but for extra: a field with `json:",extra"` adds members of its own ([MemberAppender]). An absent
// [Opt] is left out.
//
// [Appender] goes before all of that. MarshalJSON and MarshalText of other packages' types are honoured too. A []byte
// has no form in JSON that both sides would guess, and is an error like channels and functions.
//
// Append is safe for concurrent use and does not allocate where dst has room, unless it meets a struct that is not
// behind a pointer or a map.
func Append(dst []byte, v any) ([]byte, error) {
	out, err := appendAny(dst, v, maxAppendDepth)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// appendAny writes the types that a parsed document is made of without asking reflection. depth is how many levels may
// still be opened.
func appendAny(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case string:
		return AppendString(dst, v), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case float64:
		return AppendNumber(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case time.Time:
		return AppendTime(dst, v), nil
	case *Object:
		return appendObject(dst, v, depth)
	case []any:
		return appendList(dst, v, depth)
	case map[string]any:
		return appendMap(dst, v, depth)
	case Appender:
		if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
			return append(dst, "null"...), nil
		}
		return v.AppendJSON(dst)
	}
	return appendReflected(dst, reflect.ValueOf(v), depth)
}

func appendObject(dst []byte, o *Object, depth int) ([]byte, error) {
	if o == nil {
		return append(dst, "null"...), nil
	}
	if depth == 0 {
		return nil, errAppendDepth
	}
	dst = append(dst, '{')
	for i := range o.members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(dst, o.members[i].key)
		dst = append(dst, ':')
		var err error
		if dst, err = appendAny(dst, o.members[i].value, depth-1); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func appendList(dst []byte, list []any, depth int) ([]byte, error) {
	if depth == 0 {
		return nil, errAppendDepth
	}
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendAny(dst, v, depth-1); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func appendMap(dst []byte, m map[string]any, depth int) ([]byte, error) {
	if depth == 0 {
		return nil, errAppendDepth
	}
	var few [16]string
	keys := few[:0]
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	dst = append(dst, '{')
	for i, k := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(dst, k)
		dst = append(dst, ':')
		var err error
		if dst, err = appendAny(dst, m[k], depth-1); err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
	}
	return append(dst, '}'), nil
}

// AppendNumber appends f as JavaScript writes numbers (ECMA-262 Number::toString): 1, 0.1, 1e+21, 1e-7. What JSON has no
// number for, NaN and the infinities, is null.
func AppendNumber(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	abs := math.Abs(f)
	if abs < 1<<53 && f == math.Trunc(f) {
		return strconv.AppendInt(dst, int64(f), 10) // and -0 is 0
	}
	if abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	// Go writes at least two digits of exponent, JavaScript no leading zero: e-07 is e-7.
	if n := len(dst); dst[n-2] == '0' && dst[n-3] == '-' {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// plain says which ASCII bytes stand for themselves inside a JSON string.
var plain = func() (table [utf8.RuneSelf]bool) {
	for c := range table {
		table[c] = c >= 0x20 && c != '"' && c != '\\'
	}
	return table
}()

// AppendString appends s as a JSON string. Quotes, backslashes and control characters are escaped and nothing else is;
// bytes that are not UTF-8 become U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0 // of what has not been copied yet
	for i := 0; i < len(s); {
		if i+8 <= len(s) && allPlain(s[i:i+8]) {
			i += 8
			continue
		}
		c := s[i]
		if c < utf8.RuneSelf {
			if !plain[c] {
				dst = append(dst, s[start:i]...)
				dst = appendEscape(dst, c)
				start = i + 1
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, s[start:i]...)
			dst = append(dst, "\uFFFD"...)
			start = i + 1
		}
		i += size
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// allPlain reports whether eight bytes stand for themselves, looking at all of them at once: a byte that does not sets
// its high bit in one of the terms, by being there, by borrowing, or by having had it. A borrow may reach the byte above,
// but begins at one that is not plain.
func allPlain(s string) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	x := uint64(s[7])<<56 | uint64(s[6])<<48 | uint64(s[5])<<40 | uint64(s[4])<<32 |
		uint64(s[3])<<24 | uint64(s[2])<<16 | uint64(s[1])<<8 | uint64(s[0])
	return (x|(x-0x20*ones)|((x^'"'*ones)-ones)|((x^'\\'*ones)-ones))&highs == 0
}

func appendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
}
