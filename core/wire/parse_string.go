package wire

import (
	"unicode/utf16"
	"unicode/utf8"
)

// string reads a string whose opening quote is next. The text is known to be UTF-8.
func (p *parser) string() (string, error) {
	p.pos++
	start := p.pos
	for p.pos < len(p.data) {
		switch c := p.data[p.pos]; {
		case c == '"':
			s := string(p.data[start:p.pos])
			p.pos++
			return s, nil
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			return "", p.syntax()
		default:
			p.pos++
		}
	}
	return "", p.syntax()
}

// escaped reads on from the first backslash of a string that began at start.
func (p *parser) escaped(start int) (string, error) {
	p.scratch = p.scratch[:0]
	for p.pos < len(p.data) {
		switch c := p.data[p.pos]; {
		case c == '"':
			s := string(append(p.scratch, p.data[start:p.pos]...))
			p.pos++
			return s, nil
		case c == '\\':
			p.scratch = append(p.scratch, p.data[start:p.pos]...)
			p.pos++
			if err := p.escape(); err != nil {
				return "", err
			}
			start = p.pos
		case c < 0x20:
			return "", p.syntax()
		default:
			p.pos++
		}
	}
	return "", p.syntax()
}

// escape reads what follows a backslash and puts its meaning into scratch.
func (p *parser) escape() error {
	c := p.peek()
	p.pos++
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		return p.unicodeEscape()
	default:
		p.pos--
		return p.syntax()
	}
	p.scratch = append(p.scratch, c)
	return nil
}

func (p *parser) unicodeEscape() error {
	r, ok := p.hex4(p.pos)
	if !ok {
		return p.syntax()
	}
	p.pos += 4
	if utf16.IsSurrogate(r) {
		// A half that does not meet its other half is U+FFFD by itself; what follows is read on its own.
		pair := rune(utf8.RuneError)
		if p.peek() == '\\' && p.pos+1 < len(p.data) && p.data[p.pos+1] == 'u' {
			if low, ok := p.hex4(p.pos + 2); ok {
				pair = utf16.DecodeRune(r, low)
			}
		}
		if pair != utf8.RuneError {
			p.pos += 6
		}
		r = pair
	}
	p.scratch = utf8.AppendRune(p.scratch, r)
	return nil
}

// hex4 reads the four hex digits at offset at.
func (p *parser) hex4(at int) (r rune, ok bool) {
	if at+4 > len(p.data) {
		return 0, false
	}
	for _, c := range p.data[at : at+4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
