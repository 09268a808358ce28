package wire

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// sourceTags is what the json, query or path tag of a field says.
type sourceTags struct {
	part  Part
	name  string
	extra bool
}

// sourceTag reads the one tag that names a field. tagged is false if there is none.
func (c *compiler) sourceTag(sf reflect.StructField, where string, root bool) (tags sourceTags, tagged bool) {
	for part, key := range []string{"json", "query", "path"} {
		value, ok := sf.Tag.Lookup(key)
		if !ok || value == "-" {
			continue
		}
		name, options, _ := strings.Cut(value, ",")
		for option := range strings.SplitSeq(options, ",") {
			switch {
			case option == "extra" && key == "json" && name == "":
				tags.extra = true
			case option == "" || key == "json" && (option == "omitempty" || option == "omitzero"):
				// The last two are for Append, of a type that is input and output.
			default:
				c.errorf(where, "unknown option %q in its %s tag", option, key)
			}
		}
		if name == "" && !tags.extra {
			if sf.Anonymous {
				continue
			}
			c.errorf(where, "its %s tag has no name", key)
		}
		if tagged {
			c.errorf(where, "comes from more than one place")
		}
		if key != "json" && !root {
			c.errorf(where, "a nested struct has no %s", key)
		}
		tags.part, tags.name, tagged = Part(part), name, true
	}
	return tags, tagged
}

func (c *compiler) extraField(sf reflect.StructField, at []int, o *object, where string) {
	switch {
	case sf.Type != objectType && sf.Type != reflect.TypeFor[map[string]any]():
		c.errorf(where, "extra members go into *wire.Object or map[string]any, not %s", sf.Type)
	case o.extra != nil:
		c.errorf(where, "extra members have a field already")
	case o.strict:
		c.errorf(where, "a strict object has no extra members")
	default:
		o.extra = at
	}
}

func (c *compiler) field(sf reflect.StructField, tags sourceTags, at []int, o *object, where string) {
	switch tags.part {
	case InQuery:
		o = c.plan.query
	case InPath:
		o = c.plan.path
		if sf.Type.Kind() != reflect.String || hasBindingTag(sf) {
			c.errorf(where, "a path parameter is a string that is taken as it is")
			return
		}
	}
	if slices.ContainsFunc(o.fields, func(f *field) bool { return f.name == tags.name }) {
		c.errorf(where, "the %s has %q already", tags.part, tags.name)
	}
	f := &field{name: tags.name, index: at}
	t := sf.Type
	switch {
	case reflect.PointerTo(t).Implements(optionalType):
		f.wrap = wrapOpt
		elem, _ := reflect.New(t).Interface().(optional).parts()
		t = reflect.TypeOf(elem).Elem()
	case t.Kind() == reflect.Pointer && t != objectType:
		f.wrap = wrapPointer
		t = t.Elem()
	}
	omissible := c.flag(sf, "optional", where)
	f.required = f.wrap == wrapNone && !omissible
	f.node = c.node(t, where)
	if f.node == nil {
		return
	}
	if omissible && (f.wrap != wrapNone || f.node.kind == KindObject) {
		// The zero struct is also what {} becomes, whose required members are missing.
		c.errorf(where, "optional is for plain fields other than structs: pointers and Opt are optional as such")
	}
	if c.flag(sf, "coerce", where) {
		switch f.node.kind {
		case KindString, KindBoolean, KindNumber, KindInteger:
			f.node.coerce = true
		default:
			c.errorf(where, "%s cannot be coerced", t)
		}
	}
	c.constraints(f.node, sf, where)
	c.fallback(f, sf, where)
	o.fields = append(o.fields, f)
}

// flag reads a tag that is "true" or not there. Anything else is more likely a slip than a way to say no.
func (c *compiler) flag(sf reflect.StructField, key, where string) bool {
	value, ok := sf.Tag.Lookup(key)
	if ok && value != "true" {
		c.errorf(where, "its %s tag is %q: write true or leave it out", key, value)
	}
	return ok
}

// fallback reads the default tag.
func (c *compiler) fallback(f *field, sf reflect.StructField, where string) {
	text, ok := sf.Tag.Lookup("default")
	if !ok {
		return
	}
	if f.wrap != wrapNone || !f.required {
		c.errorf(where, "only a plain field has a default")
		return
	}
	v := reflect.New(f.node.typ).Elem()
	var err error
	switch f.node.kind {
	case KindString:
		v.SetString(text)
	case KindBoolean:
		var b bool
		b, err = strconv.ParseBool(text)
		v.SetBool(b)
	case KindNumber:
		var n float64
		n, err = strconv.ParseFloat(text, 64)
		v.SetFloat(n)
	case KindInteger:
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		v.SetInt(n)
	default:
		c.errorf(where, "%s cannot have a default", f.node.typ)
		return
	}
	if err != nil {
		c.errorf(where, "its default %q is no %s", text, f.node.kind)
		return
	}
	f.fallback, f.required = v, false
}

// node compiles the type of a value. It returns nil after reporting a type that cannot be bound.
func (c *compiler) node(t reflect.Type, where string) *node {
	p := reflect.PointerTo(t)
	n := &node{typ: t, checker: p.Implements(checkerType)}
	n.constrained = n.checker
	switch {
	case p.Implements(readerType):
		n.reader, n.kind = true, KindAny
		return n
	case t == objectType:
		n.kind = KindRecord
		return n
	case t == timeType:
		n.kind = KindDate
		return n
	}
	switch t.Kind() {
	case reflect.String:
		n.kind = KindString
	case reflect.Bool:
		n.kind = KindBoolean
	case reflect.Float64:
		n.kind = KindNumber
	case reflect.Int, reflect.Int64:
		n.kind = KindInteger
	case reflect.Interface:
		if t.NumMethod() > 0 {
			c.errorf(where, "JSON cannot fill %s", t)
			return nil
		}
		n.kind = KindAny
	case reflect.Slice:
		n.kind = KindArray
		n.elem = c.element(t.Elem(), where)
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			c.errorf(where, "the keys of %s are not strings", t)
			return nil
		}
		n.kind = KindRecord
		n.elem = c.element(t.Elem(), where)
	case reflect.Struct:
		if p.Implements(optionalType) {
			c.errorf(where, "%s belongs directly into a struct", t)
			return nil
		}
		n.kind = KindObject
		n.object = new(object)
		c.fields(t, nil, n.object, where, false)
		n.object.finish()
		n.constrained = n.constrained || n.object.constrained
	default:
		c.errorf(where, "JSON cannot fill %s", t)
		return nil
	}
	if n.elem == nil && (n.kind == KindArray || t.Kind() == reflect.Map) {
		return nil // reported
	}
	if n.elem != nil {
		n.constrained = n.constrained || n.elem.constrained
	}
	return n
}

// element compiles the element type of a list or map.
func (c *compiler) element(t reflect.Type, where string) *node {
	if t.Kind() == reflect.Uint8 {
		c.errorf(where, "a []byte has no form in JSON")
		return nil
	}
	return c.node(t, where+"[]")
}
