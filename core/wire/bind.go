package wire

import (
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Source is what a request brings.
type Source struct {
	// Body is the parsed body, see [Parse]. A form is an *Object of strings.
	Body any
	// HasBody tells a body that is null from none.
	HasBody bool
	// Query is the decoded query. A name with several values is a list.
	Query url.Values
	// Params returns a path parameter, decoded. It may be nil if the plan has none.
	Params func(name string) string
}

// Bind fills the struct that dst points to, which should be zero, and remembers what is wrong with the request. It is
// lenient: each field that fits is set, so that hooks see it and may repair the rest before [Plan.Check]. A list or map
// is set as a whole or not at all. Defaults are filled in.
//
// Values may share lists and objects with src.Body. dst must be a pointer to the plan's type: another one panics.
func (p *Plan) Bind(dst any, src Source) Problems {
	v := p.target(dst)
	var c collector
	var problems Problems
	if p.HasBody() {
		body, ok := src.Body.(*Object)
		switch {
		case !src.HasBody:
			body, problems.body = nil, "undefined"
		case !ok:
			problems.body = typeName(src.Body)
		}
		// The body's fields are missing also where there is no body: a hook may fill in some of them.
		c.bindObject(p.body, v, body)
	}
	for _, f := range p.query.fields {
		raw, present := queryValue(src.Query, f.name)
		c.bindField(f, v.FieldByIndex(f.index), raw, present)
	}
	if p.query.strict {
		c.refuseUnknown(p.query, unknownKeys(src.Query, p.query))
	}
	for _, f := range p.path.fields {
		if src.Params != nil {
			v.FieldByIndex(f.index).SetString(src.Params(f.name))
		}
	}
	problems.list = c.list
	return problems
}

// queryValue returns a query parameter as JavaScript's side sees it: a string, or a list if the name is repeated.
func queryValue(query url.Values, name string) (raw any, present bool) {
	values := query[name]
	switch len(values) {
	case 0:
		return nil, false
	case 1:
		return values[0], true
	}
	list := make([]any, len(values))
	for i, s := range values {
		list[i] = s
	}
	return list, true
}

func unknownKeys(query url.Values, o *object) []string {
	var unknown []string
	for key := range query {
		if !o.known[key] {
			unknown = append(unknown, key)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// protoKey is a name that zod takes out of objects, as it would change a JavaScript object's nature when assigned.
const protoKey = "__proto__"

func (c *collector) bindObject(o *object, v reflect.Value, obj *Object) {
	for _, f := range o.fields {
		raw, present := obj.Get(f.name)
		c.bindField(f, v.FieldByIndex(f.index), raw, present)
	}
	switch {
	case o.strict:
		var unknown []string
		for key := range obj.All() {
			if !o.known[key] {
				unknown = append(unknown, key)
			}
		}
		c.refuseUnknown(o, unknown)
	case o.extra != nil:
		extra := v.FieldByIndex(o.extra)
		rest := new(Object)
		for key, value := range obj.All() {
			if !o.known[key] && key != protoKey {
				rest.Set(key, value)
			}
		}
		if extra.Type() == objectType {
			extra.Set(reflect.ValueOf(rest))
			return
		}
		m := make(map[string]any, rest.Len())
		for key, value := range rest.All() {
			m[key] = value
		}
		extra.Set(reflect.ValueOf(m))
	}
}

func (c *collector) refuseUnknown(o *object, keys []string) {
	if len(keys) == 0 {
		return
	}
	message := "Unrecognized key: "
	if len(keys) > 1 {
		message = "Unrecognized keys: "
	}
	keys = keys[:min(len(keys), maxElementIssues)]
	p := problem{message: message + `"` + strings.Join(keys, `", "`) + `"`}
	if !c.inline {
		p.object = o
	}
	c.list = append(c.list, p)
}

func (c *collector) bindField(f *field, v reflect.Value, raw any, present bool) {
	mark := len(c.list)
	switch {
	case present:
		c.bindPresent(f, v, raw)
	case f.fallback.IsValid():
		v.Set(f.fallback)
	case f.required:
		c.add(f.node.missing())
	}
	if c.inline {
		c.prefix(mark, f.name)
		return
	}
	for i := mark; i < len(c.list); i++ {
		if p := &c.list[i]; p.field == nil && p.object == nil {
			p.field = f
		}
	}
}

func (c *collector) bindPresent(f *field, v reflect.Value, raw any) {
	mark := len(c.list)
	switch f.wrap {
	case wrapNone:
		c.bind(f.node, v, raw)
		if f.node.constrained && f.isOptional() && len(c.list) == mark && v.IsZero() {
			// From here on it cannot be told from an absent one, which has no constraints.
			c.check(f.node, v, nil, false)
		}
	case wrapPointer:
		p := reflect.New(f.node.typ)
		c.bind(f.node, p.Elem(), raw)
		if len(c.list) == mark || f.node.partly(raw) {
			v.Set(p)
		}
	case wrapOpt:
		value, state := v.Addr().Interface().(optional).parts()
		if raw == nil {
			*state = optNull // also where null could be coerced: zod asks nullable() first
			return
		}
		c.bind(f.node, reflect.ValueOf(value).Elem(), raw)
		if len(c.list) == mark || f.node.partly(raw) {
			*state = optValue
		}
	}
}

// isOptional reports whether the zero value of a plain field means that it is absent.
func (f *field) isOptional() bool {
	return f.wrap == wrapNone && !f.required && !f.fallback.IsValid()
}

// partly reports whether raw fills n although something inside of it does not fit.
func (n *node) partly(raw any) bool {
	_, ok := raw.(*Object)
	return ok && n.kind == KindObject
}

// bindElements binds a list or map. If an element does not fit, all are looked at once more and v is left zero.
func (c *collector) bindElements(n *node, v reflect.Value, raw any) {
	elements := (*collector).bindList
	if n.kind == KindRecord {
		elements = (*collector).bindMap
	}
	mark := len(c.list)
	elements(c, n, v, raw)
	if c.inline || len(c.list) == mark {
		return
	}
	c.list = c.list[:mark]
	c.inline, c.limit = true, mark+maxElementIssues
	elements(c, n, v, raw)
	c.inline = false
	v.SetZero()
}

// enough reports whether further elements are of no interest.
func (c *collector) enough(mark int) bool {
	if c.inline {
		return len(c.list) >= c.limit
	}
	return len(c.list) > mark
}

func (c *collector) bindList(n *node, v reflect.Value, raw any) {
	list, ok := raw.([]any)
	if !ok {
		c.add(n.mismatch(raw))
		c.checkWrongSize(n, raw)
		return
	}
	if message := n.tooLong(len(list)); message != "" {
		c.add(message) // zod does not look into a list that is too long
		return
	}
	mark := len(c.list)
	v.Set(reflect.MakeSlice(n.typ, 0, min(len(list), maxElementIssues)))
	for i, raw := range list {
		if i == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(i + 1)
		before := len(c.list)
		c.bind(n.elem, v.Index(i), raw)
		if len(c.list) > before {
			c.prefix(before, strconv.Itoa(i))
		}
		if c.enough(mark) {
			break
		}
	}
	if c.inline {
		c.checkList(n, len(list))
		c.checkOwn(n, v, mark)
	}
}

func (c *collector) bindMap(n *node, v reflect.Value, raw any) {
	obj, ok := raw.(*Object)
	if !ok {
		c.add(n.mismatch(raw))
		return
	}
	mark := len(c.list)
	m := reflect.MakeMapWithSize(n.typ, min(obj.Len(), maxElementIssues))
	for key, raw := range obj.All() {
		if key == protoKey {
			continue
		}
		before := len(c.list)
		elem := reflect.New(n.elem.typ).Elem()
		c.bind(n.elem, elem, raw)
		if len(c.list) > before {
			c.prefix(before, key)
		}
		if c.enough(mark) {
			break
		}
		m.SetMapIndex(reflect.ValueOf(key).Convert(n.typ.Key()), elem)
	}
	v.Set(m)
	if c.inline {
		c.checkOwn(n, v, mark)
	}
}
