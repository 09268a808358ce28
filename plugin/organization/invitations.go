package organization

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// Invitations are the endpoints about invitations.
type Invitations struct {
	// Invite is POST /organization/invite-member.
	Invite *core.Endpoint[InviteInput, *Invitation]
	// CancelInvitation is POST /organization/cancel-invitation.
	CancelInvitation *core.Endpoint[InvitationID, *Invitation]
	// AcceptInvitation is POST /organization/accept-invitation.
	AcceptInvitation *core.Endpoint[InvitationID, InvitationOutput]
	// RejectInvitation is POST /organization/reject-invitation.
	RejectInvitation *core.Endpoint[InvitationID, InvitationOutput]
	// GetInvitation is GET /organization/get-invitation.
	GetInvitation *core.Endpoint[GetInvitationInput, *InvitationDetails]
	// ListInvitations is GET /organization/list-invitations.
	ListInvitations *core.Endpoint[ListInvitationsInput, []Invitation]
	// ListUserInvitations is GET /organization/list-user-invitations.
	ListUserInvitations *core.Endpoint[ListUserInvitationsInput, []UserInvitation]
}

func (p *Plugin) defineInvitations() []core.AnyEndpoint {
	p.Invite = core.Define(post("createInvitation", "invite-member", core.StoredSession, "Invite somebody to an organization."), p.invite)
	p.CancelInvitation = core.Define(post("cancelInvitation", "cancel-invitation", core.StoredSession, "Cancel an invitation."), p.cancelInvitation)
	p.AcceptInvitation = core.Define(post("acceptInvitation", "accept-invitation", core.StoredSession, "Accept an invitation."), p.acceptInvitation)
	p.RejectInvitation = core.Define(post("rejectInvitation", "reject-invitation", core.StoredSession, "Reject an invitation."), p.rejectInvitation)
	one := get("getInvitation", "get-invitation", "Get an invitation to the caller.")
	one.Access = core.Public // without a session it has an answer of its own
	p.GetInvitation = core.Define(one, p.getInvitation)
	p.ListInvitations = core.Define(get("listInvitations", "list-invitations", "List the invitations of an organization."), p.listInvitations)
	user := get("listUserInvitations", "list-user-invitations", "List the pending invitations to the caller.")
	user.Access, user.NeedsHeaders = core.Public, false // likewise, and the app itself may ask
	p.ListUserInvitations = core.Define(user, p.listUserInvitations)
	return []core.AnyEndpoint{
		p.Invite, p.CancelInvitation, p.AcceptInvitation, p.GetInvitation, p.RejectInvitation, p.ListInvitations, p.ListUserInvitations,
	}
}

// GetInvitationInput is the query of GET /organization/get-invitation.
type GetInvitationInput struct {
	ID string `query:"id"`
}

// InvitationDetails is the answer of GET /organization/get-invitation.
type InvitationDetails struct {
	Invitation       *Invitation
	OrganizationName string
	OrganizationSlug string
	InviterEmail     string
}

// AppendJSON writes the invitation with the rest as further members.
func (d *InvitationDetails) AppendJSON(dst []byte) ([]byte, error) {
	return d.Invitation.appendWith(dst, "organizationName", d.OrganizationName, "organizationSlug", d.OrganizationSlug,
		"inviterEmail", d.InviterEmail)
}

// appendWith writes the invitation with further members, names and values in turn.
func (i *Invitation) appendWith(dst []byte, more ...string) ([]byte, error) {
	dst, err := i.appendMembers(append(dst, '{'))
	for n := 0; n+1 < len(more); n += 2 {
		dst = wire.AppendString(append(dst, ','), more[n])
		dst = wire.AppendString(append(dst, ':'), more[n+1])
	}
	return append(dst, '}'), err
}

func (p *Plugin) getInvitation(ctx context.Context, x *core.Exchange, in GetInvitationInput) (*InvitationDetails, error) {
	s, err := requireSession(ctx, x, errUnauthenticated)
	if err != nil {
		return nil, err
	}
	i, err := p.received(ctx, x, s, in.ID, ErrEmailUnverifiedForViewing)
	if err != nil {
		return nil, err
	}
	o, err := p.organization(ctx, x, i.OrganizationID)
	if err != nil {
		return nil, err
	}
	inviter, err := p.member(ctx, x, o.ID, store.Eq("userId", i.InviterID))
	if err != nil {
		return nil, err
	}
	if inviter == nil {
		return nil, ErrInviterGone
	}
	u, err := findUser(ctx, x, inviter.UserID, ErrInviterGone)
	if err != nil {
		return nil, err
	}
	return &InvitationDetails{i, o.Name, o.Slug, u.Email}, nil
}

// ListInvitationsInput is the query of GET /organization/list-invitations. The default is the active organization.
type ListInvitationsInput struct {
	OrganizationID string `query:"organizationId" optional:"true"`
}

func (p *Plugin) listInvitations(ctx context.Context, x *core.Exchange, in ListInvitationsInput) ([]Invitation, error) {
	c, err := p.caller(ctx, x, in.OrganizationID, errNoOrganization, errNotInList)
	if err != nil {
		return nil, err
	}
	if err := p.require(ctx, x, c, createInvitation, ErrListInvitationsNotAllowed); err != nil {
		return nil, err
	}
	return p.visibleInvitations(ctx, x, c.Member)
}

// visibleInvitations returns the invitations of an organization that a member may see: to know an id is to have the link, so
// only those see them who may invite, and those to become a creator only creators.
func (p *Plugin) visibleInvitations(ctx context.Context, x *core.Exchange, m *Member) ([]Invitation, error) {
	ok, err := p.can(ctx, x, m.OrganizationID, m.Role, createInvitation)
	if err != nil || !ok {
		return []Invitation{}, err
	}
	all, err := p.tables.invitations.List(ctx, x.Auth().Store(), store.Query{
		Where: []store.Cond{store.Eq("organizationId", m.OrganizationID)}, OrderBy: oldestFirst, Limit: x.Auth().Config().ListLimit,
	})
	if err != nil {
		return nil, fmt.Errorf("organization: list invitations: %w", err)
	}
	if p.isCreator(m.Role) {
		return all, nil
	}
	return slices.DeleteFunc(all, func(i Invitation) bool { return p.isCreator(i.Role) }), nil
}

// ListUserInvitationsInput is the query of GET /organization/list-user-invitations.
type ListUserInvitationsInput struct {
	// Email is whose invitations to list, where the app itself asks. Otherwise they are the caller's.
	Email string `query:"email" optional:"true"`
}

// UserInvitation is one answer of GET /organization/list-user-invitations.
type UserInvitation struct {
	Invitation       Invitation
	OrganizationName string
}

// AppendJSON writes the invitation with the organization's name as a further member.
func (i *UserInvitation) AppendJSON(dst []byte) ([]byte, error) {
	return i.Invitation.appendWith(dst, "organizationName", i.OrganizationName)
}

func (p *Plugin) listUserInvitations(ctx context.Context, x *core.Exchange, in ListUserInvitationsInput) ([]UserInvitation, error) {
	email, err := p.invitee(ctx, x, in.Email)
	if err != nil {
		return nil, err
	}
	rows, err := p.tables.invitations.List(ctx, x.Auth().Store(), store.Query{
		Where: []store.Cond{store.Eq("email", email), store.Eq("status", Pending)}, OrderBy: oldestFirst, Limit: x.Auth().Config().ListLimit,
	})
	if err != nil {
		return nil, fmt.Errorf("organization: list invitations: %w", err)
	}
	ids := make([]string, len(rows))
	for n := range rows {
		ids[n] = rows[n].OrganizationID
	}
	organizations, err := p.organizationsByID(ctx, x, ids)
	if err != nil {
		return nil, err
	}
	out := make([]UserInvitation, 0, len(rows))
	for n := range rows {
		if o := organizations[rows[n].OrganizationID]; o != nil {
			out = append(out, UserInvitation{rows[n], o.Name})
		}
	}
	return out, nil
}

// invitee returns whose invitations are asked for.
func (p *Plugin) invitee(ctx context.Context, x *core.Exchange, email string) (string, error) {
	s, err := x.StoredSession(ctx)
	switch {
	case err != nil:
		return "", err
	case x.HTTP() && email != "":
		return "", errEmailFromClient
	case s != nil && !s.User.EmailVerified:
		return "", ErrEmailUnverifiedForViewing
	case s != nil:
		return core.NormalizeEmail(s.User.Email), nil
	case email == "" || x.ForClient() && x.Hardened():
		return "", errNoEmail
	}
	return core.NormalizeEmail(email), nil
}
