package organization

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
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

// CreateInput is the body of POST /organization/create.
type CreateInput struct {
	Name string `json:"name" check:"min=1"`
	// Slug is the name in URLs. It must be free.
	Slug string `json:"slug" check:"min=1"`
	// UserID is who becomes the first member, where the app itself calls. Otherwise it is the caller.
	UserID *string `json:"userId" coerce:"true"`
	// Logo is the URL of a picture.
	Logo wire.Opt[string] `json:"logo"`
	// Metadata is whatever the app likes to keep.
	Metadata *wire.Object `json:"metadata" optional:"true"`
	// KeepCurrentActiveOrganization leaves the session at work where it is.
	KeepCurrentActiveOrganization *bool `json:"keepCurrentActiveOrganization"`
	// Rest are the other members. Columns that the app has added are taken from it.
	Rest *wire.Object `json:",extra"`
}

// ParsedOrganization is an organization whose metadata are no text: what create and update answer.
type ParsedOrganization struct {
	Name      string      `json:"name"`
	Slug      string      `json:"slug"`
	Logo      *string     `json:"logo"`
	CreatedAt time.Time   `json:"createdAt"`
	Metadata  any         `json:"metadata,omitempty"`
	Extra     model.Extra `json:",extra"`
	ID        string      `json:"id"`
}

func parsed(o *Organization) (*ParsedOrganization, error) {
	out := &ParsedOrganization{Name: o.Name, Slug: o.Slug, Logo: o.Logo, CreatedAt: o.CreatedAt, Extra: o.Extra, ID: o.ID}
	if text(o.Metadata) != "" {
		v, err := wire.Parse([]byte(*o.Metadata), wire.Limits{})
		if err != nil {
			return nil, fmt.Errorf("organization: metadata of %s: %w", o.ID, err)
		}
		out.Metadata = v
	}
	return out, nil
}

// CreateOutput is the answer of POST /organization/create.
type CreateOutput struct {
	ParsedOrganization
	// Members has the creator.
	Members []Member `json:"members"`
}

func (p *Plugin) create(ctx context.Context, x *core.Exchange, in CreateInput) (CreateOutput, error) {
	session, user, err := p.creator(ctx, x, in.UserID)
	if err != nil {
		return CreateOutput{}, err
	}
	o, err := p.newOrganization(x, in)
	if err != nil {
		return CreateOutput{}, err
	}
	if err := p.checkCreator(ctx, session, user); err != nil {
		return CreateOutput{}, err
	}
	limit, err := p.opts.OrganizationLimit.of(ctx, LimitSubject{User: user, Session: session}, unlimited)
	if err != nil {
		return CreateOutput{}, err
	}
	if err := p.checkOrganizations(ctx, x, user.ID, limit); err != nil {
		return CreateOutput{}, err
	}
	if err := p.checkSlugFree(ctx, x, o.Slug, "", ErrOrganizationExists); err != nil {
		return CreateOutput{}, err
	}
	event := &Event{Organization: o, User: user}
	if err := p.opts.Hooks.CreateOrganization.before(ctx, x, event); err != nil {
		return CreateOutput{}, err
	}
	var team *Team
	err = x.Auth().Store().InTx(ctx, func(ctx context.Context) error {
		if limit >= 0 {
			if _, err := x.Auth().LockUser(ctx, user.ID); err != nil {
				return err
			}
			if err := p.checkOrganizations(ctx, x, user.ID, limit); err != nil {
				return err
			}
		}
		if team, err = p.found(ctx, x, event); err != nil {
			return err
		}
		return p.opts.Hooks.CreateOrganization.after(ctx, x, event)
	})
	if errors.Is(err, store.ErrConflict) { // somebody else was faster
		err = ErrOrganizationExists.Wrap(err)
	}
	if err != nil {
		return CreateOutput{}, stored(err)
	}
	if session != nil && (in.KeepCurrentActiveOrganization == nil || !*in.KeepCurrentActiveOrganization) {
		set := p.activation(x, session, event.Organization.ID)
		if team != nil {
			set[ActiveTeam.Name] = team.ID
		}
		if err := p.activate(ctx, x, session, set, false); err != nil {
			return CreateOutput{}, err
		}
	}
	out, err := parsed(event.Organization)
	if err != nil {
		return CreateOutput{}, err
	}
	return CreateOutput{*out, []Member{*event.Member}}, nil
}

// creator returns who is to be the first member: the caller or, where the app itself calls, whom it names; then there is no
// session.
func (p *Plugin) creator(ctx context.Context, x *core.Exchange, userID *string) (*core.ActiveSession, *model.User, error) {
	s, err := x.StoredSession(ctx)
	switch {
	case err != nil:
		return nil, nil, err
	case s != nil:
		return s, s.User, nil
	case x.ForClient() || text(userID) == "":
		return nil, nil, errNoSession
	}
	u, err := findUser(ctx, x, *userID, errNoSession)
	return nil, u, err
}

// checkCreator refuses users who may not create organizations. The app itself always may.
func (p *Plugin) checkCreator(ctx context.Context, s *core.ActiveSession, u *model.User) error {
	if p.opts.MayCreate == nil || s == nil {
		return nil
	}
	ok, err := p.opts.MayCreate(ctx, u)
	if err == nil && !ok {
		err = ErrCreationNotAllowed
	}
	return err
}

func (p *Plugin) newOrganization(x *core.Exchange, in CreateInput) (*Organization, error) {
	o := &Organization{Name: in.Name, Slug: in.Slug, CreatedAt: x.Now()}
	if logo, ok := in.Logo.Get(); ok {
		o.Logo = &logo
	}
	var err error
	if o.Metadata, err = encoded(in.Metadata); err != nil {
		return nil, err
	}
	if err := checkBounds(x, bound{"name", o.Name, maxName}, bound{"slug", o.Slug, maxName}, bound{"logo", text(o.Logo), maxLogo},
		bound{"metadata", text(o.Metadata), maxMetadata}); err != nil {
		return nil, err
	}
	o.Extra, err = p.columns(x, OrganizationTable, "", in.Rest, true)
	return o, err
}

// checkOrganizations refuses where a user is in as many organizations as there may be.
func (p *Plugin) checkOrganizations(ctx context.Context, x *core.Exchange, userID string, limit int) error {
	if limit < 0 {
		return nil
	}
	n, err := x.Auth().Store().Count(ctx, store.From(p.tables.members.Table(), store.Eq("userId", userID)))
	if err != nil {
		return fmt.Errorf("organization: count organizations: %w", err)
	}
	if reached(n, limit) {
		return ErrOrganizationLimit
	}
	return nil
}

// checkSlugFree refuses a slug that another organization than except has.
func (p *Plugin) checkSlugFree(ctx context.Context, x *core.Exchange, slug, except string, taken *core.Error) error {
	o, err := find(ctx, x, p.tables.organizations, store.Eq("slug", slug))
	if err == nil && o != nil && o.ID != except {
		err = taken
	}
	return err
}

// found writes a new organization with its first member and its first team, in a transaction. It leaves both in the event.
func (p *Plugin) found(ctx context.Context, x *core.Exchange, e *Event) (*Team, error) {
	s := x.Auth().Store()
	o, err := p.tables.organizations.Create(ctx, s, *e.Organization)
	if err != nil {
		return nil, fmt.Errorf("organization: create: %w", err)
	}
	e.Organization = &o
	member := &MemberEvent{
		Member: &Member{OrganizationID: o.ID, UserID: e.User.ID, Role: p.opts.CreatorRole, CreatedAt: x.Now()},
		User:   e.User, Organization: &o,
	}
	if err := p.opts.Hooks.AddMember.before(ctx, x, member); err != nil {
		return nil, err
	}
	if err := p.insertMember(ctx, x, member); err != nil {
		return nil, err
	}
	e.Member = member.Member
	if !p.opts.Teams.Enabled || p.opts.Teams.DisableDefault {
		return nil, nil
	}
	return p.foundTeam(ctx, x, e)
}

// foundTeam makes the first team of a new organization, with its creator in it.
func (p *Plugin) foundTeam(ctx context.Context, x *core.Exchange, e *Event) (*Team, error) {
	team := &TeamEvent{
		Team: &Team{Name: e.Organization.Name, OrganizationID: e.Organization.ID, CreatedAt: x.Now()},
		User: e.User, Organization: e.Organization,
	}
	if err := p.opts.Hooks.CreateTeam.before(ctx, x, team); err != nil {
		return nil, err
	}
	custom, err := (*Team)(nil), error(nil)
	if p.opts.Teams.CreateDefault != nil {
		custom, err = p.opts.Teams.CreateDefault(ctx, x, e.Organization)
	}
	switch {
	case err != nil:
		return nil, err
	case custom != nil:
		team.Team = custom
	default:
		created, err := p.tables.teams.Create(ctx, x.Auth().Store(), *team.Team)
		if err != nil {
			return nil, fmt.Errorf("organization: create team: %w", err)
		}
		team.Team = &created
	}
	if _, err := p.joinTeam(ctx, x, team.Team.ID, e.User.ID, unlimited); err != nil {
		return nil, err
	}
	return team.Team, p.opts.Hooks.CreateTeam.after(ctx, x, team)
}

// UpdateInput is the body of POST /organization/update.
type UpdateInput struct {
	Data UpdateData `json:"data"`
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `json:"organizationId" optional:"true"`
}

// UpdateData is what may change of an organization. What is absent stays.
type UpdateData struct {
	Name     *string          `json:"name" check:"min=1"`
	Slug     *string          `json:"slug" check:"min=1"`
	Logo     wire.Opt[string] `json:"logo"`
	Metadata *wire.Object     `json:"metadata" optional:"true"`
	Rest     *wire.Object     `json:",extra"`
}

func (p *Plugin) update(ctx context.Context, x *core.Exchange, in UpdateInput) (*ParsedOrganization, error) {
	s, err := requireSession(ctx, x, errNoUser)
	if err != nil {
		return nil, err
	}
	c, err := p.callerOf(ctx, x, s, in.OrganizationID, ErrOrganizationNotFound, withStatus(ErrUserNotMember, 400))
	if err != nil {
		return nil, err
	}
	if err := p.require(ctx, x, c, updateOrganization, ErrUpdateNotAllowed); err != nil {
		return nil, err
	}
	set, err := p.changes(x, in.Data)
	if err != nil {
		return nil, err
	}
	if in.Data.Slug != nil {
		if err := p.checkSlugFree(ctx, x, *in.Data.Slug, c.org, ErrSlugTaken); err != nil {
			return nil, err
		}
	}
	event := &Event{Set: set, User: c.user, Member: c.Member}
	if p.opts.Hooks.UpdateOrganization.Before != nil {
		if event.Organization, err = p.organization(ctx, x, c.org); err != nil {
			return nil, err
		}
	}
	if err := p.opts.Hooks.UpdateOrganization.before(ctx, x, event); err != nil {
		return nil, err
	}
	if len(event.Set) > 0 {
		_, err := p.tables.organizations.Update(ctx, x.Auth().Store(), event.Set, store.Eq("id", c.org))
		if errors.Is(err, store.ErrConflict) {
			return nil, ErrSlugTaken.Wrap(err)
		}
		if err != nil {
			return nil, stored(fmt.Errorf("organization: update: %w", err))
		}
	}
	if event.Organization, err = find(ctx, x, p.tables.organizations, store.Eq("id", c.org)); err != nil || event.Organization == nil {
		return nil, err
	}
	if err := p.opts.Hooks.UpdateOrganization.after(ctx, x, event); err != nil {
		return nil, err
	}
	return parsed(event.Organization)
}

// changes are the columns that an update sets.
func (p *Plugin) changes(x *core.Exchange, data UpdateData) (store.Record, error) {
	set := store.Record{}
	if data.Name != nil {
		set["name"] = *data.Name
	}
	if data.Slug != nil {
		set["slug"] = *data.Slug
	}
	logo, pictured := data.Logo.Get()
	if pictured {
		set["logo"] = logo
	} else if data.Logo.IsNull() {
		set["logo"] = nil
	}
	metadata, err := encoded(data.Metadata)
	if err != nil {
		return nil, err
	}
	if metadata != nil {
		set["metadata"] = *metadata
	}
	if err := checkBounds(x, bound{"data.name", text(data.Name), maxName}, bound{"data.slug", text(data.Slug), maxName},
		bound{"data.logo", logo, maxLogo}, bound{"data.metadata", text(metadata), maxMetadata}); err != nil {
		return nil, err
	}
	extra, err := p.columns(x, OrganizationTable, "data.", data.Rest, false)
	for _, c := range extra {
		set[c.Name] = c.Value
	}
	return set, err
}

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
		return p.remove(ctx, x, c.org)
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
