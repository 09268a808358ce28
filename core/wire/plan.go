package wire

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Plan is how requests become values of one struct type. It is immutable and safe for concurrent use.
type Plan struct {
	typ   reflect.Type
	body  *object
	query *object
	path  *object
	// optionalBody lets the whole body be absent.
	optionalBody bool
	refines      bool
}

// Reader is a field type that reads itself, such as one that takes a string or a list of strings. ReadJSON gets the
// parsed value (nil is null; an absent one is not asked about, and "Invalid input" if required) and returns the text of
// the issue, or "" if it fits. zod's text for a value that none of several types takes is "Invalid input". The value
// must not be changed.
//
// Of such fields only [Checker] is asked for constraints.
type Reader interface {
	ReadJSON(v any) (issue string)
}

// Checker is a field type with constraints of its own. CheckJSON returns the text of the issue, or "" if there is none.
// It is asked after the check tags, over HTTP and in process, unless the field is absent.
type Checker interface {
	CheckJSON() (issue string)
}

// Refiner is an input type with rules about several fields. Refine gets what was found and returns what is to be
// reported: more, less or something else, such as the one issue that zod has for a union none of whose sides fit.
type Refiner interface {
	Refine(found Issues) Issues
}

var (
	readerType  = reflect.TypeFor[Reader]()
	checkerType = reflect.TypeFor[Checker]()
	refinerType = reflect.TypeFor[Refiner]()
)

// object is how a JSON object, or the query, becomes a struct.
type object struct {
	fields []*field
	// extra is the index of the field for unknown members, or nil.
	extra []int
	// strict refuses unknown members.
	strict bool
	known  map[string]bool
	// constrained is whether there is anything to check beyond types.
	constrained bool
}

// wrapping is how a field holds its value.
type wrapping uint8

const (
	wrapNone wrapping = iota
	wrapPointer
	wrapOpt
)

// field is one field of an object.
type field struct {
	name     string
	index    []int
	wrap     wrapping
	node     *node
	required bool
	// fallback is the default of an absent field, or invalid.
	fallback reflect.Value
}

// node is how one value is read and checked, whatever holds it.
type node struct {
	typ    reflect.Type
	kind   Kind
	coerce bool
	reader bool
	// oneOf is the choice that the message lists in oneOfMessage.
	oneOf        []string
	oneOfMessage string
	checks       []check
	checker      bool
	elem         *node   // of lists and maps
	object       *object // of structs
	// constrained is whether check has anything to do.
	constrained bool
}

// Compile makes the plan of a struct type. The package comment says what the type may look like.
//
// The error lists mistakes in the program: field types that JSON cannot fill, names used twice, tags that make no sense.
func Compile(t reflect.Type) (*Plan, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("wire: %s is not a struct", t)
	}
	c := compiler{plan: &Plan{typ: t, body: new(object), query: new(object), path: new(object)}}
	c.fields(t, nil, c.plan.body, t.Name(), true)
	for _, o := range []*object{c.plan.body, c.plan.query, c.plan.path} {
		o.finish()
	}
	c.plan.refines = reflect.PointerTo(t).Implements(refinerType)
	if len(c.errs) > 0 {
		return nil, fmt.Errorf("wire: cannot bind %s: %w", t, errors.Join(c.errs...))
	}
	return c.plan, nil
}

// HasBody reports whether the body is read at all. Where it is not, any body is ignored.
func (p *Plan) HasBody() bool { return len(p.body.fields) > 0 || p.body.extra != nil || p.body.strict }

// BodyRequired reports whether a request without body is refused.
func (p *Plan) BodyRequired() bool { return p.HasBody() && !p.optionalBody }

// HasQuery reports whether the query is read at all.
func (p *Plan) HasQuery() bool { return len(p.query.fields) > 0 || p.query.strict }

// target returns the struct behind dst. Another type than the plan's is a mistake in the program, and panics.
func (p *Plan) target(dst any) reflect.Value {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.Type().Elem() != p.typ || v.IsNil() {
		panic(fmt.Sprintf("wire: plan of %s was given %T", p.typ, dst))
	}
	return v.Elem()
}

// finish derives what is looked up while requests are served.
func (o *object) finish() {
	o.known = make(map[string]bool, len(o.fields))
	for _, f := range o.fields {
		o.known[f.name] = true
		o.constrained = o.constrained || f.node.constrained
	}
}

// compiler gathers the mistakes of a type, so that all are reported at once.
type compiler struct {
	plan *Plan
	// open are the structs being compiled; a type inside of itself has no plan of finite size.
	open []reflect.Type
	errs []error
}

func (c *compiler) errorf(where, format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(where+": "+format, args...))
}

// fields compiles the fields of t, which lies at index in the struct of o. root is whether o is the body itself, beside
// which there are query and path.
func (c *compiler) fields(t reflect.Type, index []int, o *object, where string, root bool) {
	if slices.Contains(c.open, t) {
		c.errorf(where, "%s contains itself", t)
		return
	}
	c.open = append(c.open, t)
	defer func() { c.open = c.open[:len(c.open)-1] }()
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(slices.Clip(index), i)
		where := where + "." + sf.Name
		tags, tagged := c.sourceTag(sf, where, root)
		switch {
		case sf.Name == "_":
			c.directives(sf, o, where, root)
		case tagged && !sf.IsExported():
			c.errorf(where, "is not exported")
		case tagged && tags.extra:
			c.extraField(sf, at, o, where)
		case tagged:
			c.field(sf, tags, at, o, where)
		case sf.Anonymous && sf.Type.Kind() == reflect.Struct && sf.Tag.Get("json") != "-":
			c.fields(sf.Type, at, o, where, root)
		case hasBindingTag(sf):
			c.errorf(where, "has tags for binding but none that names it")
		}
	}
}

func hasBindingTag(sf reflect.StructField) bool {
	for _, tag := range []string{"check", "coerce", "default", "optional", "message", "wire"} {
		if _, ok := sf.Tag.Lookup(tag); ok {
			return true
		}
	}
	return false
}

// directives reads the wire tag of a blank field.
func (c *compiler) directives(sf reflect.StructField, o *object, where string, root bool) {
	for word := range strings.SplitSeq(sf.Tag.Get("wire"), ",") {
		switch {
		case word == "strict":
			o.strict = true
			if o.extra != nil {
				c.errorf(where, "a strict object has no extra members")
			}
		case word == "strict-query" && root:
			c.plan.query.strict = true
		case word == "optional-body" && root:
			c.plan.optionalBody = true
		case word != "":
			c.errorf(where, "unknown directive %q", word)
		}
	}
}
