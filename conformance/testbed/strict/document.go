package strict

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core/wire"
)

// Document is a JSON object on its way to being read. It is not safe for concurrent use.
type Document struct {
	root     *node
	problems []error
	refused  []string
}

// node is a value with its path and whether anybody has read it.
type node struct {
	path    string
	value   any // as wire.Parse returns it
	members []*node
	names   []string // of members; nil in an array
	read    bool
}

// Parse reads the text of a JSON object as JavaScript does (see [wire.Parse]). An error is a [*MalformedError].
func Parse(data []byte) (*Document, error) {
	v, err := wire.Parse(data, wire.Limits{})
	if err != nil {
		return nil, &MalformedError{Problem: err.Error()}
	}
	if _, ok := v.(*wire.Object); !ok {
		return nil, &MalformedError{Problem: "expected an object, got " + kind(v)}
	}
	d := &Document{root: newNode("", v)}
	d.root.read = true
	return d, nil
}

func newNode(path string, v any) *node {
	n := &node{path: path, value: v}
	switch v := v.(type) {
	case *wire.Object:
		for name, member := range v.All() {
			n.names = append(n.names, name)
			n.members = append(n.members, newNode(join(path, name), member))
		}
	case []any:
		for i, item := range v {
			n.members = append(n.members, newNode(path+"["+strconv.Itoa(i)+"]", item))
		}
	}
	return n
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// Root returns the object itself.
func (d *Document) Root() Object { return Object{d, d.root} }

// Err returns what is wrong: a [*MalformedError] for each problem, joined, or, if there are none, an [*UnsupportedError]
// with what nobody has read. It is nil if all has been read.
func (d *Document) Err() error {
	if len(d.problems) > 0 {
		return errors.Join(d.problems...)
	}
	if paths := d.root.unread(slices.Clone(d.refused)); len(paths) > 0 {
		return &UnsupportedError{paths}
	}
	return nil
}

// unread appends the paths of what has not been read, in the order of the document. An object that nobody opened is named
// by its members, because those are what its author wrote; anything else by its own path.
func (n *node) unread(paths []string) []string {
	if !n.read && (len(n.names) == 0 || isForm(n.value)) {
		return append(paths, n.path)
	}
	for _, m := range n.members {
		paths = m.unread(paths)
	}
	return paths
}

// markAll marks a value with all that is in it.
func (n *node) markAll() {
	n.read = true
	for _, m := range n.members {
		m.markAll()
	}
}

func (d *Document) fail(n *node, format string, args ...any) {
	d.problems = append(d.problems, &MalformedError{n.path, fmt.Sprintf(format, args...)})
}

// MalformedError is a value that cannot be what it was read as.
type MalformedError struct {
	// Path is where, such as "options.session.expiresIn". It is empty for the document as a whole.
	Path string
	// Problem is what is wrong with it.
	Problem string
}

// Error returns path and problem.
func (e *MalformedError) Error() string {
	if e.Path == "" {
		return e.Problem
	}
	return e.Path + ": " + e.Problem
}

// UnsupportedError lists what nobody has read.
type UnsupportedError struct {
	// Paths are in the order of the document, such as "plugins[0].options.foo".
	Paths []string
}

// Error lists the paths.
func (e *UnsupportedError) Error() string { return "unsupported: " + strings.Join(e.Paths, ", ") }
