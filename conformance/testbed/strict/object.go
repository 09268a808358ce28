package strict

import (
	"slices"

	"github.com/cardea-auth/cardea/core/wire"
)

// Object reads the members of one JSON object. The zero Object is one that is absent: all of its members are, too.
//
// The methods that take a pointer set it if the member is there and of the right type, and leave it alone otherwise. A
// member of another type is a problem that [Document.Err] returns; but one of those forms that stand for a function (see
// [Object.Form]) is left unread where a plain value is asked for: it is another way to give the option, which then is
// not supported.
type Object struct {
	doc *Document
	n   *node
}

// Path returns where the object is in the document, such as "options.session"; empty for the root.
func (o Object) Path() string {
	if o.n == nil {
		return ""
	}
	return o.n.path
}

// Has reports whether the object has the member, null or not. It does not count as reading it.
func (o Object) Has(name string) bool { return o.member(name) != nil }

// IsObject reports whether a member is there and an object. It does not count as reading it.
func (o Object) IsObject(name string) bool { return o.is(name, "an object") }

// IsList reports whether a member is there and a list. It does not count as reading it.
func (o Object) IsList(name string) bool { return o.is(name, "a list") }

// Null reports whether a member is there and null, which then counts as read.
func (o Object) Null(name string) bool {
	if !o.is(name, "null") {
		return false
	}
	o.member(name).read = true
	return true
}

func (o Object) is(name, want string) bool {
	n := o.member(name)
	return n != nil && kind(n.value) == want
}

// Names returns the names of the members in order.
func (o Object) Names() []string {
	if o.n == nil {
		return nil
	}
	return slices.Clone(o.n.names)
}

// Object opens a member that is an object. What is in it has then to be read, too.
func (o Object) Object(name string) Object {
	n := o.member(name)
	if n == nil {
		return Object{}
	}
	return o.open(n)
}

// Objects opens a member that is a list of objects.
func (o Object) Objects(name string) []Object {
	n := o.member(name)
	if n == nil {
		return nil
	}
	n.read = true
	if _, ok := n.value.([]any); !ok {
		o.doc.fail(n, "expected a list, got %s", kind(n.value))
		return nil
	}
	list := make([]Object, len(n.members))
	for i, item := range n.members {
		list[i] = o.open(item)
	}
	return list
}

func (o Object) open(n *node) Object {
	if _, ok := n.value.(*wire.Object); !ok {
		o.doc.fail(n, "expected an object, got %s", kind(n.value))
		n.markAll()
		return Object{}
	}
	n.read = true
	return Object{o.doc, n}
}

// Any takes a member as it is, as [wire.Parse] returns it. ok is false if there is none.
func (o Object) Any(name string) (v any, ok bool) {
	n := o.member(name)
	if n == nil {
		return nil, false
	}
	n.markAll()
	return n.value, true
}

// Skip marks all of the object as read: for an object that has been refused or failed as a whole.
func (o Object) Skip() {
	if o.n != nil {
		o.n.markAll()
	}
}

// Fail records a problem with a member, or with its absence.
func (o Object) Fail(name, problem string) {
	if o.n == nil {
		return
	}
	n := o.member(name)
	if n == nil {
		n = &node{path: join(o.n.path, name)}
	}
	n.markAll()
	o.doc.fail(n, "%s", problem)
}

func (o Object) member(name string) *node {
	if o.n == nil {
		return nil
	}
	if i := slices.Index(o.n.names, name); i >= 0 {
		return o.n.members[i]
	}
	return nil
}
