package wire

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Errors of Parse. They come wrapped: compare with errors.Is.
var (
	// ErrSyntax says that the text is not JSON.
	ErrSyntax = errors.New("invalid JSON")
	// ErrDepth says that the text nests deeper than allowed.
	ErrDepth = errors.New("JSON nests too deep")
)

// DefaultDepth is how deep values may nest where Limits does not say.
const DefaultDepth = 64

// Limits bounds what Parse takes. How long the text may be is for the caller to decide before reading it.
type Limits struct {
	// Depth is how many arrays and objects may be inside of each other. Zero or less means DefaultDepth.
	Depth int
}

// Parse reads one JSON text (RFC 8259) as JavaScript's JSON.parse does. The value is nil, bool, float64, string, []any
// or *Object, and does not refer to data.
//
// The last of duplicate keys wins, at the place of the first. Numbers are JavaScript's: integers beyond 2⁵³ lose digits,
// 1e400 is infinite. Nothing but JSON's white space may surround the value, no byte order mark either.
//
// Two things differ from JSON.parse behind a JavaScript request: invalid UTF-8 is refused instead of replaced, and an
// escape of half a surrogate pair becomes U+FFFD, because a Go string cannot hold it.
//
// Errors are [ErrSyntax] and [ErrDepth], with the offset.
func Parse(data []byte, limits Limits) (any, error) {
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%w: not UTF-8", ErrSyntax)
	}
	p := parser{data: data, depth: limits.Depth}
	if p.depth <= 0 {
		p.depth = DefaultDepth
	}
	p.space()
	v, err := p.value()
	if err != nil {
		return nil, err
	}
	p.space()
	if p.pos < len(p.data) {
		return nil, p.syntax()
	}
	return v, nil
}

type parser struct {
	data []byte
	pos  int
	// depth is how many more levels may be opened.
	depth int
	// scratch holds a string with escapes while it is put together.
	scratch []byte
}

func (p *parser) syntax() error {
	if p.pos >= len(p.data) {
		return fmt.Errorf("%w: unexpected end", ErrSyntax)
	}
	return fmt.Errorf("%w: unexpected character at offset %d", ErrSyntax, p.pos)
}

// peek returns the next byte, or 0 at the end. A NUL is not part of any JSON outside of strings, where it is not allowed
// either, so the two need not be told apart.
func (p *parser) peek() byte {
	if p.pos < len(p.data) {
		return p.data[p.pos]
	}
	return 0
}

// space skips the white space of JSON, which is less than JavaScript's.
func (p *parser) space() {
	for p.pos < len(p.data) {
		switch p.data[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) value() (any, error) {
	switch c := p.peek(); c {
	case '"':
		return p.string()
	case '{':
		return p.nested((*parser).object)
	case '[':
		return p.nested((*parser).array)
	case 't':
		return true, p.literal("true")
	case 'f':
		return false, p.literal("false")
	case 'n':
		return nil, p.literal("null")
	default:
		if c == '-' || '0' <= c && c <= '9' {
			return p.number()
		}
		return nil, p.syntax()
	}
}

func (p *parser) literal(word string) error {
	end := p.pos + len(word)
	if end > len(p.data) || string(p.data[p.pos:end]) != word {
		return p.syntax()
	}
	p.pos = end
	return nil
}

// nested reads what starts with a bracket, and counts it.
func (p *parser) nested(read func(*parser) (any, error)) (any, error) {
	if p.depth == 0 {
		return nil, fmt.Errorf("%w at offset %d", ErrDepth, p.pos)
	}
	p.depth--
	p.pos++
	p.space()
	v, err := read(p)
	p.depth++
	return v, err
}

func (p *parser) array() (any, error) {
	list := []any{}
	if p.peek() == ']' {
		p.pos++
		return list, nil
	}
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if done, err := p.next(']'); done || err != nil {
			return list, err
		}
	}
}

func (p *parser) object() (any, error) {
	o := new(Object)
	if p.peek() == '}' {
		p.pos++
		return o, nil
	}
	o.members = make([]member, 0, 4)
	for {
		if p.peek() != '"' {
			return nil, p.syntax()
		}
		key, err := p.string()
		if err != nil {
			return nil, err
		}
		p.space()
		if p.peek() != ':' {
			return nil, p.syntax()
		}
		p.pos++
		p.space()
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		o.Set(key, v)
		if done, err := p.next('}'); done || err != nil {
			return o, err
		}
	}
}

// next steps over what follows an element: a comma, or the closing bracket, which ends the list.
func (p *parser) next(closing byte) (done bool, err error) {
	p.space()
	switch p.peek() {
	case ',':
		p.pos++
		p.space()
		return false, nil
	case closing:
		p.pos++
		return true, nil
	}
	return false, p.syntax()
}

// maxExact is how many decimal digits always fit a float64 without rounding.
const maxExact = 15

func (p *parser) number() (any, error) {
	start := p.pos
	negative := p.peek() == '-'
	if negative {
		p.pos++
	}
	first := p.pos
	whole := 0.0
	for c := p.peek(); '0' <= c && c <= '9'; c = p.peek() {
		whole = whole*10 + float64(c-'0')
		p.pos++
	}
	n := p.pos - first
	if n == 0 || n > 1 && p.data[first] == '0' {
		return nil, p.syntax()
	}
	exact := n <= maxExact
	if p.peek() == '.' {
		exact = false
		p.pos++
		if !p.digits() {
			return nil, p.syntax()
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		exact = false
		p.pos++
		if c := p.peek(); c == '+' || c == '-' {
			p.pos++
		}
		if !p.digits() {
			return nil, p.syntax()
		}
	}
	if exact {
		if negative {
			whole = -whole
		}
		return whole, nil
	}
	// The grammar has been checked, so the only error is a number too large, and then f is infinite, as in JavaScript.
	f, _ := strconv.ParseFloat(string(p.data[start:p.pos]), 64)
	return f, nil
}

// digits skips digits and reports whether there were any.
func (p *parser) digits() bool {
	start := p.pos
	for c := p.peek(); '0' <= c && c <= '9'; c = p.peek() {
		p.pos++
	}
	return p.pos > start
}
