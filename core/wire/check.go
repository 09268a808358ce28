package wire

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// Check reports what is wrong with the struct that dst points to, after hooks. A problem that Bind found counts unless its
// field is no longer zero: somebody repaired it. Fields without problem are checked against their constraints as they
// are now.
//
// Issues come in the order of the struct, and if there are any about the body none about the query, as in the contract.
// A [Refiner] has the last word. dst must be a pointer to the plan's type: another one panics.
func (p *Plan) Check(dst any, problems Problems) Issues {
	return p.check(p.target(dst), problems, false)
}

// CheckTyped checks input that a Go program made itself: only constraints, as types are right and the zero value of an
// optional field, or of one with a default, is one left out. dst must be a pointer to the plan's type.
func (p *Plan) CheckTyped(dst any) Issues {
	return p.check(p.target(dst), Problems{}, true)
}

func (p *Plan) check(v reflect.Value, problems Problems, typed bool) Issues {
	var issues Issues
	absent := problems.body != "" || typed && p.optionalBody
	switch {
	case !absent || p.touched(v):
		issues = p.checkPart(InBody, p.body, v, problems.list, typed)
	case problems.body != "" && (problems.body != "undefined" || !p.optionalBody):
		issues = p.notAnObject(problems.body)
	}
	if len(issues) == 0 {
		issues = p.checkPart(InQuery, p.query, v, problems.list, typed)
	}
	if p.refines {
		issues = v.Addr().Interface().(Refiner).Refine(issues)
	}
	return issues
}

// touched reports whether the input has something of a body. Defaults do not count, they are there without one.
func (p *Plan) touched(v reflect.Value) bool {
	for _, f := range p.body.fields {
		if !f.fallback.IsValid() && !v.FieldByIndex(f.index).IsZero() {
			return true
		}
	}
	if p.body.extra == nil {
		return false
	}
	switch extra := v.FieldByIndex(p.body.extra).Interface().(type) {
	case *Object:
		return extra.Len() > 0
	case map[string]any:
		return len(extra) > 0
	}
	return false
}

// notAnObject is what zod says of another body: in an input with extra members it is an object and a record.
func (p *Plan) notAnObject(received string) Issues {
	var issues Issues
	if p.body.extra == nil || len(p.body.fields) > 0 {
		issues = append(issues, Issue{Message: "Invalid input: expected object, received " + received})
	}
	if p.body.extra != nil {
		issues = append(issues, Issue{Message: "Invalid input: expected record, received " + received})
	}
	return issues
}

func (p *Plan) checkPart(part Part, o *object, v reflect.Value, known []problem, typed bool) Issues {
	if !o.constrained && len(known) == 0 {
		return nil
	}
	var c collector
	c.checkObject(o, v, known, typed)
	if len(c.list) == 0 {
		return nil
	}
	issues := make(Issues, len(c.list))
	for i, found := range c.list {
		issues[i] = Issue{Part: part, Path: found.path, Message: found.message}
	}
	return issues
}

// checkObject adds the problems of a struct: those in known that still stand, and constraints that do not hold. Paths in
// known begin at the problem's field; the way back up completes them.
func (c *collector) checkObject(o *object, v reflect.Value, known []problem, typed bool) {
	if !o.constrained && len(known) == 0 {
		return
	}
	for _, f := range o.fields {
		mark := len(c.list)
		c.checkField(f, v.FieldByIndex(f.index), known, typed)
		c.prefix(mark, f.name)
	}
	for _, p := range known {
		if p.object == o {
			c.list = append(c.list, p)
		}
	}
}

func (c *collector) checkField(f *field, v reflect.Value, known []problem, typed bool) {
	if v.IsZero() {
		mark := len(c.list)
		for _, p := range known {
			if p.field == f {
				c.list = append(c.list, p)
			}
		}
		if len(c.list) > mark || f.isOptional() || typed && f.fallback.IsValid() {
			return
		}
	}
	switch f.wrap {
	case wrapPointer:
		if v.IsNil() {
			return
		}
		v = v.Elem()
	case wrapOpt:
		value, state := v.Addr().Interface().(optional).parts()
		if *state != optValue {
			return
		}
		v = reflect.ValueOf(value).Elem()
	}
	c.check(f.node, v, known, typed)
}

// check adds the constraints that v and what it contains do not hold.
func (c *collector) check(n *node, v reflect.Value, known []problem, typed bool) {
	mark := len(c.list)
	switch {
	case n.kind == KindObject:
		c.checkObject(n.object, v, known, typed)
	case !n.constrained:
		return
	case n.kind == KindString:
		if !c.checkString(n, v.String()) {
			return
		}
	case n.kind == KindNumber:
		c.checkNumber(n, v.Float())
	case n.kind == KindInteger:
		c.checkNumber(n, float64(v.Int()))
	case n.kind == KindArray:
		if message := n.tooLong(v.Len()); message != "" {
			c.add(message)
			return
		}
		c.checkElements(n, v, typed)
		c.checkList(n, v.Len())
	case n.kind == KindRecord && n.elem != nil:
		c.checkElements(n, v, typed)
	}
	if n.elem == nil && n.object == nil {
		mark = len(c.list) // zod asks refinements of scalars whatever else is wrong
	}
	c.checkOwn(n, v, mark)
}

// checkElements checks what is in a list or map, the latter by sorted keys.
func (c *collector) checkElements(n *node, v reflect.Value, typed bool) {
	if !n.elem.constrained {
		return
	}
	limit := len(c.list) + maxElementIssues
	element := func(v reflect.Value, segment string) {
		before := len(c.list)
		c.check(n.elem, v, nil, typed)
		c.prefix(before, segment)
	}
	if n.kind == KindArray {
		for i := 0; i < v.Len() && len(c.list) < limit; i++ {
			element(v.Index(i), strconv.Itoa(i))
		}
		return
	}
	keys := make(map[string]reflect.Value, v.Len())
	for _, k := range v.MapKeys() {
		keys[k.String()] = k
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if len(c.list) < limit {
			element(addressable(v.MapIndex(keys[key])), key)
		}
	}
}

// checkOwn asks the value's Checker, unless something was found since mark.
func (c *collector) checkOwn(n *node, v reflect.Value, mark int) {
	if !n.checker || len(c.list) > mark {
		return
	}
	if message := v.Addr().Interface().(Checker).CheckJSON(); message != "" {
		c.add(message)
	}
}
