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

// found writes a new organization with its first member and its first team, in a transaction. It leaves both in the event.
func (p *Plugin) found(ctx context.Context, x *core.Exchange, e *Event) (*Team, error) {
	s := x.Auth().Store()
	o, err := p.tables.organizations.Create(ctx, s, *e.Organization)
	if err != nil {
		return nil, fmt.Errorf("organization: create: %w", err)
	}
	e.Organization = &o
	x.Emit(ctx, Created{OrganizationID: o.ID, UserID: e.User.ID, By: actor(ctx, x)})
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
