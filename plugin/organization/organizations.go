package organization

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
)

// Organizations are the endpoints about organizations themselves.
type Organizations struct {
	// Create is POST /organization/create.
	Create *core.Endpoint[CreateInput, CreateOutput]
	// Update is POST /organization/update.
	Update *core.Endpoint[UpdateInput, *ParsedOrganization]
	// Delete is POST /organization/delete.
	Delete *core.Endpoint[DeleteInput, *Organization]
	// CheckSlug is POST /organization/check-slug.
	CheckSlug *core.Endpoint[CheckSlugInput, core.StatusOutput]
	// List is GET /organization/list.
	List *core.Endpoint[core.None, []Organization]
	// Get is GET /organization/get-organization.
	Get *core.Endpoint[GetInput, *Organization]
	// GetFull is GET /organization/get-full-organization.
	GetFull *core.Endpoint[GetFullInput, *FullOrganization]
	// SetActive is POST /organization/set-active.
	SetActive *core.Endpoint[SetActiveInput, *Organization]
}

func (p *Plugin) defineOrganizations() []core.AnyEndpoint {
	p.Create = core.Define(post("createOrganization", "create", core.Public, "Create an organization."), p.create)
	update := post("updateOrganization", "update", core.Public, "Change an organization.")
	update.NeedsHeaders = true
	p.Update = core.Define(update, p.update)
	remove := post("deleteOrganization", "delete", core.Public, "Delete an organization with all that is in it.")
	remove.NeedsHeaders = true
	p.Delete = core.Define(remove, p.delete)
	p.CheckSlug = core.Define(post("checkOrganizationSlug", "check-slug", core.Public, "Tell whether a slug is free."), p.checkSlug)
	p.List = core.Define(get("listOrganizations", "list", "List the caller's organizations."), p.list)
	p.Get = core.Define(get("getOrganization", "get-organization", "Get an organization."), p.get)
	p.GetFull = core.Define(get("getFullOrganization", "get-full-organization",
		"Get an organization with its members, invitations and teams."), p.getFull)
	p.SetActive = core.Define(post("setActiveOrganization", "set-active", core.StoredSession,
		"Choose the organization in which the session is at work."), p.setActive)
	return []core.AnyEndpoint{p.Create, p.Update, p.Delete, p.SetActive, p.Get, p.GetFull, p.List, p.CheckSlug}
}

// checkSlugFree refuses a slug that another organization than except has.
func (p *Plugin) checkSlugFree(ctx context.Context, x *core.Exchange, slug, except string, taken *core.Error) error {
	o, err := find(ctx, x, p.tables.organizations, store.Eq("slug", slug))
	if err == nil && o != nil && o.ID != except {
		err = taken
	}
	return err
}

// CheckSlugInput is the body of POST /organization/check-slug.
type CheckSlugInput struct {
	Slug string `json:"slug"`
}

func (p *Plugin) checkSlug(ctx context.Context, x *core.Exchange, in CheckSlugInput) (core.StatusOutput, error) {
	if x.ForClient() {
		if _, err := x.RequireStoredSession(ctx); err != nil {
			return core.StatusOutput{}, err
		}
	}
	return core.StatusOutput{Status: true}, p.checkSlugFree(ctx, x, in.Slug, "", ErrSlugTaken)
}

func (p *Plugin) list(ctx context.Context, x *core.Exchange, _ core.None) ([]Organization, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return nil, err
	}
	members, err := p.tables.members.List(ctx, x.Auth().Store(), store.Query{
		Where: []store.Cond{store.Eq("userId", s.User.ID)}, OrderBy: oldestFirst, Limit: x.Auth().Config().ListLimit,
	})
	if err != nil {
		return nil, fmt.Errorf("organization: list memberships: %w", err)
	}
	ids := make([]string, len(members))
	for i := range members {
		ids[i] = members[i].OrganizationID
	}
	byID, err := p.organizationsByID(ctx, x, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Organization, 0, len(members))
	for _, id := range ids {
		if o := byID[id]; o != nil {
			out = append(out, *o)
		}
	}
	return out, nil
}

// organizationsByID returns the organizations with those ids.
func (p *Plugin) organizationsByID(ctx context.Context, x *core.Exchange, ids []string) (map[string]*Organization, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := p.tables.organizations.List(ctx, x.Auth().Store(), store.Query{Where: []store.Cond{store.In("id", ids...)}})
	if err != nil {
		return nil, fmt.Errorf("organization: list organizations: %w", err)
	}
	byID := make(map[string]*Organization, len(rows))
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	return byID, nil
}

// requireSession is Exchange.RequireStoredSession with an answer of the endpoint's own.
func requireSession(ctx context.Context, x *core.Exchange, refusal *core.Error) (*core.ActiveSession, error) {
	s, err := x.StoredSession(ctx)
	if err == nil && s == nil {
		err = refusal
	}
	return s, err
}
