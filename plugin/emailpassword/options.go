package emailpassword

import (
	"context"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
)

// Options says how the plugin behaves. The zero value is usable.
type Options struct {
	// Disabled answers sign-up and sign-in with 400, as upstream does for an app that uses other methods only.
	Disabled bool
	// DisableSignUp answers sign-up with 400: only existing users get in.
	DisableSignUp bool
	// DisableAutoSignIn makes sign-up answer without a session, and alike for an address that is taken already.
	DisableAutoSignIn bool
	// MinPasswordLength is the shortest password accepted at sign-up, in UTF-16 units as JavaScript counts. The default
	// is 8.
	MinPasswordLength int
	// MaxPasswordLength is the longest password accepted anywhere, in UTF-16 units. The default is 128.
	MaxPasswordLength int

	// RequireEmailVerification lets only those sign in who have proved to read mail at their address
	// (core.Config.EmailVerification). Sign-up then answers without a session, alike for an address that is taken, and
	// sends the link.
	RequireEmailVerification bool
	// SendResetPassword sends the link by which a forgotten password is replaced. Without it /request-password-reset
	// answers 400.
	SendResetPassword core.MailFunc
	// ResetTokenExpiresIn is how long that link is good. The default is one hour.
	ResetTokenExpiresIn time.Duration
	// RevokeSessionsOnPasswordReset ends all sessions of a user whose password was reset. The default is on, in Exact off.
	RevokeSessionsOnPasswordReset core.Switch
	// OnPasswordReset is called when a password was reset. An error of it is the answer; the new password stays.
	OnPasswordReset core.UserFunc
	// OnExistingUserSignUp is told, in the background, that somebody has tried to sign up with the address of a user, and was
	// answered as if it were free. It may send that user a message.
	OnExistingUserSignUp func(ctx context.Context, attempt SignUpAttempt) error
	// CustomSyntheticUser changes the made-up user that is the answer to a sign-up with an address that is taken, so that it
	// looks like a new one where hooks of the app's change those. Id, core's columns and those of the request are set.
	CustomSyntheticUser func(u model.User) model.User
}

// SignUpAttempt is a sign-up with an address that is taken.
type SignUpAttempt struct {
	// User is whose address it is.
	User *model.User
	// Request is a copy of the request without its body, or nil in process.
	Request *http.Request
}

func (o Options) withDefaults() Options {
	if o.MinPasswordLength == 0 {
		o.MinPasswordLength = 8
	}
	if o.MaxPasswordLength == 0 {
		o.MaxPasswordLength = 128
	}
	if o.ResetTokenExpiresIn == 0 {
		o.ResetTokenExpiresIn = time.Hour
	}
	return o
}

// quiet reports whether sign-up makes no session, and so need not tell a taken address from a free one.
func (o *Options) quiet() bool { return o.DisableAutoSignIn || o.RequireEmailVerification }
