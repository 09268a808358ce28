package origin

import "strings"

// The characters that each part of a URL has percent-encoded besides controls and everything beyond ASCII
// (URL Standard §1.3).
const (
	opaqueUnsafe       = ""
	fragmentUnsafe     = " \"<>`"
	plainQueryUnsafe   = " \"#<>"
	specialQueryUnsafe = plainQueryUnsafe + "'"
	pathUnsafe         = plainQueryUnsafe + "?`{}"
)

const upperHex = "0123456789ABCDEF"

func queryUnsafe(scheme string) string {
	if special(scheme) {
		return specialQueryUnsafe
	}
	return plainQueryUnsafe
}

// percentEncode encodes controls, bytes beyond ASCII and the characters in unsafe. A percent sign is kept: what is
// already encoded is not encoded again.
func percentEncode(s, unsafe string) string {
	needed := func(c byte) bool {
		return c < ' ' || c > '~' || strings.IndexByte(unsafe, c) >= 0
	}
	i := 0
	for i < len(s) && !needed(s[i]) {
		i++
	}
	if i == len(s) {
		return s
	}
	out := append(make([]byte, 0, len(s)+16), s[:i]...)
	for ; i < len(s); i++ {
		if needed(s[i]) {
			out = append(out, '%', upperHex[s[i]>>4], upperHex[s[i]&15])
		} else {
			out = append(out, s[i])
		}
	}
	return string(out)
}

// percentDecode decodes once. A percent sign without two hexadecimal digits stands for itself.
func percentDecode(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, ok1 := unhex(s[i+1])
			lo, ok2 := unhex(s[i+2])
			if ok1 && ok2 {
				out = append(out, hi<<4|lo)
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
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

// appendForm adds s as URLSearchParams writes it (URL Standard §5.2): url.QueryEscape differs in "*" and "~".
func appendForm(out []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '*', c == '-', c == '.', c == '_':
			out = append(out, c)
		case c == ' ':
			out = append(out, '+')
		default:
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return out
}
