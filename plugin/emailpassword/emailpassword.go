// Package emailpassword lets people sign up and in with an email address and a password.
//
//	pw := emailpassword.New(emailpassword.Options{})
//	auth, err := core.New(core.Config{…, Plugins: []core.Plugin{pw}})
//
//	out, err := pw.SignIn.Call(ctx, auth, emailpassword.SignInInput{Email: email, Password: password})
//
// Passwords are hashed as Config.Password says, by default as better-auth does. Whether an address has an account shows
// neither in the answers to sign-ins nor in their timing.
package emailpassword

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/password"
)

// Plugin serves the endpoints. Its fields are also the server-side API.
type Plugin struct {
	// SignUp is POST /sign-up/email.
	SignUp *core.Endpoint[SignUpInput, SignUpOutput]
	// SignIn is POST /sign-in/email.
	SignIn *core.Endpoint[SignInInput, SignInOutput]
	// ChangePassword is POST /change-password.
	ChangePassword *core.Endpoint[ChangePasswordInput, ChangePasswordOutput]
	// VerifyPassword is POST /verify-password.
	VerifyPassword *core.Endpoint[VerifyPasswordInput, core.StatusOutput]
	// RequestPasswordReset is POST /request-password-reset.
	RequestPasswordReset *core.Endpoint[RequestPasswordResetInput, RequestPasswordResetOutput]
	// PasswordResetCallback is GET /reset-password/:token, where the link in the mail leads.
	PasswordResetCallback *core.Endpoint[PasswordResetCallbackInput, core.None]
	// ResetPassword is POST /reset-password.
	ResetPassword *core.Endpoint[ResetPasswordInput, core.StatusOutput]
	// SetPassword is called in process only.
	SetPassword *core.Endpoint[SetPasswordInput, core.StatusOutput]

	opts Options
}

// New makes the plugin.
func New(o Options) *Plugin {
	p := &Plugin{opts: o.withDefaults()}
	p.SignUp = core.Define(core.Spec{
		ID: "signUpEmail", Method: "POST", Path: "/sign-up/email", Access: core.Public, Form: true, Login: true,
		Summary: "Sign up with an email address and a password.",
	}, p.signUp)
	p.SignIn = core.Define(core.Spec{
		ID: "signInEmail", Method: "POST", Path: "/sign-in/email", Access: core.Public, Form: true, Login: true,
		Summary: "Sign in with an email address and a password.",
	}, p.signIn)
	p.ChangePassword = core.Define(core.Spec{
		ID: "changePassword", Method: "POST", Path: "/change-password", Access: core.StoredSession, RenewCache: true,
		Summary: "Change the caller's password.",
	}, p.changePassword)
	p.VerifyPassword = core.Define(core.Spec{
		ID: "verifyPassword", Method: "POST", Path: "/verify-password", Access: core.StoredSession, RenewCache: true,
		Summary: "Check the caller's password.",
	}, p.verifyPassword)
	p.RequestPasswordReset = core.Define(core.Spec{
		ID: "requestPasswordReset", Method: "POST", Path: "/request-password-reset", Access: core.Public,
		Summary: "Send a link to replace a forgotten password.",
	}, p.requestPasswordReset)
	p.PasswordResetCallback = core.Define(core.Spec{
		ID: "requestPasswordResetCallback", Method: "GET", Path: "/reset-password/:token", Access: core.Public,
		Summary: "Lead from the mail to the app's page for a new password.",
	}, p.passwordResetCallback)
	p.ResetPassword = core.Define(core.Spec{
		ID: "resetPassword", Method: "POST", Path: "/reset-password", Access: core.Public,
		Summary: "Replace a forgotten password.",
	}, p.resetPassword)
	p.SetPassword = core.Define(core.Spec{
		ID: "setPassword", Access: core.ServerOnly, RenewCache: true,
		Summary: "Give the caller, who signed in without one, a password.",
	}, p.setPassword)
	return p
}

// Manifest describes the plugin.
func (p *Plugin) Manifest() core.Manifest {
	return core.Manifest{
		ID: "email-password",
		Endpoints: []core.AnyEndpoint{
			p.SignUp, p.SignIn, p.ChangePassword, p.VerifyPassword, p.SetPassword,
			p.RequestPasswordReset, p.PasswordResetCallback, p.ResetPassword,
		},
		CheckPassword:    p.checkPassword,
		CheckNewPassword: func(_ context.Context, _ *core.Exchange, pw string) error { return p.checkNew(pw) },
		Errors: []*core.Error{ErrResetDisabled, ErrInvalidToken, ErrUserNotFound, core.ErrEmailNotVerified, ErrDisabled, ErrSignUpDisabled, ErrInvalidEmail, ErrInvalidPassword, ErrInvalidEmailOrPassword,
			ErrPasswordTooShort, ErrPasswordTooLong, ErrNoPassword, ErrPasswordSet, core.ErrUserExists, core.ErrFailedToCreateUser},
	}
}

var _ core.Plugin = (*Plugin)(nil)

// The plugin's errors, with the codes and texts of the contract.
var (
	ErrDisabled               = core.NewError(400, "EMAIL_PASSWORD_DISABLED", "Email and password is not enabled")
	ErrSignUpDisabled         = core.NewError(400, "EMAIL_PASSWORD_SIGN_UP_DISABLED", "Email and password sign up is not enabled")
	ErrInvalidEmail           = core.NewError(400, "INVALID_EMAIL", "Invalid email")
	ErrInvalidPassword        = core.NewError(400, "INVALID_PASSWORD", "Invalid password")
	ErrInvalidEmailOrPassword = core.NewError(401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password")
	ErrPasswordTooShort       = core.ErrPasswordTooShort
	ErrPasswordTooLong        = core.ErrPasswordTooLong
	ErrNoPassword             = core.ErrNoPasswordAccount
	ErrPasswordSet            = core.NewError(400, "PASSWORD_ALREADY_SET", "User already has a password set")
	ErrResetDisabled          = core.NewError(400, "RESET_PASSWORD_DISABLED", "Reset password isn't enabled")
	ErrInvalidToken           = core.NewError(400, "INVALID_TOKEN", "Invalid token")
	ErrUserNotFound           = core.NewError(400, "USER_NOT_FOUND", "User not found")
)

// checkNew refuses a new password that is too short or too long.
func (p *Plugin) checkNew(pw string) error {
	switch n := password.UTF16Len(pw); {
	case n < p.opts.MinPasswordLength:
		return ErrPasswordTooShort
	case n > p.opts.MaxPasswordLength:
		return ErrPasswordTooLong
	}
	return nil
}

// checkLength refuses what cannot be anybody's password, before it costs a hash.
func (p *Plugin) checkLength(pw string) error {
	if password.UTF16Len(pw) > p.opts.MaxPasswordLength {
		return ErrPasswordTooLong
	}
	return nil
}

// busy translates what the hasher says when all its slots stay taken, or when its hash cannot take all of a password.
func busy(err error) error {
	switch {
	case errors.Is(err, password.ErrBusy):
		return core.ErrBusy.Wrap(err)
	case errors.Is(err, password.ErrTooLong):
		return ErrPasswordTooLong.Wrap(err)
	}
	return err
}
