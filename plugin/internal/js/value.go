// Package js reads what identity providers answer as JavaScript would: the mappings of plugin/social and
// plugin/genericoauth are made of it, so that a profile with a null, an empty string or a number in an unusual place becomes
// the same user here as there.
package js

import (
	"math"
	"strings"

	"github.com/cardea-auth/cardea/core/wire"
)

// Value is a member of a profile: any JSON value as of [wire.Parse], or undefined, the zero value.
type Value struct {
	V       any
	Defined bool
}

// Get returns what path leads to: the names of members, from the outside in.
func Get(o *wire.Object, path ...string) Value {
	v := Const(o)
	for _, name := range path {
		inner, ok := v.V.(*wire.Object)
		if !ok {
			return Value{}
		}
		v.V, v.Defined = inner.Get(name)
		if !v.Defined {
			return Value{}
		}
	}
	return v
}

// Const returns a value that is there.
func Const(v any) Value { return Value{v, true} }

// Or is JavaScript's a || b.
func (a Value) Or(b Value) Value {
	if a.Truthy() {
		return a
	}
	return b
}

// OrElse is JavaScript's a ?? b.
func (a Value) OrElse(b Value) Value {
	if a.V != nil {
		return a
	}
	return b
}

// Truthy reports whether JavaScript takes the value for true.
func (a Value) Truthy() bool {
	switch v := a.V.(type) {
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

// Text returns a string, or a finite number as JavaScript writes it, or "".
func (a Value) Text() string {
	switch v := a.V.(type) {
	case string:
		return v
	case float64:
		if !math.IsInf(v, 0) && !math.IsNaN(v) {
			return string(wire.AppendNumber(nil, v))
		}
	}
	return ""
}

// Subject returns the text of a stable id, which providers send as a string or a number. ok is false for what cannot be one.
func (a Value) Subject() (s string, ok bool) {
	s = a.Text()
	return s, strings.TrimSpace(s) != "" && s != "undefined" && s != "null"
}

// First returns the first element of an array, or undefined.
func (a Value) First() Value {
	if list, ok := a.V.([]any); ok && len(list) > 0 {
		return Const(list[0])
	}
	return Value{}
}

// Object returns the value if it is an object, else nil.
func (a Value) Object() *wire.Object {
	o, _ := a.V.(*wire.Object)
	return o
}

// Boolean is upstream's reading of email_verified: true, false and their names, else undefined.
func (a Value) Boolean() Value {
	switch a.V {
	case true, "true":
		return Const(true)
	case false, "false":
		return Const(false)
	}
	return Value{}
}

// Object makes an object of names and values in turn, leaving out what is undefined. A value is a Value or any JSON value.
func Object(kv ...any) *wire.Object {
	o := wire.NewObject()
	for i := 0; i+1 < len(kv); i += 2 {
		name, _ := kv[i].(string)
		v, ok := kv[i+1].(Value)
		if !ok {
			v = Const(kv[i+1])
		}
		if v.Defined {
			o.Set(name, v.V)
		}
	}
	return o
}
