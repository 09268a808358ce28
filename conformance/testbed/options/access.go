package options

import (
	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/plugin/access"
)

// statements reads {"statements":{"resource":["action"]}}.
func statements(o strict.Object) access.Statements {
	s := access.Statements{}
	of := o.Object("statements")
	for _, resource := range of.Names() {
		var actions []string
		of.Strings(resource, &actions)
		s[resource] = actions
	}
	return s
}

// roles reads roles by name, each with statements; nil if there is no such member.
func roles(o strict.Object, name string) access.Roles {
	if !o.Has(name) {
		return nil
	}
	all, of := access.Roles{}, o.Object(name)
	for _, role := range of.Names() {
		all[role] = access.NewRole(statements(of.Object(role)))
	}
	return all
}
