package core

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/model"
)

// UserFunc is a callback of the app's about a user. An [*Error] is the answer to the client; any other error is a 500.
type UserFunc func(ctx context.Context, x *Exchange, u *model.User) error

// EmailVerificationConfig says how people prove that they read mail at their address.
type EmailVerificationConfig struct {
	// Send sends the link. Without it nothing is verified and /send-verification-email answers 400.
	Send MailFunc
	// SendOnSignUp sends a link to everybody who signs up. The default is to do so where the way of signing up requires a
	// verified address (emailpassword.Options.RequireEmailVerification).
	SendOnSignUp Switch
	// SendOnSignIn sends a link to those who sign in with the right password but have to verify their address first.
	SendOnSignIn bool
	// AutoSignIn signs in whoever follows a link. The default is that a link verifies and no more.
	AutoSignIn bool
	// ExpiresIn is how long links are good. The default is one hour.
	ExpiresIn time.Duration
	// Before is called before an address is marked as verified, After when it is. After is also called when a verified user
	// has changed to another address.
	Before, After UserFunc
}

// UserConfig says what people may do with their own user.
type UserConfig struct {
	ChangeEmail ChangeEmailConfig
	DeleteUser  DeleteUserConfig
	// Validate is asked before a user is made of what a provider says or a form has, and before a provider's account is
	// linked or signs in. The default lets everybody pass.
	Validate ValidateUserFunc
}

// ChangeEmailConfig is about /change-email.
type ChangeEmailConfig struct {
	// Enabled turns the endpoint on. It needs EmailVerification.Send as well, or UpdateWithoutVerification.
	Enabled bool
	// SendConfirmation asks at the old address, if that is verified, before anything is sent to the new one. The default is
	// that the session is enough.
	SendConfirmation MailFunc
	// UpdateWithoutVerification changes the address at once for users whose present one is not verified. The default is that
	// they have to follow a link sent to the new one.
	UpdateWithoutVerification bool
}

// DeleteUserConfig is about /delete-user.
type DeleteUserConfig struct {
	// Enabled turns the endpoint on.
	Enabled bool
	// SendVerification sends a link, and only that deletes. The default is that the password or a fresh session does.
	SendVerification MailFunc
	// TokenExpiresIn is how long the link is good. The default is 24 hours.
	TokenExpiresIn time.Duration
	// Before is called before anything is deleted; an error of it keeps the user. Of requests at the same time several may get
	// that far. After is called once the user is gone.
	Before, After UserFunc
}

// call calls the function if there is one.
func (f UserFunc) call(ctx context.Context, x *Exchange, u *model.User) error {
	if f == nil {
		return nil
	}
	return f(ctx, x, u)
}
