package wire

import (
	"math"
	"reflect"
	"time"
)

// maxSafeInteger is the last integer before a float64 skips one (ECMA-262 Number.MAX_SAFE_INTEGER).
const maxSafeInteger = 1<<53 - 1

// bind sets v to a parsed value, or adds what is wrong with it.
func (c *collector) bind(n *node, v reflect.Value, raw any) {
	switch {
	case n.reader:
		if message := v.Addr().Interface().(Reader).ReadJSON(raw); message != "" {
			v.SetZero()
			c.add(message)
			return
		}
	case n.kind == KindObject:
		c.bindStruct(n, v, raw)
		return
	case n.elem != nil:
		c.bindElements(n, v, raw)
		return
	case !c.bindScalar(n, v, raw):
		return
	}
	if c.inline {
		c.check(n, v, nil, false)
	}
}

func (c *collector) bindStruct(n *node, v reflect.Value, raw any) {
	obj, ok := raw.(*Object)
	if !ok {
		c.add(n.mismatch(raw))
		return
	}
	mark := len(c.list)
	c.bindObject(n.object, v, obj)
	if c.inline {
		c.checkOwn(n, v, mark)
	}
}

// bindScalar binds what has no elements. It returns false after adding what is wrong.
func (c *collector) bindScalar(n *node, v reflect.Value, raw any) bool {
	if n.coerce {
		raw = n.coerced(raw)
	}
	switch n.kind {
	case KindAny:
		if raw == nil {
			v.SetZero()
		} else {
			v.Set(reflect.ValueOf(raw))
		}
		return true
	case KindString:
		if s, ok := raw.(string); ok {
			v.SetString(s)
			return true
		}
	case KindBoolean:
		if b, ok := raw.(bool); ok {
			v.SetBool(b)
			return true
		}
	case KindNumber:
		if f, ok := raw.(float64); ok && isFinite(f) {
			v.SetFloat(f)
			return true
		}
	case KindInteger:
		if f, ok := raw.(float64); ok && isFinite(f) {
			return c.bindInteger(n, v, f)
		}
	case KindDate:
		if s, ok := raw.(string); ok {
			if t, ok := ParseTime(s); ok {
				*v.Addr().Interface().(*time.Time) = t
				return true
			}
		}
	case KindRecord:
		if obj, ok := raw.(*Object); ok {
			v.Set(reflect.ValueOf(withoutProto(obj)))
			return true
		}
	}
	c.add(n.mismatch(raw))
	if n.kind == KindString && n.oneOf == nil {
		c.checkWrongSize(n, raw)
	}
	return false
}

func (n *node) coerced(raw any) any {
	switch n.kind {
	case KindString:
		return toString(raw)
	case KindBoolean:
		return toBool(raw)
	}
	return toNumber(raw)
}

func isFinite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// bindInteger takes JavaScript's safe integers, and fewer where an int has 32 bits.
func (c *collector) bindInteger(n *node, v reflect.Value, f float64) bool {
	switch {
	case f != math.Trunc(f):
		c.add("Invalid input: expected int, received number")
		return false
	case f > maxSafeInteger || f > 0 && v.OverflowInt(int64(f)):
		c.add("Too big: expected int to be <=9007199254740991")
	case f < -maxSafeInteger || f < 0 && v.OverflowInt(int64(f)):
		c.add("Too small: expected int to be >=-9007199254740991")
	default:
		v.SetInt(int64(f))
		return true
	}
	c.checkNumber(n, f) // zod goes on to the other constraints here
	return false
}

// withoutProto returns o without a member that zod drops, and o itself if it has none.
func withoutProto(o *Object) *Object {
	if _, ok := o.Get(protoKey); !ok {
		return o
	}
	rest := new(Object)
	for key, value := range o.All() {
		if key != protoKey {
			rest.Set(key, value)
		}
	}
	return rest
}

// missing is what zod says about a required value that is absent.
func (n *node) missing() string {
	switch {
	case n.oneOf != nil:
		return n.oneOfMessage
	case n.reader:
		return "Invalid input"
	case n.kind == KindAny, n.coerce && (n.kind == KindString || n.kind == KindBoolean):
		return "Invalid input: expected nonoptional, received undefined"
	case n.coerce:
		return "Invalid input: expected number, received NaN" // which Number(undefined) is
	}
	return "Invalid input: expected " + n.kind.zodName() + ", received undefined"
}

// mismatch is what zod says about a value of the wrong type.
func (n *node) mismatch(raw any) string {
	if n.oneOf != nil {
		return n.oneOfMessage
	}
	return "Invalid input: expected " + n.kind.zodName() + ", received " + typeName(raw)
}
