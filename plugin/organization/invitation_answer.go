package organization

import (
	"context"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// InvitationID is the body of the endpoints about one invitation.
type InvitationID struct {
	InvitationID string `json:"invitationId"`
}

// InvitationOutput is the answer of POST /organization/accept-invitation and /organization/reject-invitation.
type InvitationOutput struct {
	Invitation *Invitation `json:"invitation"`
	// Member is what the caller is now, or nil.
	Member *Member `json:"member"`
}

// received finds an invitation to the user of a session that is still to be answered. unverified is the endpoint's answer if
// nobody has verified the address.
func (p *Plugin) received(ctx context.Context, x *core.Exchange, s *core.ActiveSession, id string, unverified *core.Error) (*Invitation, error) {
	i, err := p.pending(ctx, x, id, ErrInvitationNotFound)
	if err != nil {
		return nil, err
	}
	if expired(x, i) {
		return nil, ErrInvitationNotFound
	}
	return i, p.checkRecipient(x, s, i, unverified)
}

// pending finds an invitation that was not answered, expired or not.
func (p *Plugin) pending(ctx context.Context, x *core.Exchange, id string, missing *core.Error) (*Invitation, error) {
	i, err := need(ctx, x, p.tables.invitations, missing, store.Eq("id", id))
	if err == nil && i.Status != Pending {
		err = missing
	}
	return i, err
}

// checkRecipient refuses whoever an invitation was not sent to.
func (p *Plugin) checkRecipient(x *core.Exchange, s *core.ActiveSession, i *Invitation, unverified *core.Error) error {
	switch {
	case core.NormalizeEmail(i.Email) != core.NormalizeEmail(s.User.Email):
		return ErrNotRecipient
	case !s.User.EmailVerified && p.requiresVerifiedEmail(x):
		return unverified
	}
	return nil
}

func expired(x *core.Exchange, i *Invitation) bool {
	if x.Hardened() {
		return !x.Now().Before(i.ExpiresAt)
	}
	return i.ExpiresAt.Before(x.Now())
}

// requiresVerifiedEmail reports whether to know the id of an invitation is no proof of having read the mail.
func (p *Plugin) requiresVerifiedEmail(x *core.Exchange) bool {
	if p.opts.RequireVerifiedEmail != core.Default {
		return p.opts.RequireVerifiedEmail == core.On
	}
	ids := x.Auth().Config().IDs
	return ids.Generate != nil || ids.Database || ids.Kind == schema.SerialIDs
}

func (p *Plugin) acceptInvitation(ctx context.Context, x *core.Exchange, in InvitationID) (InvitationOutput, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return InvitationOutput{}, err
	}
	i, err := p.received(ctx, x, s, in.InvitationID, ErrEmailUnverified)
	if err != nil {
		return InvitationOutput{}, err
	}
	o, err := p.organization(ctx, x, i.OrganizationID)
	if err != nil {
		return InvitationOutput{}, err
	}
	limit, err := p.opts.MembershipLimit.of(ctx, LimitSubject{User: s.User, Session: s, Organization: o}, 100)
	if err != nil {
		return InvitationOutput{}, err
	}
	if err := p.checkNewMember(ctx, x, o.ID, s.User.ID, limit); err != nil {
		return InvitationOutput{}, err
	}
	event := &InvitationEvent{Invitation: i, User: s.User, Organization: o}
	if err := p.opts.Hooks.AcceptInvitation.before(ctx, x, event); err != nil {
		return InvitationOutput{}, err
	}
	seats, err := p.seats(ctx, s, o, i.TeamIDs())
	if err != nil {
		return InvitationOutput{}, err
	}
	err = p.locked(ctx, x, o.ID, func(ctx context.Context) error {
		accepted, err := p.setStatus(ctx, x, i, Accepted, Pending)
		if err != nil {
			return err
		}
		event.Invitation = accepted
		if err := p.checkInviter(ctx, x, accepted); err != nil {
			return err
		}
		if err := p.checkNewMember(ctx, x, o.ID, s.User.ID, limit); err != nil {
			return err
		}
		m, err := p.tables.members.Create(ctx, x.Auth().Store(), Member{
			OrganizationID: o.ID, UserID: s.User.ID, Role: strings.Join(ParseRoles(accepted.Role), ","), CreatedAt: x.Now(),
		})
		if err != nil {
			return fmt.Errorf("organization: add member: %w", err)
		}
		event.Member = &m
		x.Emit(ctx, MemberAdded{OrganizationID: o.ID, UserID: m.UserID, Role: m.Role, InvitedBy: accepted.InviterID, By: m.UserID})
		if err := p.joinTeams(ctx, x, accepted, s.User.ID, seats); err != nil {
			return err
		}
		return p.opts.Hooks.AcceptInvitation.after(ctx, x, event)
	})
	if err != nil {
		return InvitationOutput{}, err
	}
	set := p.activation(x, s, o.ID)
	teams := event.Invitation.TeamIDs()
	if p.opts.Teams.Enabled && len(teams) == 1 {
		set[ActiveTeam.Name] = teams[0]
	}
	return InvitationOutput{event.Invitation, event.Member}, p.activate(ctx, x, s, set, len(teams) == 1)
}

// checkInviter refuses what somebody has granted who could not grant it any more: who was removed leaves no door open, and who
// is no creator any more makes none. Upstream does not ask.
func (p *Plugin) checkInviter(ctx context.Context, x *core.Exchange, i *Invitation) error {
	if !x.Hardened() {
		return nil
	}
	inviter, err := p.member(ctx, x, i.OrganizationID, store.Eq("userId", i.InviterID))
	switch {
	case err != nil:
		return err
	case inviter == nil:
		return ErrInviterGone
	case p.isCreator(i.Role) && !p.isCreator(inviter.Role):
		return ErrInviteRoleNotAllowed
	}
	return nil
}

// seats asks how many members each of the teams may have, outside of any transaction.
func (p *Plugin) seats(ctx context.Context, s *core.ActiveSession, o *Organization, teams []string) (map[string]int, error) {
	seats := map[string]int{}
	for _, id := range teams {
		n, err := p.opts.Teams.MaximumMembers.of(ctx, LimitSubject{User: s.User, Session: s, Organization: o, TeamID: id}, unlimited)
		if err != nil {
			return nil, err
		}
		seats[id] = n
	}
	return seats, nil
}

// joinTeams puts a new member into the teams of an invitation, which must still be the organization's.
func (p *Plugin) joinTeams(ctx context.Context, x *core.Exchange, i *Invitation, userID string, seats map[string]int) error {
	if !p.opts.Teams.Enabled {
		return nil
	}
	for _, id := range i.TeamIDs() {
		if _, err := p.team(ctx, x, i.OrganizationID, id); err != nil {
			return err
		}
		limit, asked := seats[id]
		if !asked { // a team that was added to the invitation a moment ago
			return ErrInvitationNotFound
		}
		if _, err := p.joinTeam(ctx, x, id, userID, limit); err != nil {
			return err
		}
	}
	return nil
}

// setStatus changes the status of an invitation, if it is one of from, or, without any, whatever it is. ErrInvitationNotFound
// if it is not: of answers at the same time one counts.
func (p *Plugin) setStatus(ctx context.Context, x *core.Exchange, i *Invitation, to string, from ...string) (*Invitation, error) {
	s := x.Auth().Store()
	where := []store.Cond{store.Eq("id", i.ID), store.Eq("organizationId", i.OrganizationID)}
	if len(from) > 0 {
		where = append(where, store.In("status", from...))
	}
	n, err := p.tables.invitations.Update(ctx, s, store.Record{"status": to}, where...)
	if err != nil {
		return nil, fmt.Errorf("organization: update invitation: %w", err)
	}
	if n == 0 {
		return nil, ErrInvitationNotFound
	}
	return need(ctx, x, p.tables.invitations, ErrInvitationNotFound, where[:2]...)
}

func (p *Plugin) rejectInvitation(ctx context.Context, x *core.Exchange, in InvitationID) (InvitationOutput, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return InvitationOutput{}, err
	}
	i, err := p.pending(ctx, x, in.InvitationID, errNotPending)
	if err != nil {
		return InvitationOutput{}, err
	}
	if err := p.checkRecipient(x, s, i, ErrEmailUnverified); err != nil {
		return InvitationOutput{}, err
	}
	event := &InvitationEvent{Invitation: i, User: s.User}
	if event.Organization, err = p.organization(ctx, x, i.OrganizationID); err != nil {
		return InvitationOutput{}, err
	}
	if err := p.opts.Hooks.RejectInvitation.before(ctx, x, event); err != nil {
		return InvitationOutput{}, err
	}
	if event.Invitation, err = p.setStatus(ctx, x, i, Rejected, Pending); err != nil {
		return InvitationOutput{}, err
	}
	return InvitationOutput{Invitation: event.Invitation}, p.opts.Hooks.RejectInvitation.after(ctx, x, event)
}

func (p *Plugin) cancelInvitation(ctx context.Context, x *core.Exchange, in InvitationID) (*Invitation, error) {
	i, err := need(ctx, x, p.tables.invitations, ErrInvitationNotFound, store.Eq("id", in.InvitationID))
	if err != nil {
		return nil, err
	}
	c, err := p.caller(ctx, x, i.OrganizationID, ErrMemberNotFound, ErrMemberNotFound)
	if err != nil {
		return nil, err
	}
	if err := p.require(ctx, x, c, cancelInvitation, ErrCancelNotAllowed); err != nil {
		return nil, err
	}
	event := &InvitationEvent{Invitation: i, User: c.user}
	if event.Organization, err = p.organization(ctx, x, c.org); err != nil {
		return nil, err
	}
	if err := p.opts.Hooks.CancelInvitation.before(ctx, x, event); err != nil {
		return nil, err
	}
	var from []string
	if x.Hardened() { // what was accepted is history
		from = []string{Pending}
	}
	if event.Invitation, err = p.setStatus(ctx, x, i, Canceled, from...); err != nil {
		return nil, err
	}
	return event.Invitation, p.opts.Hooks.CancelInvitation.after(ctx, x, event)
}
