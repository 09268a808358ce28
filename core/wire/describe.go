package wire

import "slices"

// Kind is what a field takes, in the words of JSON Schema where it has one.
type Kind string

// The kinds of fields.
const (
	KindAny     Kind = "any"
	KindString  Kind = "string"
	KindBoolean Kind = "boolean"
	KindNumber  Kind = "number"
	KindInteger Kind = "integer"
	KindDate    Kind = "date" // an ISO 8601 string, see ParseTime
	KindArray   Kind = "array"
	KindObject  Kind = "object" // with known members
	KindRecord  Kind = "record" // an object with any members
)

// zodName is the kind in zod's messages, where an integer is a number of a certain value.
func (k Kind) zodName() string {
	if k == KindInteger {
		return "number"
	}
	return string(k)
}

// Field describes one field of a plan, for an API description. It says nothing about what [Reader], [Checker] and
// [Refiner] types do themselves.
type Field struct {
	// Name is the name on the wire; empty for the elements of lists and maps.
	Name string
	Part Part
	Kind Kind
	// Required is whether absence is an issue. Nullable is whether null is a value.
	Required, Nullable bool
	// Coerced is whether the value is converted rather than refused.
	Coerced bool
	// Default is what an absent field gets: string, bool, float64 or int64, or nil.
	Default any
	// Email is whether a string must be an email address.
	Email bool
	// OneOf are the values allowed, or nil.
	OneOf []string
	// Min and Max bound the length, number of items, or number; nil if they do not.
	Min, Max *float64
	// Elem describes the elements of a list or map, or is nil (in a record: anything).
	Elem *Field
	// Fields are the members of an object.
	Fields []Field
	// Strict is whether an object refuses unknown members.
	Strict bool
}

// Fields describes the plan's fields: body, query, path, each in the order of the struct. The caller may change what it
// gets.
func (p *Plan) Fields() []Field {
	fields := p.body.describe(InBody)
	fields = append(fields, p.query.describe(InQuery)...)
	return append(fields, p.path.describe(InPath)...)
}

// StrictBody reports whether unknown members of the body are refused.
func (p *Plan) StrictBody() bool { return p.body.strict }

// ExtraBody reports whether unknown members of the body are bound too. Where they are neither refused nor bound, they are
// dropped.
func (p *Plan) ExtraBody() bool { return p.body.extra != nil }

func (o *object) describe(part Part) []Field {
	var fields []Field
	for _, f := range o.fields {
		d := f.node.describe(part)
		d.Name, d.Required, d.Nullable = f.name, f.required, d.Nullable || f.wrap == wrapOpt
		if f.fallback.IsValid() {
			switch f.node.kind {
			case KindString:
				d.Default = f.fallback.String()
			case KindBoolean:
				d.Default = f.fallback.Bool()
			case KindNumber:
				d.Default = f.fallback.Float()
			case KindInteger:
				d.Default = f.fallback.Int()
			}
		}
		fields = append(fields, d)
	}
	return fields
}

func (n *node) describe(part Part) Field {
	d := Field{Part: part, Kind: n.kind, Coerced: n.coerce, OneOf: slices.Clone(n.oneOf)}
	d.Nullable = n.kind == KindAny && !n.reader
	for _, ch := range n.checks {
		bound := ch.n
		switch ch.rule {
		case ruleEmail:
			d.Email = true
		case ruleMin:
			d.Min = &bound
		case ruleMax:
			d.Max = &bound
		}
	}
	if n.elem != nil {
		elem := n.elem.describe(part)
		d.Elem = &elem
	}
	if n.object != nil {
		d.Fields, d.Strict = n.object.describe(part), n.object.strict
	}
	return d
}
