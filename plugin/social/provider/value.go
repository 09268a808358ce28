package provider

import (
	"math"

	"github.com/cardea-auth/cardea/core/wire"
)

// value is a member of a profile as JavaScript sees it: any JSON value, or undefined, the zero value. The mappings of this
// package are made of its methods, so that a profile with a null, an empty string or a number in an unusual place becomes
// the same user here as there.
type value struct {
	v       any
	defined bool
}

// get returns what path leads to.
func get(o *wire.Object, path ...string) value {
	v, ok := Value(o, path...)
	return value{v, ok}
}

// constant returns a value that is there.
func constant(v any) value { return value{v, true} }

// or is JavaScript's a || b.
func (a value) or(b value) value {
	if a.truthy() {
		return a
	}
	return b
}

// orElse is JavaScript's a ?? b.
func (a value) orElse(b value) value {
	if a.v != nil {
		return a
	}
	return b
}

func (a value) truthy() bool {
	switch v := a.v.(type) {
	case nil:
		return false
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	case string:
		return v != ""
	}
	return true
}

// text returns a string, or a finite number as JavaScript writes it, or "".
func (a value) text() string {
	switch v := a.v.(type) {
	case string:
		return v
	case float64:
		if !math.IsInf(v, 0) && !math.IsNaN(v) {
			return string(wire.AppendNumber(nil, v))
		}
	}
	return ""
}

// first returns the first element of an array, or undefined.
func (a value) first() value {
	if list, ok := a.v.([]any); ok && len(list) > 0 {
		return constant(list[0])
	}
	return value{}
}

// object returns the value if it is an object, else nil.
func (a value) object() *wire.Object {
	o, _ := a.v.(*wire.Object)
	return o
}

// boolean is upstream's reading of email_verified: true, false and their names, else undefined.
func (a value) boolean() value {
	switch a.v {
	case true, "true":
		return constant(true)
	case false, "false":
		return constant(false)
	}
	return value{}
}

// object makes an object of names and values in turn, leaving out what is undefined. A value is a value or any JSON value.
func object(kv ...any) *wire.Object {
	o := wire.NewObject()
	for i := 0; i+1 < len(kv); i += 2 {
		name, _ := kv[i].(string)
		v, ok := kv[i+1].(value)
		if !ok {
			v = constant(kv[i+1])
		}
		if v.defined {
			o.Set(name, v.v)
		}
	}
	return o
}

var none = value{} // undefined
