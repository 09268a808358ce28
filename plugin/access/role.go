package access

import "slices"

// Role grants actions. It is immutable and safe for concurrent use. A nil Role grants nothing.
type Role struct {
	statements Statements
	granted    map[Action]struct{}
}

// NewRole makes a role that grants s, whatever a Control may know. s is not kept.
func NewRole(s Statements) *Role {
	r := &Role{statements: s.clone(), granted: make(map[Action]struct{})}
	for resource, actions := range r.statements {
		for _, name := range actions {
			r.granted[Action{resource, name}] = struct{}{}
		}
	}
	return r
}

// Statements returns a copy of what the role grants.
func (r *Role) Statements() Statements {
	if r == nil {
		return Statements{}
	}
	return r.statements.clone()
}

// With returns a role that grants what r does and s besides.
func (r *Role) With(s Statements) *Role {
	all := r.Statements()
	for resource, actions := range s {
		for _, name := range actions {
			if !slices.Contains(all[resource], name) {
				all[resource] = append(all[resource], name)
			}
		}
		if _, ok := all[resource]; !ok {
			all[resource] = []string{}
		}
	}
	return NewRole(all)
}

// Can reports whether the role grants every one of the actions. To ask for none is to be refused: a list that came out
// empty must not open a door.
func (r *Role) Can(actions ...Action) bool {
	if r == nil || len(actions) == 0 {
		return false
	}
	for _, a := range actions {
		if _, ok := r.granted[a]; !ok {
			return false
		}
	}
	return true
}

// Authorize answers a request as better-auth's role.authorize does (formats.md §10.1). It allocates nothing.
func (r *Role) Authorize(q Request) Decision {
	authorized := false
	for i := range q.Demands {
		d := &q.Demands[i]
		if !r.knows(d.Resource) {
			if q.Connector == And {
				return Decision{resource: d.Resource, reason: unknownResource}
			}
			continue
		}
		switch {
		case r.grants(d):
			if q.Connector == Or {
				return Decision{Allowed: true}
			}
			authorized = true
		case q.Connector == And:
			return Decision{resource: d.Resource, reason: notGranted}
		}
	}
	return Decision{Allowed: authorized}
}

func (r *Role) knows(resource string) bool {
	if r == nil {
		return false
	}
	_, ok := r.statements[resource]
	return ok
}

// grants answers one demand. None of no actions is granted.
func (r *Role) grants(d *Demand) bool {
	for _, name := range d.Actions {
		_, ok := r.granted[Action{d.Resource, name}]
		if ok == (d.Connector == Or) { // of some one will do, of all one that is missing will not
			return ok
		}
	}
	return len(d.Actions) > 0 && d.Connector == And
}

// Roles are roles by name. Somebody who has several may do what one of them alone grants: what a request asks for is not
// put together from two.
type Roles map[string]*Role

// Can reports whether one of the named roles grants every one of the actions. Names that are no roles grant nothing.
func (r Roles) Can(names []string, actions ...Action) bool {
	for _, name := range names {
		if r[name].Can(actions...) {
			return true
		}
	}
	return false
}

// Authorize reports whether one of the named roles authorizes the whole request.
func (r Roles) Authorize(names []string, q Request) bool {
	for _, name := range names {
		if r[name].Authorize(q).Allowed {
			return true
		}
	}
	return false
}
