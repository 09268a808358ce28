package organization

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
)

// DeleteInput is the body of POST /organization/delete.
type DeleteInput struct {
	OrganizationID string `json:"organizationId"`
}

func (p *Plugin) delete(ctx context.Context, x *core.Exchange, in DeleteInput) (*Organization, error) {
	if p.opts.DisableDeletion {
		return nil, ErrDeletionDisabled
	}
	s, err := requireSession(ctx, x, errNoSession)
	if err != nil {
		return nil, err
	}
	if in.OrganizationID == "" {
		return nil, ErrOrganizationNotFound
	}
	c, err := p.callerOf(ctx, x, s, in.OrganizationID, ErrOrganizationNotFound, withStatus(ErrUserNotMember, 400))
	if err != nil {
		return nil, err
	}
	if err := p.require(ctx, x, c, deleteOrganization, ErrDeleteNotAllowed); err != nil {
		return nil, err
	}
	o, err := p.organization(ctx, x, c.org)
	if err != nil {
		return nil, err
	}
	event := &Event{Organization: o, User: c.user, Member: c.Member}
	if err := p.opts.Hooks.DeleteOrganization.before(ctx, x, event); err != nil {
		return nil, err
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if err := p.recheck(ctx, x, c, deleteOrganization, ErrDeleteNotAllowed); err != nil {
			return err
		}
		if err := p.remove(ctx, x, c.org); err != nil {
			return err
		}
		x.Emit(ctx, Deleted{OrganizationID: c.org, By: c.UserID})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if activeOrganization(s) == c.org {
		if err := p.deactivate(ctx, x, s, c.org); err != nil {
			return nil, err
		}
	}
	return o, p.opts.Hooks.DeleteOrganization.after(ctx, x, event)
}

// remove deletes an organization with all that belongs to it, in a transaction.
func (p *Plugin) remove(ctx context.Context, x *core.Exchange, org string) error {
	s := x.Auth().Store()
	var queries []store.Query
	if p.opts.Teams.Enabled {
		teams, err := p.tables.teams.List(ctx, s, store.Query{Where: []store.Cond{store.Eq("organizationId", org)}})
		if err != nil {
			return fmt.Errorf("organization: list teams: %w", err)
		}
		ids := make([]string, len(teams))
		for i := range teams {
			ids[i] = teams[i].ID
		}
		queries = append(queries, store.From(p.tables.teamMembers.Table(), store.In("teamId", ids...)),
			store.From(p.tables.teams.Table(), store.Eq("organizationId", org)))
	}
	if p.opts.DynamicRoles.Enabled {
		queries = append(queries, store.From(p.tables.roles.Table(), store.Eq("organizationId", org)))
	}
	queries = append(queries, store.From(p.tables.invitations.Table(), store.Eq("organizationId", org)),
		store.From(p.tables.members.Table(), store.Eq("organizationId", org)),
		store.From(p.tables.organizations.Table(), store.Eq("id", org)))
	for _, q := range queries {
		if _, err := s.Delete(ctx, q); err != nil {
			return fmt.Errorf("organization: delete from %s: %w", q.Table.Name, err)
		}
	}
	return nil
}
