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
	check := func(ctx context.Context) error {
		if err := p.checkNewMember(ctx, x, org, u.ID, limits.members); err != nil || in.TeamID == "" {
			return err
		}
		_, err := p.team(ctx, x, org, in.TeamID)
		return err
	}
	if err := check(ctx); err != nil {
		return nil, err
	}
	if err := p.opts.Hooks.AddMember.before(ctx, x, event); err != nil {
		return nil, err
	}
	err = p.locked(ctx, x, org, func(ctx context.Context) error {
		if err := check(ctx); err != nil {
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
	m, err := p.member(ctx, x, org, store.Eq("userId", userID))
	if err != nil {
		return err
	}
	if m != nil {
		return ErrAlreadyMember
	}
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
	return p.opts.Hooks.AddMember.after(ctx, x, e)
}

// checkRoles refuses an empty list and names that are no roles, in the words of /organization/update-member-role.
func (p *Plugin) checkRoles(ctx context.Context, x *core.Exchange, org string, names []string) error {
	if len(names) == 0 {
		return errBadRequest
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
		if err := p.leaveTeam(ctx, x, teams[i].ID, m.UserID); err != nil {
			return err
		}
	}
	return nil
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
		event.Member.Role = event.NewRole
		_, err := p.tables.members.Update(ctx, x.Auth().Store(), store.Record{"role": event.NewRole},
			store.Eq("id", target.ID), store.Eq("organizationId", c.org))
		if err != nil {
			return fmt.Errorf("organization: update role: %w", err)
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
