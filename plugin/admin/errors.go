package admin

import (
	"errors"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
)

// The plugin's errors, with the codes and texts of the contract.
var (
	ErrMayNotCreateUsers      = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS", "You are not allowed to create users")
	ErrMayNotGetUser          = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_GET_USER", "You are not allowed to get user")
	ErrMayNotListUsers        = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS", "You are not allowed to list users")
	ErrMayNotUpdateUsers      = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS", "You are not allowed to update users")
	ErrMayNotDeleteUsers      = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS", "You are not allowed to delete users")
	ErrMayNotSetRole          = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE", "You are not allowed to change users role")
	ErrMayNotSetPassword      = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD", "You are not allowed to set users password")
	ErrMayNotSetEmail         = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL", "You are not allowed to update users email")
	ErrMayNotSetPhone         = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PHONE_NUMBER", "You are not allowed to update users phone number")
	ErrMayNotBanUsers         = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS", "You are not allowed to ban users")
	ErrMayNotImpersonate      = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS", "You are not allowed to impersonate users")
	ErrMayNotImpersonateAdmin = core.NewError(403, "YOU_CANNOT_IMPERSONATE_ADMINS", "You cannot impersonate admins")
	ErrMayNotListSessions     = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS", "You are not allowed to list users sessions")
	ErrMayNotRevokeSessions   = core.NewError(403, "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS", "You are not allowed to revoke users sessions")
	// ErrNotAllowed is what [Plugin.Require] answers. The contract has none for it.
	ErrNotAllowed = core.NewError(403, "FORBIDDEN", "You are not allowed to do this")

	ErrBanned           = core.NewError(403, "BANNED_USER", "You have been banned from this application. Please contact support if you believe this is an error.")
	ErrBanSelf          = core.NewError(400, "YOU_CANNOT_BAN_YOURSELF", "You cannot ban yourself")
	ErrRemoveSelf       = core.NewError(400, "YOU_CANNOT_REMOVE_YOURSELF", "You cannot remove yourself")
	ErrUserNotFound     = core.NewError(404, "USER_NOT_FOUND", "User not found")
	ErrUserExists       = core.NewError(400, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", "User already exists. Use another email.")
	ErrInvalidEmail     = core.NewError(400, "INVALID_EMAIL", "Invalid email")
	ErrNoData           = core.NewError(400, "NO_DATA_TO_UPDATE", "No data to update")
	ErrUnknownRole      = core.NewError(400, "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE", "You are not allowed to set a non-existent role value")
	ErrInvalidRoleType  = core.NewError(400, "INVALID_ROLE_TYPE", "Invalid role type")
	ErrPasswordInUpdate = core.NewError(400, "PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER", "Password cannot be updated through update-user. Use the set-user-password endpoint instead")
	ErrIDInUpdate       = core.NewError(400, "USER_ID_CANNOT_BE_UPDATED", "User id cannot be updated")

	// The contract has no codes for these, and for the first no text.
	errNoSession         = core.NewError(401, "", "").Wrap(core.ErrUnauthorized)
	errNotImpersonating  = core.NewError(400, "", "You are not impersonating anyone")
	errNoAdmin           = core.NewError(500, "", "Failed to find user")
	errNoAdminSession    = core.NewError(500, "", "Failed to find admin session")
	errNoPermissions     = core.NewError(400, "", "invalid permission check. no permission(s) were passed.")
	errUserOrRole        = core.NewError(400, "", "user id or role is required")
	errNobody            = core.NewError(400, "", "user not found")
	errSessionNotCreated = core.NewError(500, "FAILED_TO_CREATE_USER", "Failed to create user")
)

func allErrors() []*core.Error {
	return []*core.Error{
		ErrMayNotCreateUsers, ErrMayNotGetUser, ErrMayNotListUsers, ErrMayNotUpdateUsers, ErrMayNotDeleteUsers, ErrMayNotSetRole,
		ErrMayNotSetPassword, ErrMayNotSetEmail, ErrMayNotSetPhone, ErrMayNotBanUsers, ErrMayNotImpersonate,
		ErrMayNotImpersonateAdmin, ErrMayNotListSessions, ErrMayNotRevokeSessions, ErrNotAllowed, ErrBanned, ErrBanSelf,
		ErrRemoveSelf, ErrUserNotFound, ErrUserExists, ErrInvalidEmail, ErrNoData, ErrUnknownRole, ErrInvalidRoleType,
		ErrPasswordInUpdate, ErrIDInUpdate, core.ErrPasswordTooShort, core.ErrPasswordTooLong,
	}
}

// orNotFound translates what the store says of a user who is not there.
func orNotFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrUserNotFound
	}
	return err
}

// orUnauthorized is orNotFound for the caller.
func orUnauthorized(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return core.ErrUnauthorized
	}
	return err
}
