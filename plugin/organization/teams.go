package organization

import (
	"context"
	"fmt"

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
