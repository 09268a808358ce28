package organization

import (
	"context"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// SetActiveInput is the body of POST /organization/set-active.
type SetActiveInput struct {
	// OrganizationID names the organization; null is none.
	OrganizationID wire.Opt[string] `json:"organizationId"`
	// OrganizationSlug names it if OrganizationID is absent.
	OrganizationSlug string `json:"organizationSlug" optional:"true"`
}

func (p *Plugin) setActive(ctx context.Context, x *core.Exchange, in SetActiveInput) (*Organization, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return nil, err
	}
	active := activeOrganization(s)
	if in.OrganizationID.IsNull() {
		if active == "" {
			return nil, nil
		}
		return nil, p.activate(ctx, x, s, p.activation(x, s, nil), true)
	}
	id, _ := in.OrganizationID.Get()
	if id == "" && in.OrganizationSlug == "" {
		if id = active; id == "" {
			return nil, nil
		}
	}
	o, err := p.visible(ctx, x, s, id, in.OrganizationSlug)
	if err != nil {
		return nil, err
	}
	return o, p.activate(ctx, x, s, p.activation(x, s, o.ID), true)
}

// visible returns an organization by its id or else its slug, if the user of the session is in it. If not, it is not active
// any more either.
func (p *Plugin) visible(ctx context.Context, x *core.Exchange, s *core.ActiveSession, id, slug string) (*Organization, error) {
	where := store.Eq("id", id)
	if id == "" {
		where = store.Eq("slug", slug)
	}
	o, err := find(ctx, x, p.tables.organizations, where)
	if err != nil {
		return nil, err
	}
	if o == nil && id == "" {
		return nil, ErrOrganizationNotFound
	}
	if o != nil {
		id = o.ID
	}
	m, err := p.member(ctx, x, id, store.Eq("userId", s.User.ID))
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, p.shut(ctx, x, s, id)
	}
	if o == nil {
		return nil, ErrOrganizationNotFound
	}
	return o, nil
}

// shut is the answer to somebody who is not in an organization.
func (p *Plugin) shut(ctx context.Context, x *core.Exchange, s *core.ActiveSession, org string) error {
	if err := p.deactivate(ctx, x, s, org); err != nil {
		return err
	}
	return ErrUserNotMember
}

// GetInput is the query of GET /organization/get-organization. The default is the active organization.
type GetInput struct {
	OrganizationID   string `query:"organizationId" optional:"true"`
	OrganizationSlug string `query:"organizationSlug" optional:"true"`
}

// named finds the organization that a query names, or nil if it names none and none is active.
func (p *Plugin) named(ctx context.Context, x *core.Exchange, s *core.ActiveSession, in GetInput) (*Organization, error) {
	where := store.Eq("slug", in.OrganizationSlug)
	if in.OrganizationSlug == "" {
		id := in.OrganizationID
		if id == "" {
			id = activeOrganization(s)
		}
		if id == "" {
			return nil, nil
		}
		where = store.Eq("id", id)
	}
	return need(ctx, x, p.tables.organizations, ErrOrganizationNotFound, where)
}

func (p *Plugin) get(ctx context.Context, x *core.Exchange, in GetInput) (*Organization, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return nil, err
	}
	o, err := p.named(ctx, x, s, in)
	if err != nil || o == nil {
		return nil, err
	}
	m, err := p.member(ctx, x, o.ID, store.Eq("userId", s.User.ID))
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, p.shut(ctx, x, s, o.ID)
	}
	return o, nil
}

// GetFullInput is the query of GET /organization/get-full-organization. The default is the active organization.
type GetFullInput struct {
	GetInput
	// MembersLimit is how many members to return at most. The default is MembershipLimit, if that is the same for all, or
	// 100.
	MembersLimit Count `query:"membersLimit" optional:"true"`
}

// FullOrganization is the answer of GET /organization/get-full-organization.
type FullOrganization struct {
	Organization
	// Invitations are those of the organization, if the caller may invite; at most core.Config.ListLimit.
	Invitations []Invitation `json:"invitations"`
	Members     []UserMember `json:"members"`
	// Teams are there only with teams; likewise at most.
	Teams *[]FullTeam `json:"teams,omitempty"`
}

// FullTeam is a team with the number of its members.
type FullTeam struct {
	Name           string      `json:"name"`
	MemberCount    int         `json:"memberCount"`
	OrganizationID string      `json:"organizationId"`
	CreatedAt      time.Time   `json:"createdAt"`
	UpdatedAt      *time.Time  `json:"updatedAt"`
	Extra          model.Extra `json:",extra"`
	ID             string      `json:"id"`
}

// getFull takes one statement for each table.
func (p *Plugin) getFull(ctx context.Context, x *core.Exchange, in GetFullInput) (*FullOrganization, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return nil, err
	}
	o, err := p.named(ctx, x, s, in.GetInput)
	if err != nil || o == nil {
		return nil, err
	}
	members, _, own, err := p.tables.members.Page(ctx, x.Auth().Store(), store.PageQuery{
		Query: store.Query{
			Where: []store.Cond{store.Eq("organizationId", o.ID)}, OrderBy: oldestFirst, Limit: p.pageSize(int(in.MembersLimit)),
		},
		Also: membership(o.ID, s.User.ID),
	})
	if err != nil {
		return nil, fmt.Errorf("organization: list members: %w", err)
	}
	if own == nil {
		return nil, p.shut(ctx, x, s, o.ID)
	}
	full := &FullOrganization{Organization: *o, Invitations: []Invitation{}}
	if full.Members, err = p.withUsers(ctx, x, members); err != nil {
		return nil, err
	}
	if full.Invitations, err = p.visibleInvitations(ctx, x, own); err != nil {
		return nil, err
	}
	if p.opts.Teams.Enabled {
		full.Teams, err = p.fullTeams(ctx, x, o.ID)
	}
	return full, err
}

func (p *Plugin) fullTeams(ctx context.Context, x *core.Exchange, org string) (*[]FullTeam, error) {
	teams, err := p.teamsOf(ctx, x, org)
	if err != nil {
		return nil, err
	}
	full := make([]FullTeam, len(teams))
	for i, t := range teams {
		full[i] = FullTeam(t)
	}
	return &full, nil
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
