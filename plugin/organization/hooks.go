package organization

import (
	"context"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// Hooks step in where the plugin changes something. Each is optional.
type Hooks struct {
	CreateOrganization Act[Event]
	UpdateOrganization Act[Event]
	DeleteOrganization Act[Event]

	AddMember        Act[MemberEvent]
	RemoveMember     Act[MemberEvent]
	UpdateMemberRole Act[MemberEvent]

	CreateInvitation Act[InvitationEvent]
	AcceptInvitation Act[InvitationEvent]
	RejectInvitation Act[InvitationEvent]
	CancelInvitation Act[InvitationEvent]

	CreateTeam       Act[TeamEvent]
	UpdateTeam       Act[TeamEvent]
	DeleteTeam       Act[TeamEvent]
	AddTeamMember    Act[TeamMemberEvent]
	RemoveTeamMember Act[TeamMemberEvent]
}

// Act are the hooks on one act.
//
// Before is called when all else is checked and nothing is written. It may change what is about to be, where the event says
// so, and refuses by returning an error: an [core.Error] is the answer. Where one act is part of another, as the first
// member and the first team are of a new organization, it is called in the transaction of the other. After is called once
// all of it is committed; an error of it is the answer, but undoes nothing.
type Act[E any] struct {
	Before func(ctx context.Context, x *core.Exchange, e *E) error
	After  func(ctx context.Context, x *core.Exchange, e *E) error
}

func (a *Act[E]) before(ctx context.Context, x *core.Exchange, e *E) error {
	if a.Before == nil {
		return nil
	}
	return a.Before(ctx, x, e)
}

// after calls After once the transaction that ctx carries has committed.
func (a *Act[E]) after(ctx context.Context, x *core.Exchange, e *E) error {
	if a.After == nil {
		return nil
	}
	return store.AfterCommit(ctx, func(ctx context.Context) error { return a.After(ctx, x, e) })
}

// Event is about an organization itself.
type Event struct {
	// Organization is the organization: the new one, which Before may change, the old one before an update or deletion, and
	// as it is then after an update.
	Organization *Organization
	// Set are the columns that an update sets. Before may change them.
	Set store.Record
	// User is who does it, Member what they are in the organization; nil before there is one.
	User   *model.User
	Member *Member
}

// MemberEvent is about a member.
type MemberEvent struct {
	// Member is the member: the new one, whose Role and Extra Before may change, or as it is in the store.
	Member *Member
	// User is who the member is.
	User         *model.User
	Organization *Organization
	// NewRole is what the role is to be. Before may change it. It is set for changes of role only.
	NewRole string
	// PreviousRole is what it was; likewise.
	PreviousRole string
}

// InvitationEvent is about an invitation.
type InvitationEvent struct {
	// Invitation is the invitation: the new one, which Before may change, or as it is in the store.
	Invitation *Invitation
	// User is who does it: who invites, accepts, rejects or cancels.
	User         *model.User
	Organization *Organization
	// Member is what an accepted invitation has led to; nil before, and of other acts.
	Member *Member
}

// TeamEvent is about a team.
type TeamEvent struct {
	// Team is the team: the new one, which Before may change, or as it is in the store.
	Team *Team
	// Set are the columns that an update sets. Before may change them.
	Set store.Record
	// User is who does it; nil if the app itself does.
	User         *model.User
	Organization *Organization
}

// TeamMemberEvent is about a member of a team.
type TeamMemberEvent struct {
	TeamMember   *TeamMember
	Team         *Team
	User         *model.User
	Organization *Organization
}
