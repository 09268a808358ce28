package access

import (
	"maps"
	"slices"
)

// Connector says whether all of a list are wanted or one of it.
type Connector uint8

// The two connectors. And is what better-auth takes everything else for.
const (
	And Connector = iota
	Or
)

// Request is what somebody wants to do: demands that must all be granted, or, with Or, one of which must. A request
// without demands is refused.
type Request struct {
	Demands   []Demand
	Connector Connector
}

// Demand is what somebody wants to do to one resource: all of the actions or, with Or, any one of them. Without actions
// it is never granted.
type Demand struct {
	Resource  string
	Actions   []string
	Connector Connector
}

// All is the request for all of the actions of s, in the order of resources by name. It is made once where it is the same
// each time.
func All(s Statements) Request {
	q := Request{Demands: make([]Demand, 0, len(s))}
	for _, resource := range slices.Sorted(maps.Keys(s)) {
		q.Demands = append(q.Demands, Demand{Resource: resource, Actions: s[resource]})
	}
	return q
}

// Decision is the answer to a request.
type Decision struct {
	Allowed bool

	resource string
	reason   reason
}

type reason uint8

const (
	nothingGranted reason = iota
	unknownResource
	notGranted
)

// Reason is why not, in better-auth's words, for logs and answers; it is empty where the request is allowed.
func (d Decision) Reason() string {
	switch {
	case d.Allowed:
		return ""
	case d.reason == unknownResource:
		return "You are not allowed to access resource: " + d.resource
	case d.reason == notGranted:
		return `unauthorized to access resource "` + d.resource + `"`
	default:
		return "Not authorized"
	}
}
