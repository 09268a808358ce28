package wire

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// encoder writes values of one type. Structs and arrays must be addressable, so that methods with pointer receivers are
// found and nothing has to be copied to be looked at.
type encoder func(dst []byte, v reflect.Value, depth int) ([]byte, error)

// encoders holds the compiled encoder of each type met: reflect.Type → encoder.
var encoders sync.Map

// marshaler is encoding/json's Marshaler.
type marshaler interface {
	MarshalJSON() ([]byte, error)
}

var (
	appenderType      = reflect.TypeFor[Appender]()
	marshalerType     = reflect.TypeFor[marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
	optionalType      = reflect.TypeFor[optional]()
	timeType          = reflect.TypeFor[time.Time]()
	objectType        = reflect.TypeFor[*Object]()
)

// appendReflected writes a value that came in an interface.
func appendReflected(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	enc := encoderOf(v.Type())
	if k := v.Kind(); k == reflect.Struct || k == reflect.Array {
		v = addressable(v)
	}
	return enc(dst, v, depth)
}

func addressable(v reflect.Value) reflect.Value {
	p := reflect.New(v.Type()).Elem()
	p.Set(v)
	return p
}

func encoderOf(t reflect.Type) encoder {
	if enc, ok := encoders.Load(t); ok {
		return enc.(encoder)
	}
	c := encoderCompiler{}
	enc, _ := encoders.LoadOrStore(t, c.encoder(t))
	return enc.(encoder)
}

// encoderCompiler holds the types that are being compiled, as a type may contain itself.
type encoderCompiler map[reflect.Type]encoder

func (c encoderCompiler) encoder(t reflect.Type) encoder {
	if enc, ok := c[t]; ok {
		return enc
	}
	var enc encoder
	c[t] = func(dst []byte, v reflect.Value, depth int) ([]byte, error) { return enc(dst, v, depth) }
	enc = c.compile(t)
	c[t] = enc
	return enc
}

func (c encoderCompiler) compile(t reflect.Type) encoder {
	p := reflect.PointerTo(t)
	switch {
	case t.Kind() == reflect.Interface:
		return appendInterface
	case t == objectType: // before pointers: *Object has no encoder of its own kind
		return func(dst []byte, v reflect.Value, depth int) ([]byte, error) {
			return appendObject(dst, v.Interface().(*Object), depth)
		}
	case t.Kind() == reflect.Pointer:
		return pointerEncoder(c.encoder(t.Elem()))
	case t == objectType.Elem():
		return func(dst []byte, v reflect.Value, depth int) ([]byte, error) {
			return appendObject(dst, v.Addr().Interface().(*Object), depth)
		}
	case t == timeType:
		return func(dst []byte, v reflect.Value, _ int) ([]byte, error) {
			return AppendTime(dst, *v.Addr().Interface().(*time.Time)), nil
		}
	case p.Implements(appenderType):
		return func(dst []byte, v reflect.Value, _ int) ([]byte, error) {
			return pointer(v).(Appender).AppendJSON(dst)
		}
	case p.Implements(optionalType):
		elem, _ := reflect.New(t).Interface().(optional).parts()
		return optEncoder(c.encoder(reflect.TypeOf(elem).Elem()))
	case p.Implements(marshalerType):
		return appendMarshaler
	case p.Implements(textMarshalerType):
		return appendText
	}
	switch t.Kind() {
	case reflect.String:
		return func(dst []byte, v reflect.Value, _ int) ([]byte, error) { return AppendString(dst, v.String()), nil }
	case reflect.Bool:
		return func(dst []byte, v reflect.Value, _ int) ([]byte, error) {
			return strconv.AppendBool(dst, v.Bool()), nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(dst []byte, v reflect.Value, _ int) ([]byte, error) {
			return strconv.AppendInt(dst, v.Int(), 10), nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(dst []byte, v reflect.Value, _ int) ([]byte, error) {
			return strconv.AppendUint(dst, v.Uint(), 10), nil
		}
	case reflect.Float32, reflect.Float64:
		return func(dst []byte, v reflect.Value, _ int) ([]byte, error) { return AppendNumber(dst, v.Float()), nil }
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() != reflect.Uint8 {
			return listEncoder(c.encoder(t.Elem()))
		}
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return mapEncoder(t, c.encoder(t.Elem()))
		}
	case reflect.Struct:
		return c.structEncoder(t)
	}
	return failing(fmt.Errorf("wire: %s has no form in JSON", t))
}

func failing(err error) encoder {
	return func([]byte, reflect.Value, int) ([]byte, error) { return nil, err }
}

// pointer returns the address of v, or of a copy where v has none: a value of a named string or map type in an
// interface, for instance.
func pointer(v reflect.Value) any {
	if !v.CanAddr() {
		v = addressable(v)
	}
	return v.Addr().Interface()
}

func appendInterface(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	if v.IsNil() {
		return append(dst, "null"...), nil
	}
	return appendAny(dst, v.Interface(), depth)
}

func appendText(dst []byte, v reflect.Value, _ int) ([]byte, error) {
	text, err := pointer(v).(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return nil, err
	}
	return AppendString(dst, string(text)), nil
}

// appendMarshaler reads what a foreign MarshalJSON wrote and writes it again, so that nothing leaves this package that
// is not JSON, or is spelled in another way.
func appendMarshaler(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	text, err := pointer(v).(marshaler).MarshalJSON()
	if err != nil {
		return nil, err
	}
	parsed, err := Parse(text, Limits{Depth: maxAppendDepth})
	if err != nil {
		return nil, fmt.Errorf("wire: MarshalJSON of %s: %w", v.Type(), err)
	}
	return appendAny(dst, parsed, depth)
}

func pointerEncoder(elem encoder) encoder {
	return func(dst []byte, v reflect.Value, depth int) ([]byte, error) {
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		if depth == 0 {
			return nil, errAppendDepth
		}
		return elem(dst, v.Elem(), depth-1)
	}
}

func optEncoder(elem encoder) encoder {
	return func(dst []byte, v reflect.Value, depth int) ([]byte, error) {
		value, state := v.Addr().Interface().(optional).parts()
		if *state != optValue {
			return append(dst, "null"...), nil
		}
		return elem(dst, reflect.ValueOf(value).Elem(), depth)
	}
}

func listEncoder(elem encoder) encoder {
	return func(dst []byte, v reflect.Value, depth int) ([]byte, error) {
		if depth == 0 {
			return nil, errAppendDepth
		}
		dst = append(dst, '[')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = elem(dst, v.Index(i), depth-1); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	}
}

func mapEncoder(t reflect.Type, elem encoder) encoder {
	return func(dst []byte, v reflect.Value, depth int) ([]byte, error) {
		if depth == 0 {
			return nil, errAppendDepth
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		value := reflect.New(t.Elem()).Elem() // map elements have no address
		dst = append(dst, '{')
		for i, k := range keys {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendString(dst, k.String())
			dst = append(dst, ':')
			value.Set(v.MapIndex(k))
			var err error
			if dst, err = elem(dst, value, depth-1); err != nil {
				return nil, fmt.Errorf("%s: %w", k, err)
			}
		}
		return append(dst, '}'), nil
	}
}
