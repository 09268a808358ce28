package organization

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/access"
)

// caller is whoever makes a call, as a member of the organization that it is about. Session and membership were read from
// the store in this very call.
type caller struct {
	*Member
	session *core.ActiveSession
	user    *model.User
	org     string
}

// caller finds out who calls. org is the organization that the client names, or "" for the session's active one. noOrg is
// the answer if there is neither, noMember if the caller is not in it.
func (p *Plugin) caller(ctx context.Context, x *core.Exchange, org string, noOrg, noMember *core.Error) (*caller, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return nil, err
	}
	return p.callerOf(ctx, x, s, org, noOrg, noMember)
}

// callerOf is caller for a session that is known already.
func (p *Plugin) callerOf(ctx context.Context, x *core.Exchange, s *core.ActiveSession, org string, noOrg, noMember *core.Error) (*caller, error) {
	if org == "" {
		org = activeOrganization(s)
	}
	if org == "" {
		return nil, noOrg
	}
	m, err := p.member(ctx, x, org, store.Eq("userId", s.User.ID))
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, noMember
	}
	return &caller{Member: m, session: s, user: s.User, org: org}, nil
}

// require refuses unless the caller's role grants what is wanted.
func (p *Plugin) require(ctx context.Context, x *core.Exchange, c *caller, want access.Request, refusal *core.Error) error {
	ok, err := p.can(ctx, x, c.org, c.Role, want)
	if err == nil && !ok {
		err = refusal
	}
	return err
}

// recheck reads the caller's membership once more, in a transaction that has locked the organization, and asks again.
func (p *Plugin) recheck(ctx context.Context, x *core.Exchange, c *caller, want access.Request, refusal *core.Error) error {
	m, err := p.member(ctx, x, c.org, store.Eq("id", c.ID))
	if err != nil {
		return err
	}
	if m == nil {
		return refusal
	}
	c.Member = m
	forgetRoles(x, c.org)
	return p.require(ctx, x, c, want, refusal)
}

func activeOrganization(s *core.ActiveSession) string {
	id, _ := ActiveOrganization.Get(s.Session.Extra)
	return id
}

func activeTeam(s *core.ActiveSession) string {
	id, _ := ActiveTeam.Get(s.Session.Extra)
	return id
}

// member returns the member of an organization that the conditions name, or nil.
func (p *Plugin) member(ctx context.Context, x *core.Exchange, org string, where ...store.Cond) (*Member, error) {
	return find(ctx, x, p.tables.members, append(where, store.Eq("organizationId", org))...)
}

// membership are the conditions that name a user's membership.
func membership(org, userID string) []store.Cond {
	return []store.Cond{store.Eq("organizationId", org), store.Eq("userId", userID)}
}

// oldestFirst is the order of lists where nothing else is asked for: without any, some databases have none.
var oldestFirst = []store.Order{{Column: "createdAt"}}

// find returns the row that the conditions name, or nil.
func find[T any](ctx context.Context, x *core.Exchange, rows *store.Rows[T], where ...store.Cond) (*T, error) {
	row, err := rows.Find(ctx, x.Auth().Store(), where...)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("organization: find %s: %w", rows.Table().Name, err)
	}
	return &row, nil
}

// need is find that returns missing if there is no such row.
func need[T any](ctx context.Context, x *core.Exchange, rows *store.Rows[T], missing *core.Error, where ...store.Cond) (*T, error) {
	row, err := find(ctx, x, rows, where...)
	if err == nil && row == nil {
		err = missing
	}
	return row, err
}

// organization returns the organization with that id.
func (p *Plugin) organization(ctx context.Context, x *core.Exchange, id string) (*Organization, error) {
	return need(ctx, x, p.tables.organizations, ErrOrganizationNotFound, store.Eq("id", id))
}

// user returns the user with that id; missing is the answer if there is none.
func findUser(ctx context.Context, x *core.Exchange, id string, missing *core.Error) (*model.User, error) {
	u, err := x.Auth().FindUser(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, missing
	}
	return u, err
}

// locked runs fn in a transaction in which nobody else changes anything about the organization: members, invitations, teams
// and roles stay what fn reads.
func (p *Plugin) locked(ctx context.Context, x *core.Exchange, org string, fn func(ctx context.Context) error) error {
	a := x.Auth()
	err := a.Store().InTx(ctx, func(ctx context.Context) error {
		err := a.LockRow(ctx, p.tables.organizations.Table(), org)
		if errors.Is(err, store.ErrNotFound) {
			return ErrOrganizationNotFound
		}
		if err != nil {
			return err
		}
		return fn(ctx)
	})
	return stored(err)
}

// stored translates what a write may fail with because of what a client sent.
func stored(err error) error {
	if errors.Is(err, store.ErrInvalid) {
		return core.ErrValidation.Wrap(err)
	}
	return err
}

// activate sets what is active in a session, and sends the client its cookies again if it is to know. A session that has
// ended in the meantime stays so.
func (p *Plugin) activate(ctx context.Context, x *core.Exchange, s *core.ActiveSession, set store.Record, send bool) error {
	updated, err := x.Auth().UpdateSession(ctx, s, set)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if send {
		x.SendSession(updated)
	}
	return nil
}

// deactivate clears the active organization of a session whose user is not in it any more, with the team in it.
func (p *Plugin) deactivate(ctx context.Context, x *core.Exchange, s *core.ActiveSession, org string) error {
	if x.Hardened() && activeOrganization(s) != org { // upstream forgets what is active when another one is asked for
		return nil
	}
	return p.activate(ctx, x, s, p.activation(x, s, nil), false)
}

// activation are the columns that make an organization, or with nil none, the active one. A team of another one does not
// stay active.
func (p *Plugin) activation(x *core.Exchange, s *core.ActiveSession, org any) store.Record {
	set := store.Record{ActiveOrganization.Name: org}
	if p.opts.Teams.Enabled && x.Hardened() && org != activeOrganization(s) {
		set[ActiveTeam.Name] = nil
	}
	return set
}
