package organization

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/access"
)

// Roles are the endpoints about roles and what they grant. All but HasPermission are about roles that organizations make for
// themselves.
type Roles struct {
	// HasPermission is POST /organization/has-permission.
	HasPermission *core.Endpoint[HasPermissionInput, HasPermissionOutput]
	// CreateRole is POST /organization/create-role.
	CreateRole *core.Endpoint[CreateRoleInput, CreateRoleOutput]
	// DeleteRole is POST /organization/delete-role.
	DeleteRole *core.Endpoint[DeleteRoleInput, SuccessOutput]
	// ListRoles is GET /organization/list-roles.
	ListRoles *core.Endpoint[ListRolesInput, []Role]
	// GetRole is GET /organization/get-role.
	GetRole *core.Endpoint[GetRoleInput, *Role]
	// UpdateRole is POST /organization/update-role.
	UpdateRole *core.Endpoint[UpdateRoleInput, UpdateRoleOutput]
}

// defineRoles returns the endpoints that are there without dynamic roles, and the others.
func (p *Plugin) defineRoles() (always, dynamic []core.AnyEndpoint) {
	p.HasPermission = core.Define(post("hasPermission", "has-permission", core.StoredSession, "Tell whether the caller may do something."), p.hasPermission)
	p.CreateRole = core.Define(post("createOrgRole", "create-role", core.StoredSession, "Create a role of an organization."), p.createRole)
	p.DeleteRole = core.Define(post("deleteOrgRole", "delete-role", core.StoredSession, "Delete a role of an organization."), p.deleteRole)
	p.ListRoles = core.Define(get("listOrgRoles", "list-roles", "List the roles of an organization."), p.listRoles)
	p.GetRole = core.Define(get("getOrgRole", "get-role", "Get a role of an organization."), p.getRole)
	p.UpdateRole = core.Define(post("updateOrgRole", "update-role", core.StoredSession, "Change a role of an organization."), p.updateRole)
	return []core.AnyEndpoint{p.HasPermission}, []core.AnyEndpoint{p.CreateRole, p.DeleteRole, p.ListRoles, p.GetRole, p.UpdateRole}
}

// HasPermissionInput is the body of POST /organization/has-permission.
type HasPermissionInput struct {
	// Permissions are the actions wanted, by resource; all of them.
	Permissions access.Statements `json:"permissions" optional:"true"`
	// Permission is what old clients send in the place of Permissions. It is never granted.
	Permission access.Statements `json:"permission" optional:"true"`
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `json:"organizationId" optional:"true"`
}

// Refine wants exactly one of Permissions and Permission.
func (in *HasPermissionInput) Refine(found wire.Issues) wire.Issues {
	found = slices.DeleteFunc(found, func(i wire.Issue) bool { return strings.HasPrefix(i.Path, "permission") })
	switch {
	case in.Permissions == nil && in.Permission == nil:
		found = append(found, wire.Issue{Part: wire.InBody, Message: "Invalid input"})
	case in.Permissions != nil && in.Permission != nil:
		found = append(found, wire.Issue{Part: wire.InBody, Message: "Invalid input: more than one option matched"})
	}
	return found
}

// HasPermissionOutput is the answer of POST /organization/has-permission.
type HasPermissionOutput struct {
	// Error is always null.
	Error   *string `json:"error"`
	Success bool    `json:"success"`
}

func (p *Plugin) hasPermission(ctx context.Context, x *core.Exchange, in HasPermissionInput) (HasPermissionOutput, error) {
	c, err := p.caller(ctx, x, in.OrganizationID, ErrNoActiveOrganization, withStatus(ErrUserNotMember, 401))
	if err != nil {
		return HasPermissionOutput{}, err
	}
	ok, err := p.can(ctx, x, c.org, c.Role, access.All(in.Permissions))
	return HasPermissionOutput{Success: ok}, err
}

// RoleRef names a role of an organization by name or else by id.
type RoleRef struct {
	RoleName *string `json:"roleName" check:"min=1"`
	RoleID   *string `json:"roleId" check:"min=1"`
}

// Refine wants one of the two.
func (r *RoleRef) Refine(found wire.Issues) wire.Issues {
	return oneOf(found, wire.InBody, r.RoleName, r.RoleID)
}

// oneOf is what zod says about a union of a name and an id: where one is there but empty, that; where both are missing or of
// another type, that none fits.
func oneOf(found wire.Issues, part wire.Part, name, id *string) wire.Issues {
	if text(name) == "" && text(id) == "" && (name == nil) != (id == nil) {
		return found
	}
	found = slices.DeleteFunc(found, func(i wire.Issue) bool { return i.Path == "roleName" || i.Path == "roleId" })
	if text(name) == "" && text(id) == "" {
		found = append(found, wire.Issue{Part: part, Message: "Invalid input"})
	}
	return found
}

// condition is how the store finds the role. The name goes first.
func (r RoleRef) condition() store.Cond {
	if text(r.RoleName) != "" {
		return store.Eq("role", *r.RoleName)
	}
	return store.Eq("id", text(r.RoleID))
}

// DeleteRoleInput is the body of POST /organization/delete-role.
type DeleteRoleInput struct {
	RoleRef
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `json:"organizationId" optional:"true"`
}

// SuccessOutput is the answer of endpoints that have nothing to tell but that it is done.
type SuccessOutput struct {
	Success bool `json:"success"`
}

func (p *Plugin) deleteRole(ctx context.Context, x *core.Exchange, in DeleteRoleInput) (SuccessOutput, error) {
	c, err := p.caller(ctx, x, in.OrganizationID, ErrNoActiveOrganization, ErrNotMember)
	if err != nil {
		return SuccessOutput{}, err
	}
	if err := p.require(ctx, x, c, deleteRole, ErrDeleteRoleNotAllowed); err != nil {
		return SuccessOutput{}, err
	}
	if p.isStaticRole(text(in.RoleName)) {
		return SuccessOutput{}, ErrPredefinedRole
	}
	if _, err := p.role(ctx, x, c.org, in.RoleRef); err != nil {
		return SuccessOutput{}, err
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if err := p.recheck(ctx, x, c, deleteRole, ErrDeleteRoleNotAllowed); err != nil {
			return err
		}
		r, err := p.role(ctx, x, c.org, in.RoleRef)
		if err != nil {
			return err
		}
		if err := p.checkUnassigned(ctx, x, r); err != nil {
			return err
		}
		if _, err = p.tables.roles.Delete(ctx, x.Auth().Store(), store.Eq("id", r.ID), store.Eq("organizationId", c.org)); err != nil {
			return err
		}
		x.Emit(ctx, RoleDeleted{OrganizationID: c.org, RoleID: r.ID, Role: r.Role, By: c.UserID})
		return nil
	})
	return SuccessOutput{err == nil}, err
}

// role finds a role of an organization.
func (p *Plugin) role(ctx context.Context, x *core.Exchange, org string, ref RoleRef) (*Role, error) {
	return need(ctx, x, p.tables.roles, ErrRoleNotFound, store.Eq("organizationId", org), ref.condition())
}

// checkUnassigned refuses a role that a member has.
func (p *Plugin) checkUnassigned(ctx context.Context, x *core.Exchange, r *Role) error {
	members, err := p.tables.members.List(ctx, x.Auth().Store(), store.Query{Where: []store.Cond{
		store.Eq("organizationId", r.OrganizationID), store.Contains("role", r.Role),
	}})
	if err != nil {
		return fmt.Errorf("organization: list members with a role: %w", err)
	}
	if slices.ContainsFunc(members, func(m Member) bool { return slices.Contains(m.Roles(), r.Role) }) {
		return ErrRoleAssigned
	}
	return nil
}

// ListRolesInput is the query of GET /organization/list-roles. The default is the active organization.
type ListRolesInput struct {
	OrganizationID string `query:"organizationId" optional:"true"`
}

func (p *Plugin) listRoles(ctx context.Context, x *core.Exchange, in ListRolesInput) ([]Role, error) {
	c, err := p.caller(ctx, x, in.OrganizationID, ErrNoActiveOrganization, ErrNotMember)
	if err != nil {
		return nil, err
	}
	if err := p.require(ctx, x, c, readRole, ErrListRolesNotAllowed); err != nil {
		return nil, err
	}
	roles, err := p.tables.roles.List(ctx, x.Auth().Store(), store.Query{
		Where: []store.Cond{store.Eq("organizationId", c.org)}, OrderBy: oldestFirst, Limit: max(maxPage, x.Auth().Config().ListLimit),
	})
	if err != nil {
		return nil, fmt.Errorf("organization: list roles: %w", err)
	}
	return roles, nil
}

// GetRoleInput is the query of GET /organization/get-role. It names the role by name or else by id.
type GetRoleInput struct {
	RoleName *string `query:"roleName" check:"min=1"`
	RoleID   *string `query:"roleId" check:"min=1"`
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `query:"organizationId" optional:"true"`
}

// Refine wants one of the two.
func (in *GetRoleInput) Refine(found wire.Issues) wire.Issues {
	return oneOf(found, wire.InQuery, in.RoleName, in.RoleID)
}

func (p *Plugin) getRole(ctx context.Context, x *core.Exchange, in GetRoleInput) (*Role, error) {
	c, err := p.caller(ctx, x, in.OrganizationID, ErrNoActiveOrganization, ErrNotMember)
	if err != nil {
		return nil, err
	}
	if err := p.require(ctx, x, c, readRole, ErrReadRoleNotAllowed); err != nil {
		return nil, err
	}
	return p.role(ctx, x, c.org, RoleRef{in.RoleName, in.RoleID})
}

// Statements returns what the role grants.
func (r *Role) Statements() (access.Statements, error) {
	var s access.Statements
	if err := json.Unmarshal([]byte(r.Permission), &s); err != nil {
		return nil, fmt.Errorf("organization: invalid permissions for role %q: %w", r.Role, err)
	}
	return s, nil
}
