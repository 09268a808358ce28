package organization

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// IDs is an input that is an id or a list of them.
type IDs []string

// ReadJSON reads a text or a list of texts.
func (ids *IDs) ReadJSON(v any) (issue string) { return readTexts((*[]string)(ids), v) }

// InviteInput is the body of POST /organization/invite-member.
type InviteInput struct {
	Email string    `json:"email"`
	Role  RoleNames `json:"role"`
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `json:"organizationId" optional:"true"`
	// Resend sends a pending invitation once more, and makes it good for its full time again. Its role stays.
	Resend *bool `json:"resend"`
	// TeamID are teams to join as well.
	TeamID IDs `json:"teamId" optional:"true"`
	// Rest are the other members. Columns that the app has added are taken from it.
	Rest *wire.Object `json:",extra"`
}

// invitation is an invitation about to be made.
type invitation struct {
	*caller
	in       InviteInput
	email    string
	roles    []string
	teams    []string
	limit    int
	seats    map[string]int // of each team
	existing *Invitation    // a pending one for the same address
}

func (p *Plugin) invite(ctx context.Context, x *core.Exchange, in InviteInput) (*Invitation, error) {
	inv, err := p.newInvitation(ctx, x, in)
	if err != nil {
		return nil, err
	}
	if err := p.checkInvitation(ctx, x, inv); err != nil {
		return nil, err
	}
	o, err := p.organization(ctx, x, inv.org)
	if err != nil {
		return nil, err
	}
	if inv.existing != nil && isTrue(in.Resend) {
		return p.resend(ctx, x, inv, o)
	}
	if err := p.askInvitationLimits(ctx, inv, o); err != nil {
		return nil, err
	}
	if err := p.checkRoom(ctx, x, inv); err != nil {
		return nil, err
	}
	now := x.Now()
	row := &Invitation{
		OrganizationID: inv.org, Email: inv.email, Role: strings.Join(inv.roles, ","), Status: Pending,
		ExpiresAt: now.Add(p.opts.InvitationExpiresIn), CreatedAt: now, InviterID: inv.user.ID,
	}
	if row.Extra, err = p.columns(x, InvitationTable, "", in.Rest, true); err != nil {
		return nil, err
	}
	if p.opts.Teams.Enabled {
		row.setTeamIDs(inv.teams)
	}
	event := &InvitationEvent{Invitation: row, User: inv.user, Organization: o}
	if err := p.opts.Hooks.CreateInvitation.before(ctx, x, event); err != nil {
		return nil, err
	}
	err = p.locked(ctx, x, inv.org, func(ctx context.Context) error {
		if err := p.recheck(ctx, x, inv.caller, createInvitation, ErrInviteNotAllowed); err != nil {
			return err
		}
		if err := p.checkInvitation(ctx, x, inv); err != nil {
			return err
		}
		if inv.existing != nil { // checkInvitation has found that another may take its place
			if _, err := p.setStatus(ctx, x, inv.existing, Canceled, Pending); err != nil {
				return err
			}
		}
		if err := p.checkRoom(ctx, x, inv); err != nil {
			return err
		}
		created, err := p.tables.invitations.Create(ctx, x.Auth().Store(), *event.Invitation)
		if err != nil {
			return fmt.Errorf("organization: create invitation: %w", err)
		}
		event.Invitation = &created
		x.Emit(ctx, MemberInvited{OrganizationID: inv.org, Email: created.Email, Role: created.Role, By: inv.UserID})
		p.sendInvitation(ctx, x, inv.caller, &created, o)
		return p.opts.Hooks.CreateInvitation.after(ctx, x, event)
	})
	return event.Invitation, err
}

// newInvitation checks what a client asks for and whether it may, and counts the mail.
func (p *Plugin) newInvitation(ctx context.Context, x *core.Exchange, in InviteInput) (*invitation, error) {
	inv := &invitation{in: in, email: core.NormalizeEmail(in.Email), roles: in.Role.parse(), teams: in.TeamID}
	if in.OrganizationID == "" {
		s, err := x.RequireStoredSession(ctx)
		if err != nil {
			return nil, err
		}
		in.OrganizationID = activeOrganization(s)
	}
	switch {
	case in.OrganizationID == "":
		return nil, ErrOrganizationNotFound
	case !core.ValidEmail(inv.email):
		return nil, ErrInvalidEmail
	}
	var err error
	if inv.caller, err = p.caller(ctx, x, in.OrganizationID, ErrOrganizationNotFound, ErrMemberNotFound); err != nil {
		return nil, err
	}
	if err := p.require(ctx, x, inv.caller, createInvitation, ErrInviteNotAllowed); err != nil {
		return nil, err
	}
	if len(inv.roles) == 0 {
		return nil, ErrRoleNotFound
	}
	if err := checkBounds(x, bound{"role", strings.Join(inv.roles, ","), maxName},
		bound{"teamId", strings.Join(inv.teams, ","), maxTeams}); err != nil {
		return nil, err
	}
	unknown, err := p.unknownRoles(ctx, x, inv.org, inv.roles)
	if err != nil {
		return nil, err
	}
	if len(unknown) > 0 {
		return nil, core.NewError(400, "", ErrRoleNotFound.Code+": "+strings.Join(unknown, ", "))
	}
	if p.opts.SendInvitation != nil {
		if err := x.LimitRecipient(ctx, "organization-invitation", inv.email); err != nil {
			return nil, err
		}
	}
	return inv, nil
}

// checkInvitation refuses roles that the caller cannot give, and addresses that have no use for an invitation. It finds the
// pending one.
func (p *Plugin) checkInvitation(ctx context.Context, x *core.Exchange, inv *invitation) error {
	creator := p.isCreator(inv.Role)
	if slices.Contains(inv.roles, p.opts.CreatorRole) && !creator {
		return ErrInviteRoleNotAllowed
	}
	_, _, err := p.memberNamed(ctx, x, inv.org, inv.email)
	switch {
	case err == nil:
		return ErrAlreadyMember
	case !errors.Is(err, ErrMemberNotFound):
		return err
	}
	pending, err := p.tables.invitations.List(ctx, x.Auth().Store(), store.Query{Where: []store.Cond{
		store.Eq("email", inv.email), store.Eq("organizationId", inv.org), store.Eq("status", Pending), store.Gt("expiresAt", x.Now()),
	}, Limit: 1})
	if err != nil {
		return fmt.Errorf("organization: find invitation: %w", err)
	}
	inv.existing = nil
	if len(pending) == 0 {
		return nil
	}
	inv.existing = &pending[0]
	resend := isTrue(inv.in.Resend)
	switch {
	case !resend && !p.opts.CancelPendingOnReInvite:
		return ErrAlreadyInvited
	case p.isCreator(pending[0].Role) && !creator && (resend || x.Hardened()): // upstream lets anybody cancel it
		return ErrInviteRoleNotAllowed
	}
	return nil
}

// resend makes a pending invitation good for its full time and sends it once more.
func (p *Plugin) resend(ctx context.Context, x *core.Exchange, inv *invitation, o *Organization) (*Invitation, error) {
	row := *inv.existing
	row.ExpiresAt = x.Now().Add(p.opts.InvitationExpiresIn)
	err := p.locked(ctx, x, inv.org, func(ctx context.Context) error {
		if err := p.recheck(ctx, x, inv.caller, createInvitation, ErrInviteNotAllowed); err != nil {
			return err
		}
		n, err := p.tables.invitations.Update(ctx, x.Auth().Store(), store.Record{"expiresAt": row.ExpiresAt},
			store.Eq("id", row.ID), store.Eq("organizationId", inv.org), store.Eq("status", Pending))
		if err != nil {
			return fmt.Errorf("organization: prolong invitation: %w", err)
		}
		if n == 0 { // it was answered a moment ago
			return ErrInvitationNotFound
		}
		x.Emit(ctx, MemberInvited{OrganizationID: inv.org, Email: row.Email, Role: row.Role, By: inv.UserID})
		p.sendInvitation(ctx, x, inv.caller, &row, o)
		return nil
	})
	return &row, err
}

// askInvitationLimits asks how many invitations and members there may be, outside of any transaction.
func (p *Plugin) askInvitationLimits(ctx context.Context, inv *invitation, o *Organization) (err error) {
	subject := LimitSubject{User: inv.user, Session: inv.session, Organization: o, Member: inv.Member}
	if inv.limit, err = p.opts.InvitationLimit.of(ctx, subject, 100); err != nil || !p.opts.Teams.Enabled {
		return err
	}
	inv.seats = make(map[string]int, len(inv.teams))
	for _, id := range inv.teams {
		subject.TeamID = id
		if inv.seats[id], err = p.opts.Teams.MaximumMembers.of(ctx, subject, unlimited); err != nil {
			return err
		}
	}
	return nil
}

// checkRoom refuses one invitation more than there may be, and teams that are not there or full.
func (p *Plugin) checkRoom(ctx context.Context, x *core.Exchange, inv *invitation) error {
	n, err := x.Auth().Store().Count(ctx, store.From(p.tables.invitations.Table(),
		store.Eq("organizationId", inv.org), store.Eq("status", Pending), store.Gt("expiresAt", x.Now())))
	if err != nil {
		return fmt.Errorf("organization: count invitations: %w", err)
	}
	if inv.existing != nil && !store.InTransaction(ctx) { // it is about to be canceled
		n--
	}
	if reached(n, inv.limit) {
		return ErrInvitationLimit
	}
	if !p.opts.Teams.Enabled {
		return nil
	}
	if slices.ContainsFunc(inv.teams, func(id string) bool { return strings.Contains(id, ",") }) {
		return ErrInvalidTeamID
	}
	for _, id := range inv.teams {
		if _, err := p.team(ctx, x, inv.org, id); err != nil {
			return err
		}
		n, err := p.countTeam(ctx, x, id)
		if err != nil {
			return err
		}
		if reached(n, inv.seats[id]) {
			return ErrTeamMemberLimit
		}
	}
	return nil
}

func (p *Plugin) sendInvitation(ctx context.Context, x *core.Exchange, c *caller, i *Invitation, o *Organization) {
	if p.opts.SendInvitation == nil {
		return
	}
	invitation, organization, user, member := *i, *o, *c.user, *c.Member // the caller's may go on changing
	m := InvitationMail{Invitation: &invitation, Organization: &organization, Inviter: &user, Member: &member, Request: x.Request()}
	x.Auth().Background(ctx, "mail of an invitation", func(ctx context.Context) error { return p.opts.SendInvitation(ctx, m) })
}

func isTrue(b *bool) bool { return b != nil && *b }
