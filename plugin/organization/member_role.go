package organization

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// checkRoles refuses an empty list and names that are no roles, in the words of /organization/update-member-role.
func (p *Plugin) checkRoles(ctx context.Context, x *core.Exchange, org string, names []string) error {
	if len(names) == 0 {
		return errBadRequest
	}
	if err := checkBounds(x, bound{"role", strings.Join(names, ","), maxName}); err != nil {
		return err
	}
	unknown, err := p.unknownRoles(ctx, x, org, names)
	if err != nil || len(unknown) == 0 {
		return err
	}
	var body wire.Object // in the order of the contract
	body.Set("code", ErrRoleNotFound.Code)
	body.Set("message", ErrRoleNotFound.Code+": "+strings.Join(unknown, ", "))
	return ErrRoleNotFound.WithBody(&body)
}

// UpdateMemberRoleInput is the body of POST /organization/update-member-role.
type UpdateMemberRoleInput struct {
	Role     RoleNames `json:"role"`
	MemberID string    `json:"memberId"`
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `json:"organizationId" optional:"true"`
}

func (p *Plugin) updateMemberRole(ctx context.Context, x *core.Exchange, in UpdateMemberRoleInput) (*Member, error) {
	roles := in.Role.parse()
	if len(in.Role) == 1 && in.Role[0] == "" { // before anything else is asked
		return nil, errBadRequest
	}
	c, err := p.caller(ctx, x, in.OrganizationID, ErrNoActiveOrganization, ErrMemberNotFound)
	if err != nil {
		return nil, orNoRole(err, roles)
	}
	if len(roles) == 0 {
		return nil, errBadRequest
	}
	target, err := find(ctx, x, p.tables.members, store.Eq("id", in.MemberID))
	switch {
	case err != nil:
		return nil, err
	case target == nil:
		return nil, ErrMemberNotFound
	case target.OrganizationID != c.org:
		return nil, ErrUpdateMemberNotAllowed
	}
	if err := p.checkRoleChange(ctx, x, c, target, roles); err != nil {
		return nil, err
	}
	if err := p.checkRoles(ctx, x, c.org, roles); err != nil {
		return nil, err
	}
	o, err := p.organization(ctx, x, c.org)
	if err != nil {
		return nil, err
	}
	u, err := findUser(ctx, x, target.UserID, errUserGone)
	if err != nil {
		return nil, err
	}
	event := &MemberEvent{Member: target, User: u, Organization: o, NewRole: strings.Join(roles, ","), PreviousRole: target.Role}
	if err := p.opts.Hooks.UpdateMemberRole.before(ctx, x, event); err != nil {
		return nil, err
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if err := p.recheckRoleChange(ctx, x, c, event); err != nil {
			return err
		}
		event.PreviousRole, event.Member.Role = event.Member.Role, event.NewRole
		_, err := p.tables.members.Update(ctx, x.Auth().Store(), store.Record{"role": event.NewRole},
			store.Eq("id", target.ID), store.Eq("organizationId", c.org))
		if err != nil {
			return fmt.Errorf("organization: update role: %w", err)
		}
		if event.PreviousRole != event.NewRole {
			x.Emit(ctx, MemberRoleChanged{
				OrganizationID: c.org, UserID: target.UserID, Old: event.PreviousRole, New: event.NewRole, By: c.UserID,
			})
		}
		return p.opts.Hooks.UpdateMemberRole.after(ctx, x, event)
	})
	return event.Member, err
}

// orNoRole puts the missing role before the missing member, as upstream asks for it first.
func orNoRole(err error, roles []string) error {
	if len(roles) == 0 && errors.Is(err, ErrMemberNotFound) {
		return errBadRequest
	}
	return err
}

// checkRoleChange refuses what the caller may not make of a member: only creators touch creators, and one of them stays.
func (p *Plugin) checkRoleChange(ctx context.Context, x *core.Exchange, c *caller, target *Member, roles []string) error {
	was, is := p.isCreator(target.Role), slices.Contains(roles, p.opts.CreatorRole)
	caller := p.isCreator(c.Role)
	if (was || is) && !caller {
		return ErrUpdateMemberNotAllowed
	}
	if was && !is {
		if err := p.checkOtherOwner(ctx, x, target, ErrWithoutOwner); err != nil {
			return err
		}
	}
	if caller { // who may do everything here, whatever the role says
		return nil
	}
	return p.require(ctx, x, c, updateMember, ErrUpdateMemberNotAllowed)
}

// recheckRoleChange is checkRoleChange with what is true once the organization is locked.
func (p *Plugin) recheckRoleChange(ctx context.Context, x *core.Exchange, c *caller, e *MemberEvent) error {
	self, err := need(ctx, x, p.tables.members, ErrUpdateMemberNotAllowed, store.Eq("id", c.ID), store.Eq("organizationId", c.org))
	if err != nil {
		return err
	}
	c.Member = self
	e.Member, err = need(ctx, x, p.tables.members, ErrMemberNotFound, store.Eq("id", e.Member.ID), store.Eq("organizationId", c.org))
	if err != nil {
		return err
	}
	forgetRoles(x, c.org)
	if err := p.checkRoleChange(ctx, x, c, e.Member, ParseRoles(e.NewRole)); err != nil {
		return err
	}
	return p.checkRoles(ctx, x, c.org, ParseRoles(e.NewRole))
}
