package organization

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/access"
)

// CreateRoleInput is the body of POST /organization/create-role.
type CreateRoleInput struct {
	// Role is the name. It is stored in lower case.
	Role string `json:"role"`
	// Permission is what the role grants: nothing that the caller may not do.
	Permission access.Statements `json:"permission"`
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `json:"organizationId" optional:"true"`
	// AdditionalFields are the columns that the app has added.
	AdditionalFields *wire.Object `json:"additionalFields" optional:"true"`
}

// CreateRoleOutput is the answer of POST /organization/create-role.
type CreateRoleOutput struct {
	Success    bool              `json:"success"`
	RoleData   *Role             `json:"roleData"`
	Statements access.Statements `json:"statements"`
}

func (p *Plugin) createRole(ctx context.Context, x *core.Exchange, in CreateRoleInput) (CreateRoleOutput, error) {
	if p.opts.AccessControl == nil {
		x.Logger().ErrorContext(ctx, "organization.Options.DynamicRoles needs Options.AccessControl to make roles")
		return CreateRoleOutput{}, ErrMissingAccessControl
	}
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return CreateRoleOutput{}, err
	}
	if in.OrganizationID == "" {
		in.OrganizationID = activeOrganization(s)
	}
	if in.OrganizationID == "" {
		return CreateRoleOutput{}, ErrRoleNeedsOrg
	}
	row := Role{OrganizationID: in.OrganizationID, Role: strings.ToLower(in.Role), CreatedAt: x.Now()}
	if err := p.checkRoleName(x, row.Role, "role"); err != nil {
		return CreateRoleOutput{}, err
	}
	c, err := p.callerOf(ctx, x, s, in.OrganizationID, ErrRoleNeedsOrg, ErrNotMember)
	if err != nil {
		return CreateRoleOutput{}, err
	}
	limit, err := p.opts.DynamicRoles.Maximum.of(ctx, LimitSubject{User: c.user, Session: s, OrganizationID: c.org, Member: c.Member}, unlimited)
	if err != nil {
		return CreateRoleOutput{}, err
	}
	check := func(ctx context.Context) error {
		if err := p.require(ctx, x, c, createRole, ErrCreateRoleNotAllowed); err != nil {
			return err
		}
		if err := p.checkRoleCount(ctx, x, c.org, limit); err != nil {
			return err
		}
		if err := p.checkGrant(ctx, x, c, in.Permission, ErrCreateRoleNotAllowed); err != nil {
			return err
		}
		return p.checkRoleNameFree(ctx, x, c.org, row.Role)
	}
	if err := check(ctx); err != nil {
		return CreateRoleOutput{}, err
	}
	if row.Permission, err = statementsText(x, "permission", in.Permission); err != nil {
		return CreateRoleOutput{}, err
	}
	if row.Extra, err = p.columns(x, RoleTable, "additionalFields.", in.AdditionalFields, true); err != nil {
		return CreateRoleOutput{}, err
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if err := p.recheck(ctx, x, c, createRole, ErrCreateRoleNotAllowed); err != nil {
			return err
		}
		if err := check(ctx); err != nil {
			return err
		}
		if row, err = p.tables.roles.Create(ctx, x.Auth().Store(), row); err != nil {
			return fmt.Errorf("organization: create role: %w", err)
		}
		x.Emit(ctx, RoleCreated{OrganizationID: c.org, RoleID: row.ID, Role: row.Role, Permission: in.Permission, By: c.UserID})
		return nil
	})
	return CreateRoleOutput{true, &row, in.Permission}, err
}

// checkRoleName refuses names of roles that are not the organizations' own and, as upstream does not, names that a list of
// roles could not hold.
func (p *Plugin) checkRoleName(x *core.Exchange, name, member string) error {
	if p.isStaticRole(name) || x.Hardened() && (name == p.opts.CreatorRole || slices.Contains(predefinedRoles, name)) {
		return ErrRoleNameTaken
	}
	if x.Hardened() && !slices.Equal(ParseRoles(name), []string{name}) {
		return core.ErrValidation.WithMessage("[body." + member + "] Invalid input")
	}
	return checkBounds(x, bound{member, name, maxName})
}

func (p *Plugin) checkRoleCount(ctx context.Context, x *core.Exchange, org string, limit int) error {
	if limit < 0 {
		return nil
	}
	n, err := x.Auth().Store().Count(ctx, store.From(p.tables.roles.Table(), store.Eq("organizationId", org)))
	if err != nil {
		return fmt.Errorf("organization: count roles: %w", err)
	}
	if reached(n, limit) {
		return ErrTooManyRoles
	}
	return nil
}

// checkGrant refuses resources that do not exist, and actions that the caller may not do: nobody gives what they do not have.
func (p *Plugin) checkGrant(ctx context.Context, x *core.Exchange, c *caller, s access.Statements, refusal *core.Error) error {
	known := p.opts.AccessControl.Statements()
	var missing []string
	for _, resource := range slices.Sorted(maps.Keys(s)) {
		if _, ok := known[resource]; !ok {
			return ErrInvalidResource
		}
		for _, action := range s[resource] {
			ok, err := p.can(ctx, x, c.org, c.Role, access.All(access.Statements{resource: {action}}))
			if err != nil {
				return err
			}
			if !ok {
				missing = append(missing, resource+":"+action)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	var body wire.Object
	body.Set("message", refusal.Message)
	body.Set("code", refusal.Code)
	body.Set("missingPermissions", missing)
	return refusal.WithBody(&body)
}

func (p *Plugin) checkRoleNameFree(ctx context.Context, x *core.Exchange, org, name string) error {
	r, err := find(ctx, x, p.tables.roles, store.Eq("organizationId", org), store.Eq("role", name))
	if err == nil && r != nil {
		err = ErrRoleNameTaken
	}
	return err
}

// statementsText is what is stored of what a client sent as the named member.
func statementsText(x *core.Exchange, member string, s access.Statements) (jsonText, error) {
	b, err := wire.Append(nil, map[string][]string(s))
	if err != nil {
		return "", fmt.Errorf("organization: permissions: %w", err)
	}
	return jsonText(b), checkBounds(x, bound{member, string(b), maxMetadata})
}

// UpdateRoleInput is the body of POST /organization/update-role.
type UpdateRoleInput struct {
	Data UpdateRoleData `json:"data"`
	RoleRef
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `json:"organizationId" optional:"true"`
}

// UpdateRoleData is what may change of a role. What is absent stays.
type UpdateRoleData struct {
	// Permission takes the place of all that the role grants.
	Permission access.Statements `json:"permission" optional:"true"`
	// RoleName is another name. Members with the old one are left with a role that grants nothing.
	RoleName string       `json:"roleName" optional:"true"`
	Rest     *wire.Object `json:",extra"`
}

// UpdateRoleOutput is the answer of POST /organization/update-role.
type UpdateRoleOutput struct {
	Success  bool  `json:"success"`
	RoleData *Role `json:"roleData"`
}

func (p *Plugin) updateRole(ctx context.Context, x *core.Exchange, in UpdateRoleInput) (UpdateRoleOutput, error) {
	if p.opts.AccessControl == nil {
		x.Logger().ErrorContext(ctx, "organization.Options.DynamicRoles needs Options.AccessControl to change roles")
		return UpdateRoleOutput{}, ErrMissingAccessControl
	}
	c, err := p.caller(ctx, x, in.OrganizationID, ErrNoActiveOrganization, ErrNotMember)
	if err != nil {
		return UpdateRoleOutput{}, err
	}
	if err := p.require(ctx, x, c, updateRole, ErrUpdateRoleNotAllowed); err != nil {
		return UpdateRoleOutput{}, err
	}
	r, err := p.role(ctx, x, c.org, in.RoleRef)
	if err != nil {
		return UpdateRoleOutput{}, err
	}
	extra, err := p.columns(x, RoleTable, "data.", in.Data.Rest, false)
	if err != nil {
		return UpdateRoleOutput{}, err
	}
	name := strings.ToLower(in.Data.RoleName)
	check := func(ctx context.Context) error {
		if in.Data.Permission != nil {
			if err := p.checkGrant(ctx, x, c, in.Data.Permission, ErrUpdateRoleNotAllowed); err != nil {
				return err
			}
		}
		if name == "" {
			return nil
		}
		if err := p.checkRoleName(x, name, "data.roleName"); err != nil {
			return err
		}
		return p.checkRoleNameFree(ctx, x, c.org, name)
	}
	if err := check(ctx); err != nil {
		return UpdateRoleOutput{}, err
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if err := p.recheck(ctx, x, c, updateRole, ErrUpdateRoleNotAllowed); err != nil {
			return err
		}
		if err := check(ctx); err != nil {
			return err
		}
		if r, err = p.role(ctx, x, c.org, RoleRef{RoleID: &r.ID}); err != nil {
			return err
		}
		return p.changeRole(ctx, x, r, name, in.Data.Permission, extra)
	})
	return UpdateRoleOutput{err == nil, r}, err
}

// changeRole writes what is new about a role. r is then what the contract answers: as it was, with what was asked for.
func (p *Plugin) changeRole(ctx context.Context, x *core.Exchange, r *Role, name string, s access.Statements, extra model.Extra) error {
	set, old := store.Record{}, r.Role
	if name != "" {
		set["role"], r.Role = name, name
	}
	if s != nil {
		permission, err := statementsText(x, "data.permission", s)
		if err != nil {
			return err
		}
		set["permission"], r.Permission = string(permission), permission
	}
	for _, c := range extra {
		set[c.Name] = c.Value
		r.Extra.Set(c.Name, c.Value)
	}
	if len(set) == 0 {
		return nil
	}
	n, err := p.tables.roles.Update(ctx, x.Auth().Store(), set, store.Eq("id", r.ID), store.Eq("organizationId", r.OrganizationID))
	if err != nil {
		return fmt.Errorf("organization: update role: %w", err)
	}
	if n == 0 {
		return ErrRoleNotFound
	}
	x.Emit(ctx, RoleUpdated{OrganizationID: r.OrganizationID, RoleID: r.ID, Old: old, New: r.Role, Permission: s, By: actor(ctx, x)})
	return nil
}
