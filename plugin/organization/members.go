package organization

import (
	"context"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// Members are the endpoints about members.
type Members struct {
	// AddMember is called in process only. It asks nobody whether it may.
	AddMember *core.Endpoint[AddMemberInput, *Member]
	// RemoveMember is POST /organization/remove-member.
	RemoveMember *core.Endpoint[RemoveMemberInput, RemoveMemberOutput]
	// UpdateMemberRole is POST /organization/update-member-role.
	UpdateMemberRole *core.Endpoint[UpdateMemberRoleInput, *Member]
	// Leave is POST /organization/leave.
	Leave *core.Endpoint[LeaveInput, *UserMember]
	// ListMembers is GET /organization/list-members.
	ListMembers *core.Endpoint[ListMembersInput, ListMembersOutput]
	// GetActiveMember is GET /organization/get-active-member.
	GetActiveMember *core.Endpoint[core.None, *UserMember]
	// GetActiveMemberRole is GET /organization/get-active-member-role.
	GetActiveMemberRole *core.Endpoint[GetActiveMemberRoleInput, RoleOutput]
}

func (p *Plugin) defineMembers() []core.AnyEndpoint {
	p.AddMember = core.Define(core.Spec{ID: "addMember", Access: core.ServerOnly, Summary: "Add a user to an organization."}, p.addMember)
	p.RemoveMember = core.Define(post("removeMember", "remove-member", core.StoredSession, "Remove a member from an organization."), p.removeMember)
	p.UpdateMemberRole = core.Define(post("updateMemberRole", "update-member-role", core.StoredSession, "Change what a member may do."), p.updateMemberRole)
	p.Leave = core.Define(post("leaveOrganization", "leave", core.StoredSession, "Leave an organization."), p.leave)
	p.ListMembers = core.Define(get("listMembers", "list-members", "List the members of an organization."), p.listMembers)
	p.GetActiveMember = core.Define(get("getActiveMember", "get-active-member", "Get the caller as a member of the active organization."), p.getActiveMember)
	p.GetActiveMemberRole = core.Define(get("getActiveMemberRole", "get-active-member-role", "Get the role of a member."), p.getActiveMemberRole)
	return []core.AnyEndpoint{p.GetActiveMember, p.AddMember, p.RemoveMember, p.UpdateMemberRole, p.Leave, p.ListMembers, p.GetActiveMemberRole}
}

// UserMember is a member with what others may see of the user.
type UserMember struct {
	Member
	User *PublicUser `json:"user,omitempty"`
}

// PublicUser is what members of an organization may see of a user.
type PublicUser struct {
	ID    string  `json:"id"`
	Name  string  `json:"name"`
	Email string  `json:"email"`
	Image *string `json:"image"`
}

func withUser(m *Member, u *model.User) *UserMember {
	return &UserMember{*m, &PublicUser{u.ID, u.Name, u.Email, u.Image}}
}

// withUsers adds their users to members, all of them in one statement.
func (p *Plugin) withUsers(ctx context.Context, x *core.Exchange, members []Member) ([]UserMember, error) {
	out := make([]UserMember, 0, len(members))
	if len(members) == 0 {
		return out, nil
	}
	ids := make([]string, len(members))
	for i := range members {
		ids[i] = members[i].UserID
	}
	table := x.Auth().Schema().Table(model.UserTable)
	records, err := x.Auth().Store().FindMany(ctx, store.From(table, store.In("id", ids...)))
	if err != nil {
		return nil, fmt.Errorf("organization: list users: %w", err)
	}
	users := make(map[string]*model.User, len(records))
	for _, rec := range records {
		u, err := model.UserFromRecord(table, rec)
		if err != nil {
			return nil, fmt.Errorf("organization: list users: %w", err)
		}
		users[u.ID] = u
	}
	for i := range members {
		if u := users[members[i].UserID]; u != nil { // or the user is gone since
			out = append(out, *withUser(&members[i], u))
		}
	}
	return out, nil
}

// AddMemberInput is the input of AddMember.
type AddMemberInput struct {
	UserID string    `json:"userId" coerce:"true"`
	Role   RoleNames `json:"role"`
	// OrganizationID names the organization. The default is the active one of the session whose headers are given.
	OrganizationID string `json:"organizationId" optional:"true"`
	// TeamID is a team to join as well.
	TeamID string `json:"teamId" optional:"true"`
	// Rest are the other members. Columns that the app has added are taken from it.
	Rest *wire.Object `json:",extra"`
}

func (p *Plugin) addMember(ctx context.Context, x *core.Exchange, in AddMemberInput) (*Member, error) {
	s, err := x.StoredSession(ctx)
	if err != nil {
		return nil, err
	}
	org := in.OrganizationID
	if org == "" && s != nil {
		org = activeOrganization(s)
	}
	switch {
	case org == "":
		return nil, ErrNoActiveOrganization
	case in.TeamID != "" && !p.opts.Teams.Enabled:
		return nil, ErrTeamsDisabled
	}
	u, err := findUser(ctx, x, in.UserID, ErrUserNotFound)
	if err != nil {
		return nil, err
	}
	if x.Hardened() {
		if err := p.checkRoles(ctx, x, org, in.Role.parse()); err != nil {
			return nil, err
		}
	}
	free := func(ctx context.Context) error {
		if err := p.checkNotMember(ctx, x, org, u.ID); err != nil || in.TeamID == "" {
			return err
		}
		_, err := p.team(ctx, x, org, in.TeamID)
		return err
	}
	if err := free(ctx); err != nil {
		return nil, err
	}
	o, err := p.organization(ctx, x, org)
	if err != nil {
		return nil, err
	}
	event := &MemberEvent{
		Member: &Member{OrganizationID: org, UserID: u.ID, Role: strings.Join(in.Role.parse(), ","), CreatedAt: x.Now()},
		User:   u, Organization: o,
	}
	if event.Member.Extra, err = p.columns(x, MemberTable, "", in.Rest, true); err != nil {
		return nil, err
	}
	limits, err := p.limits(ctx, LimitSubject{User: u, Session: s, Organization: o, TeamID: in.TeamID})
	if err != nil {
		return nil, err
	}
	if err := p.checkMemberCount(ctx, x, org, limits.members); err != nil {
		return nil, err
	}
	if err := p.opts.Hooks.AddMember.before(ctx, x, event); err != nil {
		return nil, err
	}
	err = p.locked(ctx, x, org, func(ctx context.Context) error {
		if err := free(ctx); err != nil {
			return err
		}
		if err := p.checkMemberCount(ctx, x, org, limits.members); err != nil {
			return err
		}
		if err := p.insertMember(ctx, x, event); err != nil || in.TeamID == "" {
			return err
		}
		_, err := p.joinTeam(ctx, x, in.TeamID, u.ID, limits.teamMembers)
		return err
	})
	return event.Member, err
}

// memberLimits are how many members there may be.
type memberLimits struct{ members, teamMembers int }

// limits asks how many members there may be, outside of any transaction.
func (p *Plugin) limits(ctx context.Context, s LimitSubject) (l memberLimits, err error) {
	if l.members, err = p.opts.MembershipLimit.of(ctx, s, 100); err != nil {
		return l, err
	}
	l.teamMembers = unlimited
	if s.TeamID != "" {
		l.teamMembers, err = p.opts.Teams.MaximumMembers.of(ctx, s, unlimited)
	}
	return l, err
}

// checkNewMember refuses a user who is in the organization already, and one more than there may be.
func (p *Plugin) checkNewMember(ctx context.Context, x *core.Exchange, org, userID string, limit int) error {
	if err := p.checkNotMember(ctx, x, org, userID); err != nil {
		return err
	}
	return p.checkMemberCount(ctx, x, org, limit)
}

func (p *Plugin) checkNotMember(ctx context.Context, x *core.Exchange, org, userID string) error {
	m, err := p.member(ctx, x, org, store.Eq("userId", userID))
	if err == nil && m != nil {
		err = ErrAlreadyMember
	}
	return err
}

// checkMemberCount refuses one member more than there may be.
func (p *Plugin) checkMemberCount(ctx context.Context, x *core.Exchange, org string, limit int) error {
	n, err := x.Auth().Store().Count(ctx, store.From(p.tables.members.Table(), store.Eq("organizationId", org)))
	if err != nil {
		return fmt.Errorf("organization: count members: %w", err)
	}
	if reached(n, limit) {
		return ErrMembershipLimit
	}
	return nil
}

// insertMember writes a new member, in a transaction.
func (p *Plugin) insertMember(ctx context.Context, x *core.Exchange, e *MemberEvent) error {
	m, err := p.tables.members.Create(ctx, x.Auth().Store(), *e.Member)
	if err != nil {
		return fmt.Errorf("organization: add member: %w", err)
	}
	e.Member = &m
	x.Emit(ctx, MemberAdded{OrganizationID: m.OrganizationID, UserID: m.UserID, Role: m.Role, By: actor(ctx, x)})
	return p.opts.Hooks.AddMember.after(ctx, x, e)
}

func (p *Plugin) getActiveMember(ctx context.Context, x *core.Exchange, _ core.None) (*UserMember, error) {
	c, err := p.caller(ctx, x, "", ErrNoActiveOrganization, ErrMemberNotFound)
	if err != nil {
		return nil, err
	}
	return withUser(c.Member, c.user), nil
}

// GetActiveMemberRoleInput is the query of GET /organization/get-active-member-role.
type GetActiveMemberRoleInput struct {
	// UserID is whose role is asked for. The default is the caller.
	UserID string `query:"userId" optional:"true"`
	GetInput
}

// RoleOutput is the answer of GET /organization/get-active-member-role.
type RoleOutput struct {
	Role string `json:"role"`
}

func (p *Plugin) getActiveMemberRole(ctx context.Context, x *core.Exchange, in GetActiveMemberRoleInput) (RoleOutput, error) {
	c, err := p.namedCaller(ctx, x, in.GetInput)
	if err != nil {
		return RoleOutput{}, err
	}
	if in.UserID == "" || in.UserID == c.UserID {
		return RoleOutput{c.Role}, nil
	}
	m, err := p.member(ctx, x, c.org, store.Eq("userId", in.UserID))
	if err != nil {
		return RoleOutput{}, err
	}
	if m == nil {
		return RoleOutput{}, ErrNotMember
	}
	return RoleOutput{m.Role}, nil
}

// namedCaller is caller for a query that may name the organization by its slug.
func (p *Plugin) namedCaller(ctx context.Context, x *core.Exchange, in GetInput) (*caller, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return nil, err
	}
	org, err := p.namedOrganization(ctx, x, s, in)
	if err != nil {
		return nil, err
	}
	return p.callerOf(ctx, x, s, org, ErrNoActiveOrganization, ErrNotMember)
}

// namedOrganization returns the id of the organization that a query names: by its slug, by its id, or as the active one.
func (p *Plugin) namedOrganization(ctx context.Context, x *core.Exchange, s *core.ActiveSession, in GetInput) (string, error) {
	switch {
	case in.OrganizationSlug != "":
		o, err := need(ctx, x, p.tables.organizations, ErrOrganizationNotFound, store.Eq("slug", in.OrganizationSlug))
		if err != nil {
			return "", err
		}
		return o.ID, nil
	case in.OrganizationID != "":
		return in.OrganizationID, nil
	case activeOrganization(s) != "":
		return activeOrganization(s), nil
	}
	return "", ErrNoActiveOrganization
}
