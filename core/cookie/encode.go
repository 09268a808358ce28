package cookie

import (
	"strings"
	"unicode/utf8"
)

// EncodeURIComponent returns s as JavaScript's function of that name does (ECMA-262 §19.2.6.4): every byte but
// A–Z a–z 0–9 - _ . ! ~ * ' ( ) becomes %XX in upper-case hex. It returns s itself if nothing is to be encoded.
//
// Neither net/url.QueryEscape nor PathEscape does the same. Text that is not UTF-8 is encoded byte by byte, where
// JavaScript would throw.
func EncodeURIComponent(s string) string {
	n := 0
	for i := range len(s) {
		if !unreserved[s[i]] {
			n++
		}
	}
	if n == 0 {
		return s
	}
	return string(appendURIComponent(make([]byte, 0, len(s)+2*n), s))
}

func appendURIComponent(dst []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(s) {
		if c := s[i]; unreserved[c] {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

var unreserved = func() (set [256]bool) {
	for c := range set {
		alphanumeric := '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
		set[c] = alphanumeric || strings.ContainsRune("-_.!~*'()", rune(c))
	}
	return set
}()

// decode undoes EncodeURIComponent as far as a received value allows: one without % is returned as it is, and so is one
// that decodeURIComponent refuses, because a digit is missing or the bytes are not UTF-8.
func decode(s string) string {
	i := strings.IndexByte(s, '%')
	if i < 0 {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	rest := s
	for ; i >= 0; i = strings.IndexByte(rest, '%') {
		out.WriteString(rest[:i])
		var ok bool
		if rest, ok = decodeRun(&out, rest[i:]); !ok {
			return s
		}
	}
	out.WriteString(rest)
	return out.String()
}

// decodeRun appends the bytes of the escapes at the start of s and returns what follows them. The bytes of adjacent
// escapes form UTF-8 of their own: an escape never completes a character begun by a plain byte.
func decodeRun(out *strings.Builder, s string) (rest string, ok bool) {
	start := out.Len()
	for len(s) > 0 && s[0] == '%' {
		if len(s) < 3 {
			return "", false
		}
		hi, ok1 := unhex(s[1])
		lo, ok2 := unhex(s[2])
		if !ok1 || !ok2 {
			return "", false
		}
		out.WriteByte(hi<<4 | lo)
		s = s[3:]
	}
	return s, utf8.ValidString(out.String()[start:])
}

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
