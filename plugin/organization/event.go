package organization

import (
	"context"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/access"
)

// The plugin's security events, for [core.OnEvent]. They are told of once the act is committed; what steps in before is
// [Hooks]. By is the id of the user who did it, or empty if the app itself did. None has the id of an invitation, which is the
// secret of its link.
type (
	// Created says that there is a new organization. UserID is its first member, who has a MemberAdded as well.
	Created struct{ OrganizationID, UserID, By string }
	// Deleted says that an organization is gone, with its members, invitations, teams and roles. Those have no events of
	// their own.
	Deleted struct{ OrganizationID, By string }

	// MemberInvited says that somebody was invited, or that their invitation was sent once more and is good for its full
	// time again.
	MemberInvited struct{ OrganizationID, Email, Role, By string }
	// MemberAdded says that a user is a member. If they have accepted an invitation, By is themselves and InvitedBy who
	// invited them; otherwise InvitedBy is empty.
	MemberAdded struct{ OrganizationID, UserID, Role, InvitedBy, By string }
	// MemberRemoved says that a user is no member any more. By is themselves if they have left. A user who is deleted has
	// a [core.UserDeleted] instead.
	MemberRemoved struct{ OrganizationID, UserID, By string }
	// MemberRoleChanged says that a member has other roles. Old and New are lists: see ParseRoles.
	MemberRoleChanged struct{ OrganizationID, UserID, Old, New, By string }

	// TeamMemberAdded says that a member is in a team.
	TeamMemberAdded struct{ OrganizationID, TeamID, UserID, By string }
	// TeamMemberRemoved says that they are not any more, also because they are no member of the organization any more.
	TeamMemberRemoved struct{ OrganizationID, TeamID, UserID, By string }
	// TeamDeleted says that a team is gone. Who was in it has no TeamMemberRemoved.
	TeamDeleted struct{ OrganizationID, TeamID, By string }

	// RoleCreated says that an organization has made a role. Permission is what it grants.
	RoleCreated struct {
		OrganizationID, RoleID, Role string
		Permission                   access.Statements
		By                           string
	}
	// RoleUpdated says that an organization has changed a role. Old and New are its names, the same unless it was renamed.
	// Permission is what it grants now, or nil if that stays.
	RoleUpdated struct {
		OrganizationID, RoleID, Old, New string
		Permission                       access.Statements
		By                               string
	}
	// RoleDeleted says that a role of an organization is gone.
	RoleDeleted struct{ OrganizationID, RoleID, Role, By string }
)

// EventName returns "organization-created".
func (Created) EventName() string { return "organization-created" }

// EventName returns "organization-deleted".
func (Deleted) EventName() string { return "organization-deleted" }

// EventName returns "member-invited".
func (MemberInvited) EventName() string { return "member-invited" }

// EventName returns "member-added".
func (MemberAdded) EventName() string { return "member-added" }

// EventName returns "member-removed".
func (MemberRemoved) EventName() string { return "member-removed" }

// EventName returns "member-role-changed".
func (MemberRoleChanged) EventName() string { return "member-role-changed" }

// EventName returns "team-member-added".
func (TeamMemberAdded) EventName() string { return "team-member-added" }

// EventName returns "team-member-removed".
func (TeamMemberRemoved) EventName() string { return "team-member-removed" }

// EventName returns "team-deleted".
func (TeamDeleted) EventName() string { return "team-deleted" }

// EventName returns "organization-role-created".
func (RoleCreated) EventName() string { return "organization-role-created" }

// EventName returns "organization-role-updated".
func (RoleUpdated) EventName() string { return "organization-role-updated" }

// EventName returns "organization-role-deleted".
func (RoleDeleted) EventName() string { return "organization-role-deleted" }

// actor is the id of whoever does what is being done: the user of the session, or "" without one. What writes has asked for
// the session before, so it is known, and to ask for it again cannot fail.
func actor(ctx context.Context, x *core.Exchange) string {
	s, err := x.Session(ctx)
	if err != nil || s == nil {
		return ""
	}
	return s.User.ID
}
