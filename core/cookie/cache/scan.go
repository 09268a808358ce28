package cache

import (
	"strings"

	"github.com/cardea-auth/cardea/core/wire"
)

// maxDepth is how deep values in a cookie may nest, as elsewhere on the wire.
const maxDepth = wire.DefaultDepth

// members walks through a JSON object without building anything: key and value are parts of its text. It reads the
// grammar of RFC 8259 in full, so what it has accepted is JSON. The text must be UTF-8.
//
//	for m := membersOf(text); m.next(); {
//		… m.key, m.value
//	}
type members struct {
	text string
	pos  int
	// key is unquoted, value is the text of the value.
	key, value string
	state      uint8
}

const (
	atStart uint8 = iota
	inside
	atEnd // all was read and nothing follows
	broken
)

func membersOf(text string) members { return members{text: text} }

// next steps to the next member. When it returns false, state is either atEnd or broken.
func (m *members) next() bool {
	ok := m.step()
	if !ok && m.state != atEnd {
		m.state = broken
	}
	return ok
}

func (m *members) step() bool {
	i := skipSpace(m.text, m.pos)
	switch m.state {
	case atStart:
		if at(m.text, i) != '{' {
			return false
		}
		if i = skipSpace(m.text, i+1); at(m.text, i) == '}' {
			return m.end(i)
		}
		m.state = inside
	case inside:
		switch at(m.text, i) {
		case ',':
			i = skipSpace(m.text, i+1)
		case '}':
			return m.end(i)
		default:
			return false
		}
	default:
		return false
	}
	start := i
	if i = skipString(m.text, i); i < 0 {
		return false
	}
	key, ok := unquote(m.text[start:i])
	if i = skipSpace(m.text, i); !ok || at(m.text, i) != ':' {
		return false
	}
	start = skipSpace(m.text, i+1)
	if i = skipValue(m.text, start, maxDepth-1); i < 0 {
		return false
	}
	m.key, m.value, m.pos = key, m.text[start:i], i
	return true
}

// end checks that nothing follows the closing brace at i. It returns false, because there is no further member.
func (m *members) end(i int) bool {
	if skipSpace(m.text, i+1) == len(m.text) {
		m.state = atEnd
	}
	return false
}

// unquote returns the meaning of a JSON string's text; without escapes, a part of it.
func unquote(raw string) (string, bool) {
	if raw == "" || raw[0] != '"' {
		return "", false
	}
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], true
	}
	v, err := wire.Parse([]byte(raw), wire.Limits{})
	s, ok := v.(string)
	return s, ok && err == nil
}

// at returns the byte at i, or 0 at the end, which JSON has no use for either.
func at(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}

func skipSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r') {
		i++
	}
	return i
}

// The skip functions return where the thing that begins at i ends, or -1 if it is not there.

func skipValue(s string, i, depth int) int {
	switch at(s, i) {
	case '"':
		return skipString(s, i)
	case '{':
		return skipNested(s, i, depth, '}')
	case '[':
		return skipNested(s, i, depth, ']')
	case 't':
		return skipWord(s, i, "true")
	case 'f':
		return skipWord(s, i, "false")
	case 'n':
		return skipWord(s, i, "null")
	default:
		return skipNumber(s, i)
	}
}

func skipWord(s string, i int, word string) int {
	if !strings.HasPrefix(s[i:], word) {
		return -1
	}
	return i + len(word)
}

func skipNested(s string, i, depth int, closing byte) int {
	if depth == 0 {
		return -1
	}
	if i = skipSpace(s, i+1); at(s, i) == closing {
		return i + 1
	}
	for {
		if closing == '}' {
			if i = skipString(s, i); i < 0 {
				return -1
			}
			if i = skipSpace(s, i); at(s, i) != ':' {
				return -1
			}
			i = skipSpace(s, i+1)
		}
		if i = skipValue(s, i, depth-1); i < 0 {
			return -1
		}
		switch i = skipSpace(s, i); at(s, i) {
		case ',':
			i = skipSpace(s, i+1)
		case closing:
			return i + 1
		default:
			return -1
		}
	}
}

func skipString(s string, i int) int {
	if at(s, i) != '"' {
		return -1
	}
	for i++; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			if i++; at(s, i) == 'u' {
				if !isHex4(s, i+1) {
					return -1
				}
				i += 4
			} else if strings.IndexByte(`"\/bfnrt`, at(s, i)) < 0 {
				return -1
			}
		case c < ' ':
			return -1
		}
	}
	return -1
}

func isHex4(s string, i int) bool {
	if i+4 > len(s) {
		return false
	}
	for _, c := range []byte(s[i : i+4]) {
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return false
		}
	}
	return true
}

func skipNumber(s string, i int) int {
	if at(s, i) == '-' {
		i++
	}
	if at(s, i) == '0' {
		i++
	} else if i = skipDigits(s, i); i < 0 {
		return -1
	}
	if at(s, i) == '.' {
		if i = skipDigits(s, i+1); i < 0 {
			return -1
		}
	}
	if c := at(s, i); c == 'e' || c == 'E' {
		if i++; at(s, i) == '+' || at(s, i) == '-' {
			i++
		}
		return skipDigits(s, i)
	}
	return i
}

// skipDigits skips one digit or more.
func skipDigits(s string, i int) int {
	start := i
	for c := at(s, i); '0' <= c && c <= '9'; c = at(s, i) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}
