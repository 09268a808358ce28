package bunstore

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A row that comes as one column, a JSON array of its values, costs less with SQLite's drivers than one that comes column
// by column: each of those is several calls into the library, a name, a type and a value in memory of its own.

// mostPacked is how many columns are packed at most: a function of SQLite takes no more than 127 arguments, if not told otherwise
// (https://sqlite.org/limits.html).
const mostPacked = 127

// packed returns an expression for a JSON array of the columns' values, which unpack reads.
func packed(columns []column) string {
	reads := make([]string, len(columns))
	for i := range columns {
		reads[i] = columns[i].reads
	}
	return "json_array(" + strings.Join(reads, ", ") + ")"
}

// unpack reads what [packed] has returned as values of as many columns, as the driver would have given them: nil, int64,
// float64 or string. ok is false if the text is not such an array. The strings share its memory.
func unpack(text string, values []any) (ok bool) {
	text, ok = strings.CutPrefix(text, "[")
	for i := 0; ok && i < len(values); i++ {
		if i > 0 {
			text, ok = strings.CutPrefix(text, ",")
		}
		if ok {
			values[i], text, ok = unpackValue(text)
		}
	}
	return ok && text == "]"
}

func unpackValue(text string) (v any, rest string, ok bool) {
	if inner, isString := strings.CutPrefix(text, `"`); isString {
		return unpackString(inner)
	}
	end := strings.IndexAny(text, ",]")
	if end < 0 {
		return nil, "", false
	}
	word, rest := text[:end], text[end:]
	if word == "null" {
		return nil, rest, true
	}
	if n, err := strconv.ParseInt(word, 10, 64); err == nil {
		return n, rest, true
	}
	f, err := strconv.ParseFloat(word, 64)
	return f, rest, err == nil
}

// unpackString reads a string up to its closing quote, and leaves alone what in it is no UTF-8.
func unpackString(text string) (v any, rest string, ok bool) {
	var plain []byte // what is unescaped so far
	for {
		i := strings.IndexAny(text, `"\`)
		switch {
		case i < 0:
			return nil, "", false
		case text[i] == '"' && plain == nil:
			return text[:i], text[i+1:], true
		case text[i] == '"':
			return string(append(plain, text[:i]...)), text[i+1:], true
		}
		plain = append(plain, text[:i]...)
		if plain, text, ok = unescape(plain, text[i+1:]); !ok {
			return nil, "", false
		}
	}
}

// unescape adds to dst what the characters after a backslash stand for (RFC 8259, §7).
func unescape(dst []byte, text string) (plain []byte, rest string, ok bool) {
	if text == "" {
		return nil, "", false
	}
	if i := strings.IndexByte(`"\/bfnrt`, text[0]); i >= 0 {
		return append(dst, "\"\\/\b\f\n\r\t"[i]), text[1:], true
	}
	r, rest, ok := hexRune(text)
	if !ok {
		return nil, "", false
	}
	if utf16.IsSurrogate(r) {
		var second rune
		if rest, ok = strings.CutPrefix(rest, `\`); ok {
			second, rest, ok = hexRune(rest)
		}
		if r = utf16.DecodeRune(r, second); !ok || r == utf8.RuneError {
			return nil, "", false
		}
	}
	return utf8.AppendRune(dst, r), rest, true
}

// hexRune reads "u" and four hexadecimal digits.
func hexRune(text string) (r rune, rest string, ok bool) {
	if len(text) < 5 || text[0] != 'u' {
		return 0, "", false
	}
	n, err := strconv.ParseUint(text[1:5], 16, 16)
	return rune(n), text[5:], err == nil
}
