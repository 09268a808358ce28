package organization

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/access"
)

// Statements returns the actions that the plugin itself asks for, to make an access control of one's own with:
//
//	statements := organization.Statements()
//	statements["project"] = []string{"create", "delete"}
//	control := access.New(statements)
func Statements() access.Statements {
	return access.Statements{
		"organization": {"update", "delete"},
		"member":       {"create", "update", "delete"},
		"invitation":   {"create", "cancel"},
		"team":         {"create", "update", "delete"},
		"ac":           {"create", "read", "update", "delete"},
	}
}

// DefaultRoles returns the roles of an organization that makes none of its own: owner, who may do everything, admin, who may
// do everything but delete the organization, and member, who may read roles.
func DefaultRoles() access.Roles {
	admin := Statements()
	admin["organization"] = []string{"update"}
	return access.Roles{
		"owner": access.NewRole(Statements()),
		"admin": access.NewRole(admin),
		"member": access.NewRole(access.Statements{
			"organization": {}, "member": {}, "invitation": {}, "team": {}, "ac": {"read"},
		}),
	}
}

// ParseRoles splits the text of a role column, or of what a client sent, into the roles that it names.
func ParseRoles(text string) []string {
	var roles []string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			roles = append(roles, name)
		}
	}
	return roles
}

// RoleNames is an input that is a role or a list of them. Each may name several, with commas between.
type RoleNames []string

// ReadJSON reads a text or a list of texts.
func (n *RoleNames) ReadJSON(v any) (issue string) {
	return readTexts((*[]string)(n), v)
}

// parse returns the roles that are named.
func (n RoleNames) parse() []string { return ParseRoles(strings.Join(n, ",")) }

// readTexts reads a text or a list of texts.
func readTexts(to *[]string, v any) (issue string) {
	switch v := v.(type) {
	case string:
		*to = []string{v}
		return ""
	case []any:
		texts := make([]string, len(v))
		for i, e := range v {
			s, ok := e.(string)
			if !ok {
				return "Invalid input"
			}
			texts[i] = s
		}
		*to = texts
		return ""
	}
	return "Invalid input"
}

func (p *Plugin) isCreator(role string) bool {
	return slices.Contains(ParseRoles(role), p.opts.CreatorRole)
}

// can reports whether a role column grants all of the request in an organization.
func (p *Plugin) can(ctx context.Context, x *core.Exchange, org, role string, want access.Request) (bool, error) {
	names := ParseRoles(role)
	if p.opts.Roles.Authorize(names, want) {
		return true, nil // what an organization adds to a role takes nothing away
	}
	if !p.opts.DynamicRoles.Enabled || p.opts.AccessControl == nil {
		return false, nil
	}
	roles, err := p.rolesOf(ctx, x, org)
	return err == nil && roles.Authorize(names, want), err
}

// rolesKey is under which a call keeps the roles of an organization.
type rolesKey struct{ org string }

// rolesOf returns the roles of an organization, those that it has made for itself among them or added to the others. They
// are read once in a call.
func (p *Plugin) rolesOf(ctx context.Context, x *core.Exchange, org string) (access.Roles, error) {
	if known, ok := x.Value(rolesKey{org}).(access.Roles); ok {
		return known, nil
	}
	rows, err := p.tables.roles.List(ctx, x.Auth().Store(), store.Query{Where: []store.Cond{store.Eq("organizationId", org)}})
	if err != nil {
		return nil, fmt.Errorf("organization: read roles: %w", err)
	}
	roles := maps.Clone(p.opts.Roles)
	for i := range rows {
		s, err := rows[i].Statements()
		if err != nil {
			return nil, err
		}
		roles[rows[i].Role] = roles[rows[i].Role].With(s)
	}
	x.SetValue(rolesKey{org}, roles)
	return roles, nil
}

// forgetRoles makes the call read the roles of an organization again, after it has changed them or while it must be sure.
func forgetRoles(x *core.Exchange, org string) { x.SetValue(rolesKey{org}, nil) }

// unknownRoles returns those of the names that are no roles in an organization. The default ones always are.
func (p *Plugin) unknownRoles(ctx context.Context, x *core.Exchange, org string, names []string) ([]string, error) {
	var unknown []string
	for _, name := range names {
		if p.opts.Roles[name] == nil && !slices.Contains(predefinedRoles, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 || !p.opts.DynamicRoles.Enabled {
		return unknown, nil
	}
	rows, err := p.tables.roles.List(ctx, x.Auth().Store(), store.Query{
		Where: []store.Cond{store.Eq("organizationId", org), store.In("role", unknown...)},
	})
	if err != nil {
		return nil, fmt.Errorf("organization: read roles: %w", err)
	}
	return slices.DeleteFunc(unknown, func(name string) bool {
		return slices.ContainsFunc(rows, func(r Role) bool { return r.Role == name })
	}), nil
}

// predefinedRoles are the names of the default roles.
var predefinedRoles = []string{"owner", "admin", "member"}

// isStaticRole reports whether a role is not one of the organizations' own.
func (p *Plugin) isStaticRole(name string) bool {
	_, ok := p.opts.Roles[name]
	return ok
}

// what the plugin asks for.
var (
	updateOrganization = access.All(access.Statements{"organization": {"update"}})
	deleteOrganization = access.All(access.Statements{"organization": {"delete"}})
	updateMember       = access.All(access.Statements{"member": {"update"}})
	deleteMember       = access.All(access.Statements{"member": {"delete"}})
	createInvitation   = access.All(access.Statements{"invitation": {"create"}})
	cancelInvitation   = access.All(access.Statements{"invitation": {"cancel"}})
	createTeam         = access.All(access.Statements{"team": {"create"}})
	updateTeam         = access.All(access.Statements{"team": {"update"}})
	deleteTeam         = access.All(access.Statements{"team": {"delete"}})
	createRole         = access.All(access.Statements{"ac": {"create"}})
	readRole           = access.All(access.Statements{"ac": {"read"}})
	updateRole         = access.All(access.Statements{"ac": {"update"}})
	deleteRole         = access.All(access.Statements{"ac": {"delete"}})
)
