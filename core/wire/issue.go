package wire

import "strings"

// Part is the part of a request that a field comes from.
type Part uint8

// The parts of a request.
const (
	InBody Part = iota
	InQuery
	InPath
)

// String returns the part's name in messages and in OpenAPI: body, query, path.
func (p Part) String() string {
	switch p {
	case InQuery:
		return "query"
	case InPath:
		return "path"
	}
	return "body"
}

// Issue is one thing that is wrong with the input.
type Issue struct {
	Part Part
	// Path leads to the value: member names and list positions with dots between, "idToken.token", "scopes.0". It is
	// empty where the whole part is meant.
	Path string
	// Message is zod's text: "Invalid input: expected string, received undefined".
	Message string
}

// Issues is all that is wrong, in the order of the contract; empty if nothing is.
type Issues []Issue

// Message joins the issues as clients get to see them: "[body.email] Invalid email address; [body.name] …". It is "" if
// there are none.
func (is Issues) Message() string {
	var b strings.Builder
	for i, issue := range is {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteByte('[')
		b.WriteString(issue.Part.String())
		if issue.Path != "" {
			b.WriteByte('.')
			b.WriteString(issue.Path)
		}
		b.WriteString("] ")
		b.WriteString(issue.Message)
	}
	return b.String()
}

// Problems is what [Plan.Bind] found wrong. It is for Plan.Check, which is asked after hooks may have repaired the
// input. The zero value is none.
type Problems struct {
	list []problem
	// body is the type of a body that is no object, else "".
	body string
}

// problem is an issue tied to the place that would have to change for it to go away.
type problem struct {
	// field is what is wrong or missing; as long as it is zero, the problem stays.
	field *field
	// object is set instead of field for unknown members of a strict object. That problem always stays.
	object *object
	// path leads from field or object to the value.
	path    string
	message string
}

// collector gathers problems while values are bound or checked.
type collector struct {
	list []problem
	// inline checks each value as soon as it is bound. It is on inside of a list or map some of whose elements do not
	// fit: those are taken or left as a whole, and zod reports constraints and types of their elements together.
	inline bool
	// limit is the length of list at which elements are no longer looked at.
	limit int
}

// maxElementIssues is how many issues one list or map yields. zod has no such limit, but a body of half a million wrong
// elements must not become an answer thirty times its size.
const maxElementIssues = 64

func (c *collector) add(message string) {
	c.list = append(c.list, problem{message: message})
}

// prefix puts a path segment in front of the problems found since mark.
func (c *collector) prefix(mark int, segment string) {
	for i := mark; i < len(c.list); i++ {
		if p := &c.list[i]; p.path == "" {
			p.path = segment
		} else {
			p.path = segment + "." + p.path
		}
	}
}
