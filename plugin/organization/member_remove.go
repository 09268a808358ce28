package organization

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// RemoveMemberInput is the body of POST /organization/remove-member.
type RemoveMemberInput struct {
	// MemberIDOrEmail is the id of the member, or the address of the user.
	MemberIDOrEmail string `json:"memberIdOrEmail"`
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `json:"organizationId" optional:"true"`
}

// RemoveMemberOutput is the answer of POST /organization/remove-member.
type RemoveMemberOutput struct {
	// Member is who was removed, with the user if they were named by their address.
	Member *UserMember `json:"member"`
}

func (p *Plugin) removeMember(ctx context.Context, x *core.Exchange, in RemoveMemberInput) (RemoveMemberOutput, error) {
	c, err := p.caller(ctx, x, in.OrganizationID, ErrNoActiveOrganization, ErrMemberNotFound)
	if err != nil {
		return RemoveMemberOutput{}, err
	}
	target, u, err := p.memberNamed(ctx, x, c.org, in.MemberIDOrEmail)
	if err != nil {
		return RemoveMemberOutput{}, err
	}
	check := func(ctx context.Context) error {
		if p.isCreator(target.Role) {
			if !p.isCreator(c.Role) {
				return ErrOnlyOwner
			}
			if err := p.checkOtherOwner(ctx, x, target, ErrOnlyOwner); err != nil {
				return err
			}
		}
		return p.require(ctx, x, c, deleteMember, ErrDeleteMemberNotAllowed)
	}
	if err := check(ctx); err != nil {
		return RemoveMemberOutput{}, err
	}
	o, err := p.organization(ctx, x, c.org)
	if err != nil {
		return RemoveMemberOutput{}, err
	}
	byAddress := u != nil
	if !byAddress {
		if u, err = findUser(ctx, x, target.UserID, errUserGone); err != nil {
			return RemoveMemberOutput{}, err
		}
	}
	event := &MemberEvent{Member: target, User: u, Organization: o}
	if err := p.opts.Hooks.RemoveMember.before(ctx, x, event); err != nil {
		return RemoveMemberOutput{}, err
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if err := p.recheck(ctx, x, c, deleteMember, ErrDeleteMemberNotAllowed); err != nil {
			return err
		}
		if target, err = need(ctx, x, p.tables.members, ErrMemberNotFound, store.Eq("id", target.ID), store.Eq("organizationId", c.org)); err != nil {
			return err
		}
		if err := check(ctx); err != nil {
			return err
		}
		return p.deleteMember(ctx, x, target)
	})
	if err != nil {
		return RemoveMemberOutput{}, err
	}
	if target.UserID == c.UserID && activeOrganization(c.session) == c.org {
		if err := p.deactivate(ctx, x, c.session, c.org); err != nil {
			return RemoveMemberOutput{}, err
		}
	}
	out := RemoveMemberOutput{&UserMember{Member: *target}}
	if byAddress {
		out.Member = withUser(target, u)
	}
	return out, p.opts.Hooks.RemoveMember.after(ctx, x, event)
}

// memberNamed finds a member of an organization by id, or by the address of the user, who is then returned as well.
func (p *Plugin) memberNamed(ctx context.Context, x *core.Exchange, org, name string) (*Member, *model.User, error) {
	if !strings.Contains(name, "@") {
		m, err := need(ctx, x, p.tables.members, ErrMemberNotFound, store.Eq("id", name), store.Eq("organizationId", org))
		return m, nil, err
	}
	u, err := x.Auth().FindUserByEmail(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, ErrMemberNotFound
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := need(ctx, x, p.tables.members, ErrMemberNotFound, store.Eq("userId", u.ID), store.Eq("organizationId", org))
	return m, u, err
}

// checkOtherOwner refuses unless somebody else than the member has the creator's role.
func (p *Plugin) checkOtherOwner(ctx context.Context, x *core.Exchange, m *Member, refusal *core.Error) error {
	owners, err := p.tables.members.List(ctx, x.Auth().Store(), store.Query{Where: []store.Cond{
		store.Eq("organizationId", m.OrganizationID), store.Contains("role", p.opts.CreatorRole), store.Ne("id", m.ID),
	}})
	if err != nil {
		return fmt.Errorf("organization: list owners: %w", err)
	}
	if slices.ContainsFunc(owners, func(m Member) bool { return p.isCreator(m.Role) }) {
		return nil
	}
	return refusal
}

// deleteMember removes a member from an organization and from its teams, in a transaction that has locked it.
func (p *Plugin) deleteMember(ctx context.Context, x *core.Exchange, m *Member) error {
	s := x.Auth().Store()
	n, err := p.tables.members.Delete(ctx, s, store.Eq("id", m.ID), store.Eq("organizationId", m.OrganizationID))
	if err != nil {
		return fmt.Errorf("organization: remove member: %w", err)
	}
	if n == 0 {
		return ErrMemberNotFound
	}
	x.Emit(ctx, MemberRemoved{OrganizationID: m.OrganizationID, UserID: m.UserID, By: actor(ctx, x)})
	if !p.opts.Teams.Enabled {
		return nil
	}
	of, err := p.tables.teamMembers.List(ctx, s, store.Query{Where: []store.Cond{store.Eq("userId", m.UserID)}})
	if err != nil {
		return fmt.Errorf("organization: list teams of a member: %w", err)
	}
	ids := make([]string, len(of))
	for i := range of {
		ids[i] = of[i].TeamID
	}
	teams, err := p.tables.teams.List(ctx, s, store.Query{
		Where: []store.Cond{store.In("id", ids...), store.Eq("organizationId", m.OrganizationID)},
	})
	if err != nil {
		return fmt.Errorf("organization: list teams of a member: %w", err)
	}
	for i := range teams {
		if err := p.leaveTeam(ctx, x, &teams[i], m.UserID); err != nil {
			return err
		}
	}
	return nil
}

// LeaveInput is the body of POST /organization/leave.
type LeaveInput struct {
	OrganizationID string `json:"organizationId"`
}

func (p *Plugin) leave(ctx context.Context, x *core.Exchange, in LeaveInput) (*UserMember, error) {
	c, err := p.caller(ctx, x, in.OrganizationID, ErrMemberNotFound, ErrMemberNotFound)
	if err != nil {
		return nil, err
	}
	if in.OrganizationID == "" { // the active one is not meant
		return nil, ErrMemberNotFound
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if c.Member, err = need(ctx, x, p.tables.members, ErrMemberNotFound, store.Eq("id", c.ID), store.Eq("organizationId", c.org)); err != nil {
			return err
		}
		if p.isCreator(c.Role) {
			if err := p.checkOtherOwner(ctx, x, c.Member, ErrOnlyOwner); err != nil {
				return err
			}
		}
		return p.deleteMember(ctx, x, c.Member)
	})
	if err != nil {
		return nil, err
	}
	if activeOrganization(c.session) == c.org {
		if err := p.deactivate(ctx, x, c.session, c.org); err != nil {
			return nil, err
		}
	}
	return withUser(c.Member, c.user), nil
}
