package organization

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// Teams are the endpoints about teams.
type Teams struct {
	// CreateTeam is POST /organization/create-team.
	CreateTeam *core.Endpoint[CreateTeamInput, *Team]
	// UpdateTeam is POST /organization/update-team.
	UpdateTeam *core.Endpoint[UpdateTeamInput, *Team]
	// RemoveTeam is POST /organization/remove-team.
	RemoveTeam *core.Endpoint[RemoveTeamInput, MessageOutput]
	// ListTeams is GET /organization/list-teams.
	ListTeams *core.Endpoint[ListTeamsInput, []Team]
	// SetActiveTeam is POST /organization/set-active-team.
	SetActiveTeam *core.Endpoint[SetActiveTeamInput, *Team]
	// ListUserTeams is GET /organization/list-user-teams.
	ListUserTeams *core.Endpoint[ListUserTeamsInput, []Team]
	// ListTeamMembers is GET /organization/list-team-members.
	ListTeamMembers *core.Endpoint[ListTeamMembersInput, []TeamMember]
	// AddTeamMember is POST /organization/add-team-member.
	AddTeamMember *core.Endpoint[TeamMemberInput, *TeamMember]
	// RemoveTeamMember is POST /organization/remove-team-member.
	RemoveTeamMember *core.Endpoint[TeamMemberInput, MessageOutput]
}

func (p *Plugin) defineTeams() []core.AnyEndpoint {
	p.CreateTeam = core.Define(post("createTeam", "create-team", core.Public, "Create a team."), p.createTeam)
	p.ListTeams = core.Define(get("listOrganizationTeams", "list-teams", "List the teams of an organization."), p.listTeams)
	p.RemoveTeam = core.Define(post("removeTeam", "remove-team", core.Public, "Remove a team."), p.removeTeam)
	p.UpdateTeam = core.Define(post("updateTeam", "update-team", core.StoredSession, "Change a team."), p.updateTeam)
	p.SetActiveTeam = core.Define(post("setActiveTeam", "set-active-team", core.StoredSession, "Choose the team in which the session is at work."), p.setActiveTeam)
	p.ListUserTeams = core.Define(get("listUserTeams", "list-user-teams", "List the teams of the caller, or of another member."), p.listUserTeams)
	p.ListTeamMembers = core.Define(get("listTeamMembers", "list-team-members", "List the members of a team."), p.listTeamMembers)
	p.AddTeamMember = core.Define(post("addTeamMember", "add-team-member", core.StoredSession, "Put a member into a team."), p.addTeamMember)
	p.RemoveTeamMember = core.Define(post("removeTeamMember", "remove-team-member", core.StoredSession, "Take a member out of a team."), p.removeTeamMember)
	return []core.AnyEndpoint{
		p.CreateTeam, p.ListTeams, p.RemoveTeam, p.UpdateTeam, p.SetActiveTeam, p.ListUserTeams, p.ListTeamMembers, p.AddTeamMember, p.RemoveTeamMember,
	}
}

// MessageOutput is the answer of endpoints that have nothing to tell but that it is done.
type MessageOutput struct {
	Message string `json:"message"`
}

// CreateTeamInput is the body of POST /organization/create-team.
type CreateTeamInput struct {
	Name string `json:"name"`
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `json:"organizationId" optional:"true"`
	// Rest are the other members. Columns that the app has added are taken from it.
	Rest *wire.Object `json:",extra"`
}

// teamCaller is who calls an endpoint that the app itself may call as well: then there is no member.
type teamCaller struct {
	*caller
	org     string
	session *core.ActiveSession
	user    *model.User
}

// teamCaller finds out who calls. The contract asks for organization and session in another order at each endpoint.
func (p *Plugin) teamCaller(ctx context.Context, x *core.Exchange, org string, orgFirst bool, noMember *core.Error) (*teamCaller, error) {
	s, err := x.StoredSession(ctx)
	if err != nil {
		return nil, err
	}
	c := &teamCaller{org: org, session: s}
	if s != nil {
		c.user = s.User
		if org == "" {
			c.org = activeOrganization(s)
		}
	}
	switch {
	case orgFirst && c.org == "":
		return nil, ErrNoActiveOrganization
	case s == nil && x.ForClient():
		return nil, errNoSession
	case c.org == "":
		return nil, ErrNoActiveOrganization
	case s == nil:
		return c, nil
	}
	c.caller, err = p.callerOf(ctx, x, s, c.org, ErrNoActiveOrganization, noMember)
	return c, err
}

func (p *Plugin) createTeam(ctx context.Context, x *core.Exchange, in CreateTeamInput) (*Team, error) {
	c, err := p.teamCaller(ctx, x, in.OrganizationID, false, ErrInviteNotAllowed)
	if err != nil {
		return nil, err
	}
	check := func(context.Context) error { return nil }
	if c.caller != nil {
		check = func(ctx context.Context) error {
			return p.require(ctx, x, c.caller, createTeam, ErrCreateTeamNotAllowed)
		}
	}
	if err := check(ctx); err != nil {
		return nil, err
	}
	limit, err := p.opts.Teams.Maximum.of(ctx, LimitSubject{User: c.user, Session: c.session, OrganizationID: c.org}, unlimited)
	if err != nil {
		return nil, err
	}
	if err := p.checkTeams(ctx, x, c.org, limit); err != nil {
		return nil, err
	}
	if err := checkBounds(x, bound{"name", in.Name, maxName}); err != nil {
		return nil, err
	}
	o, err := p.organization(ctx, x, c.org)
	if err != nil {
		return nil, err
	}
	now := x.Now()
	event := &TeamEvent{Team: &Team{Name: in.Name, OrganizationID: c.org, CreatedAt: now, UpdatedAt: &now}, User: c.user, Organization: o}
	if event.Team.Extra, err = p.columns(x, TeamTable, "", in.Rest, true); err != nil {
		return nil, err
	}
	if err := p.opts.Hooks.CreateTeam.before(ctx, x, event); err != nil {
		return nil, err
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if c.caller != nil {
			if err := p.recheck(ctx, x, c.caller, createTeam, ErrCreateTeamNotAllowed); err != nil {
				return err
			}
		}
		if err := p.checkTeams(ctx, x, c.org, limit); err != nil {
			return err
		}
		event.Team.MemberCount = 0
		t, err := p.tables.teams.Create(ctx, x.Auth().Store(), *event.Team)
		if err != nil {
			return fmt.Errorf("organization: create team: %w", err)
		}
		event.Team = &t
		return p.opts.Hooks.CreateTeam.after(ctx, x, event)
	})
	return event.Team, err
}

// checkTeams refuses one team more than there may be.
func (p *Plugin) checkTeams(ctx context.Context, x *core.Exchange, org string, limit int) error {
	if limit < 0 {
		return nil
	}
	n, err := p.countTeams(ctx, x, org)
	if err == nil && reached(n, limit) {
		err = ErrTeamLimit
	}
	return err
}

func (p *Plugin) countTeams(ctx context.Context, x *core.Exchange, org string) (int64, error) {
	n, err := x.Auth().Store().Count(ctx, store.From(p.tables.teams.Table(), store.Eq("organizationId", org)))
	if err != nil {
		return 0, fmt.Errorf("organization: count teams: %w", err)
	}
	return n, nil
}

// team returns a team of an organization.
func (p *Plugin) team(ctx context.Context, x *core.Exchange, org, id string) (*Team, error) {
	return need(ctx, x, p.tables.teams, ErrTeamNotFound, store.Eq("id", id), store.Eq("organizationId", org))
}

// teamsOf returns the teams of an organization, of a great many the oldest.
func (p *Plugin) teamsOf(ctx context.Context, x *core.Exchange, org string) ([]Team, error) {
	teams, err := p.tables.teams.List(ctx, x.Auth().Store(), store.Query{
		Where: []store.Cond{store.Eq("organizationId", org)}, OrderBy: oldestFirst, Limit: max(maxPage, x.Auth().Config().ListLimit),
	})
	if err != nil {
		return nil, fmt.Errorf("organization: list teams: %w", err)
	}
	return teams, nil
}

// ListTeamsInput is the query of GET /organization/list-teams. The default is the active organization.
type ListTeamsInput struct {
	OrganizationID string `query:"organizationId" optional:"true"`
}

func (p *Plugin) listTeams(ctx context.Context, x *core.Exchange, in ListTeamsInput) ([]Team, error) {
	c, err := p.caller(ctx, x, in.OrganizationID, ErrNoActiveOrganization, ErrListTeamsNotAllowed)
	if err != nil {
		return nil, err
	}
	return p.teamsOf(ctx, x, c.org)
}

// RemoveTeamInput is the body of POST /organization/remove-team.
type RemoveTeamInput struct {
	TeamID string `json:"teamId"`
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `json:"organizationId" optional:"true"`
}

func (p *Plugin) removeTeam(ctx context.Context, x *core.Exchange, in RemoveTeamInput) (MessageOutput, error) {
	c, err := p.teamCaller(ctx, x, in.OrganizationID, true, ErrDeleteTeamNotAllowed)
	if err != nil {
		return MessageOutput{}, err
	}
	if c.caller != nil {
		if activeTeam(c.session) == in.TeamID {
			return MessageOutput{}, ErrDeleteTeamNotAllowed
		}
		if err := p.require(ctx, x, c.caller, deleteTeam, ErrDeleteTeamsNotAllowed); err != nil {
			return MessageOutput{}, err
		}
	}
	t, err := p.team(ctx, x, c.org, in.TeamID)
	if err != nil {
		return MessageOutput{}, err
	}
	if err := p.checkOtherTeam(ctx, x, c.org); err != nil {
		return MessageOutput{}, err
	}
	o, err := p.organization(ctx, x, c.org)
	if err != nil {
		return MessageOutput{}, err
	}
	event := &TeamEvent{Team: t, User: c.user, Organization: o}
	if err := p.opts.Hooks.DeleteTeam.before(ctx, x, event); err != nil {
		return MessageOutput{}, err
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if c.caller != nil {
			if err := p.recheck(ctx, x, c.caller, deleteTeam, ErrDeleteTeamsNotAllowed); err != nil {
				return err
			}
		}
		if err := p.checkOtherTeam(ctx, x, c.org); err != nil {
			return err
		}
		if err := p.deleteTeam(ctx, x, t); err != nil {
			return err
		}
		return p.opts.Hooks.DeleteTeam.after(ctx, x, event)
	})
	return MessageOutput{"Team removed successfully."}, err
}

// checkOtherTeam refuses to remove the last team.
func (p *Plugin) checkOtherTeam(ctx context.Context, x *core.Exchange, org string) error {
	if p.opts.Teams.AllowRemovingAll {
		return nil
	}
	n, err := p.countTeams(ctx, x, org)
	if err == nil && n <= 1 {
		err = ErrLastTeam
	}
	return err
}

// deleteTeam removes a team with its members and takes it out of pending invitations, in a transaction.
func (p *Plugin) deleteTeam(ctx context.Context, x *core.Exchange, t *Team) error {
	s := x.Auth().Store()
	if _, err := p.tables.teamMembers.Delete(ctx, s, store.Eq("teamId", t.ID)); err != nil {
		return fmt.Errorf("organization: delete members of a team: %w", err)
	}
	n, err := p.tables.teams.Delete(ctx, s, store.Eq("id", t.ID), store.Eq("organizationId", t.OrganizationID))
	if err != nil {
		return fmt.Errorf("organization: delete team: %w", err)
	}
	if n == 0 {
		return ErrTeamNotFound
	}
	pending, err := p.tables.invitations.List(ctx, s, store.Query{Where: []store.Cond{
		store.Eq("organizationId", t.OrganizationID), store.Eq("status", Pending), store.Contains(teamIDs.Name, t.ID),
	}})
	if err != nil {
		return fmt.Errorf("organization: list invitations into a team: %w", err)
	}
	for i := range pending {
		ids := pending[i].TeamIDs()
		left := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == t.ID })
		if len(left) == len(ids) {
			continue
		}
		pending[i].setTeamIDs(left)
		value, _ := pending[i].Extra.Get(teamIDs.Name)
		_, err := p.tables.invitations.Update(ctx, s, store.Record{teamIDs.Name: value}, store.Eq("id", pending[i].ID))
		if err != nil {
			return fmt.Errorf("organization: take a team out of an invitation: %w", err)
		}
	}
	return nil
}

// UpdateTeamInput is the body of POST /organization/update-team.
type UpdateTeamInput struct {
	TeamID string         `json:"teamId"`
	Data   UpdateTeamData `json:"data"`
}

// UpdateTeamData is what may change of a team. What is absent stays.
type UpdateTeamData struct {
	Name *string `json:"name" check:"min=1"`
	// OrganizationID names the organization that the team is in. The default is the active one.
	OrganizationID string       `json:"organizationId" optional:"true"`
	Rest           *wire.Object `json:",extra"`
}

func (p *Plugin) updateTeam(ctx context.Context, x *core.Exchange, in UpdateTeamInput) (*Team, error) {
	c, err := p.caller(ctx, x, in.Data.OrganizationID, ErrNoActiveOrganization, ErrUpdateTeamNotAllowed)
	if err != nil {
		return nil, err
	}
	if err := p.require(ctx, x, c, updateTeam, ErrUpdateTeamNotAllowed); err != nil {
		return nil, err
	}
	t, err := p.team(ctx, x, c.org, in.TeamID)
	if err != nil {
		return nil, err
	}
	o, err := p.organization(ctx, x, c.org)
	if err != nil {
		return nil, err
	}
	if err := checkBounds(x, bound{"data.name", text(in.Data.Name), maxName}); err != nil {
		return nil, err
	}
	set := store.Record{}
	if in.Data.Name != nil {
		set["name"] = *in.Data.Name
	}
	extra, err := p.columns(x, TeamTable, "data.", in.Data.Rest, false)
	if err != nil {
		return nil, err
	}
	for _, column := range extra {
		set[column.Name] = column.Value
	}
	event := &TeamEvent{Team: t, Set: set, User: c.user, Organization: o}
	if err := p.opts.Hooks.UpdateTeam.before(ctx, x, event); err != nil {
		return nil, err
	}
	if len(event.Set) > 0 {
		if _, err := p.tables.teams.Update(ctx, x.Auth().Store(), event.Set, store.Eq("id", t.ID), store.Eq("organizationId", c.org)); err != nil {
			return nil, stored(fmt.Errorf("organization: update team: %w", err))
		}
	}
	if event.Team, err = p.team(ctx, x, c.org, t.ID); err != nil {
		return nil, err
	}
	return event.Team, p.opts.Hooks.UpdateTeam.after(ctx, x, event)
}

// SetActiveTeamInput is the body of POST /organization/set-active-team.
type SetActiveTeamInput struct {
	// TeamID names a team of the active organization; null is none.
	TeamID wire.Opt[string] `json:"teamId"`
}

func (p *Plugin) setActiveTeam(ctx context.Context, x *core.Exchange, in SetActiveTeamInput) (*Team, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return nil, err
	}
	id := activeTeam(s)
	if in.TeamID.IsNull() {
		if id == "" {
			return nil, nil
		}
		return nil, p.activate(ctx, x, s, store.Record{ActiveTeam.Name: nil}, true)
	}
	if named, _ := in.TeamID.Get(); named != "" {
		id = named
	}
	if id == "" {
		return nil, nil
	}
	org := activeOrganization(s)
	if org == "" {
		return nil, ErrNoActiveOrganization
	}
	t, err := p.team(ctx, x, org, id)
	if err != nil {
		return nil, err
	}
	m, err := p.teamMember(ctx, x, id, s.User.ID)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, withStatus(ErrNotTeamMember, 403)
	}
	return t, p.activate(ctx, x, s, store.Record{ActiveTeam.Name: t.ID}, true)
}

// ListUserTeamsInput is the query of GET /organization/list-user-teams.
type ListUserTeamsInput struct {
	// UserID is whose teams to list. The default is the caller; for others the caller needs the right to update members.
	UserID string `query:"userId" optional:"true"`
	// OrganizationID leaves out teams of others. For others than the caller the default is the active one.
	OrganizationID string `query:"organizationId" optional:"true"`
}

func (p *Plugin) listUserTeams(ctx context.Context, x *core.Exchange, in ListUserTeamsInput) ([]Team, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return nil, err
	}
	if in.UserID == "" || in.UserID == s.User.ID {
		if in.OrganizationID != "" {
			if _, err := p.callerOf(ctx, x, s, in.OrganizationID, ErrNoActiveOrganization, ErrNotMember); err != nil {
				return nil, err
			}
		}
		return p.teamsOfUser(ctx, x, s.User.ID, in.OrganizationID)
	}
	c, err := p.callerOf(ctx, x, s, in.OrganizationID, ErrNoActiveOrganization, ErrNotMember)
	if err != nil {
		return nil, err
	}
	if err := p.require(ctx, x, c, updateMember, ErrUpdateMemberNotAllowed); err != nil {
		return nil, err
	}
	m, err := p.member(ctx, x, c.org, store.Eq("userId", in.UserID))
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, withStatus(ErrUserNotMember, 400)
	}
	return p.teamsOfUser(ctx, x, in.UserID, c.org)
}

// teamsOfUser returns the teams that a user is in, of one organization or, with "", of all that the user is in as well.
func (p *Plugin) teamsOfUser(ctx context.Context, x *core.Exchange, userID, org string) ([]Team, error) {
	s, limit := x.Auth().Store(), x.Auth().Config().ListLimit
	of, err := p.tables.teamMembers.List(ctx, s, store.Query{
		Where: []store.Cond{store.Eq("userId", userID)}, OrderBy: oldestFirst, Limit: limit,
	})
	if err != nil || len(of) == 0 {
		return []Team{}, err
	}
	ids := make([]string, len(of))
	for i := range of {
		ids[i] = of[i].TeamID
	}
	orgs := []string{org}
	if org == "" {
		members, err := p.tables.members.List(ctx, s, store.Query{Where: []store.Cond{store.Eq("userId", userID)}})
		if err != nil {
			return nil, fmt.Errorf("organization: list memberships: %w", err)
		}
		orgs = orgs[:0]
		for i := range members {
			orgs = append(orgs, members[i].OrganizationID)
		}
	}
	rows, err := p.tables.teams.List(ctx, s, store.Query{Where: []store.Cond{store.In("id", ids...), store.In("organizationId", orgs...)}})
	if err != nil {
		return nil, fmt.Errorf("organization: list teams: %w", err)
	}
	teams := make([]Team, 0, len(rows))
	for _, id := range ids { // in the order in which the user has joined them
		if i := slices.IndexFunc(rows, func(t Team) bool { return t.ID == id }); i >= 0 {
			teams = append(teams, rows[i])
		}
	}
	return teams, nil
}

// ListTeamMembersInput is the query of GET /organization/list-team-members.
type ListTeamMembersInput struct {
	// TeamID names the team. The default is the active one.
	TeamID string `query:"teamId" optional:"true"`
}

func (p *Plugin) listTeamMembers(ctx context.Context, x *core.Exchange, in ListTeamMembersInput) ([]TeamMember, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return nil, err
	}
	if in.TeamID == "" {
		in.TeamID = activeTeam(s)
	}
	if in.TeamID == "" {
		return nil, ErrNoActiveTeam
	}
	t, err := need(ctx, x, p.tables.teams, ErrTeamNotFound, store.Eq("id", in.TeamID))
	if err != nil {
		return nil, err
	}
	if _, err := p.callerOf(ctx, x, s, t.OrganizationID, ErrNotTeamMember, ErrNotTeamMember); err != nil {
		return nil, err
	}
	m, err := p.teamMember(ctx, x, t.ID, s.User.ID)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, ErrNotTeamMember
	}
	members, err := p.tables.teamMembers.List(ctx, x.Auth().Store(), store.Query{
		Where: []store.Cond{store.Eq("teamId", t.ID)}, OrderBy: oldestFirst, Limit: max(maxPage, x.Auth().Config().ListLimit),
	})
	if err != nil {
		return nil, fmt.Errorf("organization: list members of a team: %w", err)
	}
	return members, nil
}

// TeamMemberInput is the body of POST /organization/add-team-member and /organization/remove-team-member.
type TeamMemberInput struct {
	TeamID string `json:"teamId"`
	UserID string `json:"userId" coerce:"true"`
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `json:"organizationId" optional:"true"`
}

// seat is a member and a team of one organization, and who asks about them.
type seat struct {
	*caller
	team *Team
	user *model.User
	org  *Organization
}

// seat finds both. They must be of the organization that the caller may change the members of.
func (p *Plugin) seat(ctx context.Context, x *core.Exchange, in TeamMemberInput, c *caller) (*seat, error) {
	m, err := p.member(ctx, x, c.org, store.Eq("userId", in.UserID))
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, withStatus(ErrUserNotMember, 400)
	}
	s := &seat{caller: c}
	if s.team, err = p.team(ctx, x, c.org, in.TeamID); err != nil {
		return nil, err
	}
	if s.org, err = p.organization(ctx, x, c.org); err != nil {
		return nil, err
	}
	s.user, err = findUser(ctx, x, in.UserID, errUserGone)
	return s, err
}

func (p *Plugin) addTeamMember(ctx context.Context, x *core.Exchange, in TeamMemberInput) (*TeamMember, error) {
	c, err := p.caller(ctx, x, in.OrganizationID, ErrNoActiveOrganization, withStatus(ErrUserNotMember, 400))
	if err != nil {
		return nil, err
	}
	if err := p.require(ctx, x, c, updateMember, ErrAddTeamMemberNotAllowed); err != nil {
		return nil, err
	}
	s, err := p.seat(ctx, x, in, c)
	if err != nil {
		return nil, err
	}
	event := &TeamMemberEvent{TeamMember: &TeamMember{TeamID: s.team.ID, UserID: s.user.ID}, Team: s.team, User: s.user, Organization: s.org}
	if err := p.opts.Hooks.AddTeamMember.before(ctx, x, event); err != nil {
		return nil, err
	}
	limit, err := p.opts.Teams.MaximumMembers.of(ctx,
		LimitSubject{User: c.user, Session: c.session, Organization: s.org, Member: c.Member, TeamID: s.team.ID}, unlimited)
	if err != nil {
		return nil, err
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if err := p.recheck(ctx, x, c, updateMember, ErrAddTeamMemberNotAllowed); err != nil {
			return err
		}
		if _, err := p.seat(ctx, x, in, c); err != nil {
			return err
		}
		if event.TeamMember, err = p.joinTeam(ctx, x, s.team.ID, s.user.ID, limit); err != nil {
			return err
		}
		return p.opts.Hooks.AddTeamMember.after(ctx, x, event)
	})
	if errors.Is(err, store.ErrConflict) { // a server that does not lock was faster
		return need(ctx, x, p.tables.teamMembers, ErrNotTeamMember, store.Eq("teamId", s.team.ID), store.Eq("userId", s.user.ID))
	}
	return event.TeamMember, err
}

func (p *Plugin) removeTeamMember(ctx context.Context, x *core.Exchange, in TeamMemberInput) (MessageOutput, error) {
	c, err := p.caller(ctx, x, in.OrganizationID, ErrNoActiveOrganization, withStatus(ErrUserNotMember, 400))
	if err != nil {
		return MessageOutput{}, err
	}
	if err := p.require(ctx, x, c, deleteMember, ErrRemoveTeamMemberNotAllowed); err != nil {
		return MessageOutput{}, err
	}
	s, err := p.seat(ctx, x, in, c)
	if err != nil {
		return MessageOutput{}, err
	}
	m, err := p.teamMember(ctx, x, s.team.ID, s.user.ID)
	if err != nil {
		return MessageOutput{}, err
	}
	if m == nil {
		return MessageOutput{}, ErrNotTeamMember
	}
	event := &TeamMemberEvent{TeamMember: m, Team: s.team, User: s.user, Organization: s.org}
	if err := p.opts.Hooks.RemoveTeamMember.before(ctx, x, event); err != nil {
		return MessageOutput{}, err
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if err := p.recheck(ctx, x, c, deleteMember, ErrRemoveTeamMemberNotAllowed); err != nil {
			return err
		}
		if err := p.leaveTeam(ctx, x, s.team.ID, s.user.ID); err != nil {
			return err
		}
		return p.opts.Hooks.RemoveTeamMember.after(ctx, x, event)
	})
	return MessageOutput{"Team member removed successfully."}, err
}

func (p *Plugin) teamMember(ctx context.Context, x *core.Exchange, teamID, userID string) (*TeamMember, error) {
	return find(ctx, x, p.tables.teamMembers, store.Eq("teamId", teamID), store.Eq("userId", userID))
}

func (p *Plugin) countTeam(ctx context.Context, x *core.Exchange, id string) (int64, error) {
	n, err := x.Auth().Store().Count(ctx, store.From(p.tables.teamMembers.Table(), store.Eq("teamId", id)))
	if err != nil {
		return 0, fmt.Errorf("organization: count members of a team: %w", err)
	}
	return n, nil
}

// membershipKey is what nobody is in a team twice by (formats.md §10.2).
func membershipKey(teamID, userID string) string {
	var b strings.Builder
	b.WriteByte('[')
	b.Write(wire.AppendString(nil, teamID))
	b.WriteByte(',')
	b.Write(wire.AppendString(nil, userID))
	b.WriteByte(']')
	sum := sha256.Sum256([]byte(b.String()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// joinTeam puts a user into a team, unless that is full, in a transaction that has locked the organization. Somebody who is
// in it stays so. The counter of the team is kept as Node keeps it, which goes by it.
func (p *Plugin) joinTeam(ctx context.Context, x *core.Exchange, teamID, userID string, limit int) (*TeamMember, error) {
	s := x.Auth().Store()
	m, err := p.teamMember(ctx, x, teamID, userID)
	if err != nil || m != nil {
		return m, err
	}
	n, err := p.countTeam(ctx, x, teamID)
	if err != nil {
		return nil, err
	}
	if reached(n, limit) {
		return nil, ErrTeamMemberLimit
	}
	t, err := need(ctx, x, p.tables.teams, ErrTeamNotFound, store.Eq("id", teamID))
	if err != nil {
		return nil, err
	}
	by := int64(1)
	if int64(t.MemberCount) < n { // rows that were not counted
		by += n - int64(t.MemberCount)
	}
	guard := []store.Cond{store.Eq("id", teamID)}
	if limit >= 0 {
		guard = append(guard, store.Lte("memberCount", int64(limit)-by))
	}
	_, err = p.tables.teams.Increment(ctx, s, "memberCount", by, guard...)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, ErrTeamMemberLimit
	case err != nil:
		return nil, fmt.Errorf("organization: count a member of a team: %w", err)
	}
	key, now := membershipKey(teamID, userID), x.Now()
	created, err := p.tables.teamMembers.Create(ctx, s, TeamMember{TeamID: teamID, UserID: userID, MembershipKey: &key, CreatedAt: &now})
	if err != nil {
		return nil, fmt.Errorf("organization: add member of a team: %w", err)
	}
	return &created, nil
}

// leaveTeam takes a user out of a team, in a transaction that has locked the organization.
func (p *Plugin) leaveTeam(ctx context.Context, x *core.Exchange, teamID, userID string) error {
	s := x.Auth().Store()
	n, err := p.tables.teamMembers.Delete(ctx, s, store.Eq("teamId", teamID), store.Eq("userId", userID))
	if err != nil {
		return fmt.Errorf("organization: remove member of a team: %w", err)
	}
	if n == 0 {
		return nil
	}
	_, err = p.tables.teams.Increment(ctx, s, "memberCount", -n, store.Eq("id", teamID), store.Gte("memberCount", n))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("organization: count a member of a team: %w", err)
	}
	return nil
}
