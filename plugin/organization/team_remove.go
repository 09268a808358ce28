package organization

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
)

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
	x.Emit(ctx, TeamDeleted{OrganizationID: t.OrganizationID, TeamID: t.ID, By: actor(ctx, x)})
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
