// Package access says who may do what: actions on resources, roles that grant some of them, and the question whether a
// role, or somebody who has several, may do something. It is no plugin and needs none: the plugins admin and organization
// answer by it, and so may an app for things of its own. It knows nothing of users and sessions.
//
//	var (
//		control = access.New(access.Statements{"project": {"create", "share", "delete"}})
//		share   = control.Action("project", "share")
//		editor  = control.Role(access.Statements{"project": {"create", "share"}})
//	)
//	editor.Can(share) // true
//
// It is not for rules that depend on the thing itself, such as "the author may edit it": those are code.
package access

import (
	"fmt"
	"maps"
	"slices"
)

// Statements are actions by resource: all that exist, or those that a role grants. A resource may be there without any.
// As JSON they are what better-auth stores: {"project":["create"]}.
type Statements map[string][]string

// clone returns a copy that shares nothing.
func (s Statements) clone() Statements {
	c := make(Statements, len(s))
	for resource, actions := range s {
		c[resource] = slices.Clone(actions)
	}
	return c
}

// Action is one thing that may be done to one kind of resource. [Control.Action] makes it and knows misspelled ones.
type Action struct{ Resource, Name string }

// String returns "resource:name".
func (a Action) String() string { return a.Resource + ":" + a.Name }

// Control is the list of all actions that exist. It is immutable and safe for concurrent use.
type Control struct {
	statements Statements
	actions    map[Action]struct{}
}

// New makes a Control. s is not kept.
func New(s Statements) *Control {
	c := &Control{statements: s.clone(), actions: make(map[Action]struct{})}
	for resource, actions := range c.statements {
		for _, name := range actions {
			c.actions[Action{resource, name}] = struct{}{}
		}
	}
	return c
}

// Statements returns a copy of what New was given.
func (c *Control) Statements() Statements { return c.statements.clone() }

// Has reports whether the action exists.
func (c *Control) Has(a Action) bool {
	_, ok := c.actions[a]
	return ok
}

// Action returns an action by its names. It panics if there is none, which is a mistake in the program: call it in a
// package variable, or ask Has where the names come from elsewhere.
func (c *Control) Action(resource, name string) Action {
	a := Action{resource, name}
	if !c.Has(a) {
		panic(fmt.Sprintf("access: there is no action %s", a))
	}
	return a
}

// Role makes a role that grants s. It panics on an action that does not exist, which is a mistake in the program; roles
// that come from elsewhere are made by [NewRole] after Missing was asked.
func (c *Control) Role(s Statements) *Role {
	if a, missing := c.Missing(s); missing {
		panic(fmt.Sprintf("access: there is no action %s", a))
	}
	return NewRole(s)
}

// Missing returns an action, or a resource without a name, in s that does not exist, and whether there is one; of several,
// the first in the order of resources by name.
func (c *Control) Missing(s Statements) (a Action, missing bool) {
	for _, resource := range slices.Sorted(maps.Keys(s)) {
		if _, ok := c.statements[resource]; !ok {
			return Action{Resource: resource}, true
		}
		for _, name := range s[resource] {
			if a := (Action{resource, name}); !c.Has(a) {
				return a, true
			}
		}
	}
	return Action{}, false
}
