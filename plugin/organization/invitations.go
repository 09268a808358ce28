package organization

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
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

func isTrue(b *bool) bool { return b != nil && *b }
