package organization

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
)

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
