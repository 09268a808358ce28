package organization

import "github.com/cardea-auth/cardea/core"

// The plugin's errors, with the codes and texts of the contract. A few endpoints answer with another status than the one
// here, as upstream has it.
var (
	ErrCreationNotAllowed   = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION", "You are not allowed to create a new organization")
	ErrOrganizationLimit    = core.NewError(403, "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS", "You have reached the maximum number of organizations")
	ErrOrganizationExists   = core.NewError(400, "ORGANIZATION_ALREADY_EXISTS", "Organization already exists")
	ErrSlugTaken            = core.NewError(400, "ORGANIZATION_SLUG_ALREADY_TAKEN", "Organization slug already taken")
	ErrOrganizationNotFound = core.NewError(400, "ORGANIZATION_NOT_FOUND", "Organization not found")
	ErrUpdateNotAllowed     = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION", "You are not allowed to update this organization")
	ErrDeleteNotAllowed     = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION", "You are not allowed to delete this organization")
	ErrDeletionDisabled     = core.NewError(404, "ORGANIZATION_DELETION_DISABLED", "Organization deletion is disabled")
	ErrNoActiveOrganization = core.NewError(400, "NO_ACTIVE_ORGANIZATION", "No active organization")

	ErrUserNotMember          = core.NewError(403, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION", "User is not a member of the organization")
	ErrNotMember              = core.NewError(403, "YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION", "You are not a member of this organization")
	ErrAlreadyMember          = core.NewError(400, "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION", "User is already a member of this organization")
	ErrMemberNotFound         = core.NewError(400, "MEMBER_NOT_FOUND", "Member not found")
	ErrMembershipLimit        = core.NewError(403, "ORGANIZATION_MEMBERSHIP_LIMIT_REACHED", "Organization membership limit reached")
	ErrUpdateMemberNotAllowed = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER", "You are not allowed to update this member")
	ErrDeleteMemberNotAllowed = core.NewError(401, "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER", "You are not allowed to delete this member")
	ErrOnlyOwner              = core.NewError(400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER", "You cannot leave the organization as the only owner")
	ErrWithoutOwner           = core.NewError(400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER", "You cannot leave the organization without an owner")
	ErrRoleNotFound           = core.NewError(400, "ROLE_NOT_FOUND", "Role not found")
	ErrUserNotFound           = core.NewError(400, "USER_NOT_FOUND", "User not found")

	ErrInviteNotAllowed          = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION", "You are not allowed to invite users to this organization")
	ErrInviteRoleNotAllowed      = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE", "You are not allowed to invite a user with this role")
	ErrAlreadyInvited            = core.NewError(400, "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION", "User is already invited to this organization")
	ErrInvalidEmail              = core.NewError(400, "INVALID_EMAIL", "Invalid email")
	ErrInvitationLimit           = core.NewError(403, "INVITATION_LIMIT_REACHED", "Invitation limit reached")
	ErrInvitationNotFound        = core.NewError(400, "INVITATION_NOT_FOUND", "Invitation not found")
	ErrNotRecipient              = core.NewError(403, "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION", "You are not the recipient of the invitation")
	ErrEmailUnverified           = core.NewError(403, "EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION", "Email verification required before accepting or rejecting invitation")
	ErrEmailUnverifiedForViewing = core.NewError(403, "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION", "Email verification required to view or list invitations for the session email")
	ErrCancelNotAllowed          = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION", "You are not allowed to cancel this invitation")
	ErrListInvitationsNotAllowed = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS", "You are not allowed to list invitations for this organization")
	ErrInviterGone               = core.NewError(400, "INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION", "Inviter is no longer a member of the organization")

	ErrTeamNotFound               = core.NewError(400, "TEAM_NOT_FOUND", "Team not found")
	ErrInvalidTeamID              = core.NewError(400, "INVALID_TEAM_ID", "Team id contains a reserved character")
	ErrTeamLimit                  = core.NewError(400, "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS", "You have reached the maximum number of teams")
	ErrTeamMemberLimit            = core.NewError(403, "TEAM_MEMBER_LIMIT_REACHED", "Team member limit reached")
	ErrLastTeam                   = core.NewError(400, "UNABLE_TO_REMOVE_LAST_TEAM", "Unable to remove last team")
	ErrCreateTeamNotAllowed       = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_TEAMS_IN_THIS_ORGANIZATION", "You are not allowed to create teams in this organization")
	ErrDeleteTeamsNotAllowed      = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_TEAMS_IN_THIS_ORGANIZATION", "You are not allowed to delete teams in this organization")
	ErrDeleteTeamNotAllowed       = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM", "You are not allowed to delete this team")
	ErrUpdateTeamNotAllowed       = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_TEAM", "You are not allowed to update this team")
	ErrListTeamsNotAllowed        = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION", "You are not allowed to access this organization as an owner")
	ErrNotTeamMember              = core.NewError(400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM", "User is not a member of the team")
	ErrNoActiveTeam               = core.NewError(400, "YOU_DO_NOT_HAVE_AN_ACTIVE_TEAM", "You do not have an active team")
	ErrAddTeamMemberNotAllowed    = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM_MEMBER", "You are not allowed to create a new member")
	ErrRemoveTeamMemberNotAllowed = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_REMOVE_A_TEAM_MEMBER", "You are not allowed to remove a team member")
	ErrTeamsDisabled              = core.NewError(400, "", "Teams are not enabled")

	ErrMissingAccessControl = core.NewError(501, "MISSING_AC_INSTANCE", "Dynamic Access Control requires a pre-defined ac instance on the server auth plugin. Read server logs for more information")
	ErrRoleNeedsOrg         = core.NewError(400, "YOU_MUST_BE_IN_AN_ORGANIZATION_TO_CREATE_A_ROLE", "You must be in an organization to create a role")
	ErrCreateRoleNotAllowed = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE", "You are not allowed to create a role")
	ErrUpdateRoleNotAllowed = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE", "You are not allowed to update a role")
	ErrDeleteRoleNotAllowed = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_A_ROLE", "You are not allowed to delete a role")
	ErrReadRoleNotAllowed   = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_READ_A_ROLE", "You are not allowed to read a role")
	ErrListRolesNotAllowed  = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE", "You are not allowed to list a role")
	ErrTooManyRoles         = core.NewError(400, "TOO_MANY_ROLES", "This organization has too many roles")
	ErrInvalidResource      = core.NewError(400, "INVALID_RESOURCE", "The provided permission includes an invalid resource")
	ErrRoleNameTaken        = core.NewError(400, "ROLE_NAME_IS_ALREADY_TAKEN", "That role name is already taken")
	ErrPredefinedRole       = core.NewError(400, "CANNOT_DELETE_A_PRE_DEFINED_ROLE", "Cannot delete a pre-defined role")
	ErrRoleAssigned         = core.NewError(400, "ROLE_IS_ASSIGNED_TO_MEMBERS", "Cannot delete a role that is assigned to members. Please reassign the members to a different role first")
)

// Answers without a code.
var (
	errNoSession       = core.NewError(401, "", "")
	errNoUser          = core.NewError(401, "", "User not found")
	errUserGone        = core.NewError(400, "", "User not found")
	errBadRequest      = core.NewError(400, "", "")
	errUnauthenticated = core.NewError(401, "", "Not authenticated")
	errNoOrganization  = core.NewError(400, "", "Organization ID is required")
	errNotInList       = core.NewError(403, "", "You are not a member of this organization")
	errEmailFromClient = core.NewError(400, "", "User email cannot be passed for client side API calls.")
	errNoEmail         = core.NewError(400, "", "Missing session headers, or email query parameter.")
	errNotPending      = ErrInvitationNotFound.WithMessage("Invitation not found!")
)

// allErrors are those that have a text, for the manifest.
var allErrors = []*core.Error{
	ErrCreationNotAllowed, ErrOrganizationLimit, ErrOrganizationExists, ErrSlugTaken, ErrOrganizationNotFound,
	ErrUpdateNotAllowed, ErrDeleteNotAllowed, ErrDeletionDisabled, ErrNoActiveOrganization,
	ErrUserNotMember, ErrNotMember, ErrAlreadyMember, ErrMemberNotFound, ErrMembershipLimit, ErrUpdateMemberNotAllowed,
	ErrDeleteMemberNotAllowed, ErrOnlyOwner, ErrWithoutOwner, ErrRoleNotFound, ErrUserNotFound,
	ErrInviteNotAllowed, ErrInviteRoleNotAllowed, ErrAlreadyInvited, ErrInvalidEmail, ErrInvitationLimit,
	ErrInvitationNotFound, ErrNotRecipient, ErrEmailUnverified, ErrEmailUnverifiedForViewing, ErrCancelNotAllowed,
	ErrListInvitationsNotAllowed, ErrInviterGone,
	ErrTeamNotFound, ErrInvalidTeamID, ErrTeamLimit, ErrTeamMemberLimit, ErrLastTeam, ErrCreateTeamNotAllowed,
	ErrDeleteTeamsNotAllowed, ErrDeleteTeamNotAllowed, ErrUpdateTeamNotAllowed, ErrListTeamsNotAllowed, ErrNotTeamMember,
	ErrNoActiveTeam, ErrAddTeamMemberNotAllowed, ErrRemoveTeamMemberNotAllowed, ErrTeamsDisabled,
	ErrMissingAccessControl, ErrRoleNeedsOrg, ErrCreateRoleNotAllowed, ErrUpdateRoleNotAllowed, ErrDeleteRoleNotAllowed,
	ErrReadRoleNotAllowed, ErrListRolesNotAllowed, ErrTooManyRoles, ErrInvalidResource, ErrRoleNameTaken, ErrPredefinedRole,
	ErrRoleAssigned,
}

// withStatus returns a copy of an error with another status.
func withStatus(e *core.Error, status int) *core.Error {
	c := *e
	c.Status = status
	return &c
}
