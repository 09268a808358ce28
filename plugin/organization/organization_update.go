package organization

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

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
