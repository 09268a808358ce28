package wire

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// toString is JavaScript's String() of a parsed value.
func toString(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		switch {
		case math.IsNaN(v):
			return "NaN"
		case math.IsInf(v, 1):
			return "Infinity"
		case math.IsInf(v, -1):
			return "-Infinity"
		}
		return string(AppendNumber(nil, v))
	case []any:
		var b strings.Builder
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if e != nil { // null is nothing inside of a list
				b.WriteString(toString(e))
			}
		}
		return b.String()
	}
	return "[object Object]"
}

// toBool is JavaScript's Boolean() of a parsed value.
func toBool(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	}
	return true
}

// toNumber is JavaScript's Number() of a parsed value.
func toNumber(v any) float64 {
	switch v := v.(type) {
	case nil:
		return 0
	case bool:
		if v {
			return 1
		}
		return 0
	case float64:
		return v
	}
	return parseNumber(toString(v))
}

// parseNumber reads text as Number() does (ECMA-262 StringToNumber): white space around it is nothing, no text is 0,
// what is no number is NaN.
func parseNumber(s string) float64 {
	s = strings.TrimFunc(s, isSpace)
	if s == "" {
		return 0
	}
	if len(s) > 2 && s[0] == '0' {
		switch s[1] | 0x20 {
		case 'x':
			return parseDigits(s[2:], 16)
		case 'o':
			return parseDigits(s[2:], 8)
		case 'b':
			return parseDigits(s[2:], 2)
		}
	}
	unsigned := strings.TrimLeft(s, "+-")
	if len(s)-len(unsigned) > 1 {
		return math.NaN()
	}
	if unsigned != "Infinity" && !isDecimal(unsigned) {
		return math.NaN()
	}
	f, _ := strconv.ParseFloat(s, 64) // the form has been checked; out of range is infinite, as in JavaScript
	return f
}

// isDecimal reports whether s is an unsigned decimal literal. ParseFloat alone would take underscores and hex floats too.
func isDecimal(s string) bool {
	mantissa, exponent, hasExponent := s, "", false
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent, hasExponent = s[:i], s[i+1:], true
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole == "" && fraction == "" || !allDigits(whole) || !allDigits(fraction) {
		return false
	}
	if !hasExponent {
		return true
	}
	if exponent != "" && (exponent[0] == '+' || exponent[0] == '-') {
		exponent = exponent[1:]
	}
	return exponent != "" && allDigits(exponent)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// parseDigits reads digits of a base that is a power of two. Beyond 2⁵³ the last bit may differ from JavaScript's.
func parseDigits(s string, base float64) float64 {
	f := 0.0
	for i := range len(s) {
		digit := float64(base)
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digit = float64(c - '0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			digit = float64(c|0x20-'a') + 10
		}
		if digit >= base {
			return math.NaN()
		}
		f = f*base + digit
	}
	return f
}

// isSpace is what JavaScript's trim takes off (ECMA-262 WhiteSpace and LineTerminator).
func isSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', '\u00A0', '\uFEFF', '\u2028', '\u2029':
		return true
	}
	return r > 0x7F && unicode.Is(unicode.Zs, r)
}

// typeName is what zod calls the type of a parsed value.
func typeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return toString(v)
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}
