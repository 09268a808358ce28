package cookie

import (
	"iter"
	"strings"
)

// better-auth reads the Cookie header with two parsers, and which one decides what a client can observe. Most of it
// asks the request's own cookies: Get and All. Chunks of large cookies and the list of a browser's sessions come from
// the stricter one: Parse and Last.
//
// All of them take the header's lines as net/http holds them; several lines (HTTP/2 sends them) count as one.

// Get returns the value of the first cookie called name, and whether there is one.
//
// A leading double quote is removed, together with the last character, and %XX is decoded unless an escape is
// malformed, in which case the value is returned as it came. It allocates only to decode.
func Get(headers []string, name string) (value string, ok bool) {
	for value = range All(headers, name) {
		return value, true
	}
	return "", false
}

// All yields the values of the cookies called name in the order they were sent, each read as [Get] reads it.
//
// Another host of the domain can add a cookie of the same name before ours; a value that proves itself by a signature
// is found only by looking at all of them.
func All(headers []string, name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for n, v := range pairs(headers) {
			if strings.TrimFunc(n, isSpace) == name && !yield(decode(unquoteLoosely(strings.TrimFunc(v, isSpace)))) {
				return
			}
		}
	}
}

// Pair is a cookie as a client sends it, its value decoded.
type Pair struct{ Name, Value string }

// Parse returns the cookies of the strict parser: each name once, where it stood first, with the value it had last.
//
// Pairs whose name is not a token or whose value has a character that RFC 6265 §4.1.1 forbids, other than space and
// comma, are left out. Double quotes around a value are removed and %XX is decoded as by [Get].
func Parse(headers []string) []Pair {
	var pairs []Pair
	index := make(map[string]int)
	for name, value := range strict(headers) {
		i, known := index[name]
		if !known {
			i = len(pairs)
			index[name] = i
			pairs = append(pairs, Pair{Name: name})
		}
		pairs[i].Value = value
	}
	for i := range pairs {
		pairs[i].Value = decode(pairs[i].Value)
	}
	return pairs
}

// Last returns the value that [Parse] gives for name, and whether there is one. It allocates only to decode.
func Last(headers []string, name string) (value string, ok bool) {
	for n, v := range strict(headers) {
		if n == name {
			value, ok = v, true
		}
	}
	return decode(value), ok
}

// strict yields the well-formed pairs, undecoded.
func strict(headers []string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for n, v := range pairs(headers) {
			n, v = strings.Trim(n, " \t"), unquote(strings.Trim(v, " \t"))
			if isToken(n) && isValue(v) && !yield(n, v) {
				return
			}
		}
	}
}

// pairs yields what stands before and after the first equals sign of every part between semicolons; a part without one
// is no cookie.
func pairs(headers []string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, h := range headers {
			for h != "" {
				var part string
				part, h, _ = strings.Cut(h, ";")
				if name, value, ok := strings.Cut(part, "="); ok && !yield(name, value) {
					return
				}
			}
		}
	}
}

// isSpace reports whether JavaScript's trim removes r, as far as ASCII goes.
func isSpace(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' }

// unquoteLoosely removes the first and the last character of a value that starts with a quote, whatever the last one
// is: the request parser of better-call does not look at it.
func unquoteLoosely(s string) string {
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	return s[1:max(1, len(s)-1)]
}

// unquote removes a pair of double quotes around s.
func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

// isValue reports whether s consists of RFC 6265 cookie-octets, spaces and commas.
func isValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == ';' || c == '\\' {
			return false
		}
	}
	return true
}
