package admin

// The plugin's events. By is the id of the admin.
type (
	// UserBanned says that a user was banned.
	UserBanned struct{ UserID, By string }
	// UserUnbanned says that an admin has lifted a ban. One that runs out has no event.
	UserUnbanned struct{ UserID, By string }
	// RoleChanged says that a user has other roles.
	RoleChanged struct{ UserID, By string }
	// Impersonated says that an admin has got a session of another user.
	Impersonated struct{ UserID, By, SessionID string }
	// ImpersonationEnded says that they have gone back to their own.
	ImpersonationEnded struct{ UserID, By, SessionID string }
)

// EventName returns "user-banned".
func (UserBanned) EventName() string { return "user-banned" }

// EventName returns "user-unbanned".
func (UserUnbanned) EventName() string { return "user-unbanned" }

// EventName returns "role-changed".
func (RoleChanged) EventName() string { return "role-changed" }

// EventName returns "impersonated".
func (Impersonated) EventName() string { return "impersonated" }

// EventName returns "impersonation-ended".
func (ImpersonationEnded) EventName() string { return "impersonation-ended" }
