// Package twofactor asks for a second factor at sign-in: a code from an authenticator app, a code that is sent, or a
// backup code.
//
//	second := twofactor.New(twofactor.Options{Issuer: "Acme"})
//	auth, err := core.New(core.Config{…, Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{}), second}})
//
// A user enrols with Enable and VerifyTOTP. From then on a sign-in with a first factor ends in a *core.Challenge, which
// makes no session; VerifyTOTP, VerifyOTP or VerifyBackupCode completes it. Who needs one factor only, such as a service
// behind a firewall, does not need this package.
//
// Secrets, codes, challenges and trusted devices are stored as better-auth stores them (formats.md §9).
package twofactor

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/ratelimit"
)

// Plugin serves the endpoints. Its fields are also the server-side API.
type Plugin struct {
	// Enable is POST /two-factor/enable: it begins the enrolment of an authenticator app, or turns codes that are sent on.
	Enable *core.Endpoint[EnableInput, EnableOutput]
	// Disable is POST /two-factor/disable.
	Disable *core.Endpoint[DisableInput, core.StatusOutput]
	// GetTOTPURI is POST /two-factor/get-totp-uri: what an authenticator app scans, once more.
	GetTOTPURI *core.Endpoint[GetTOTPURIInput, GetTOTPURIOutput]
	// VerifyTOTP is POST /two-factor/verify-totp: it ends the enrolment, or completes a sign-in.
	VerifyTOTP *core.Endpoint[VerifyInput, VerifyOutput]
	// SendOTP is POST /two-factor/send-otp.
	SendOTP *core.Endpoint[SendOTPInput, core.StatusOutput]
	// VerifyOTP is POST /two-factor/verify-otp: it completes a sign-in with a code that was sent.
	VerifyOTP *core.Endpoint[VerifyInput, VerifyOutput]
	// VerifyBackupCode is POST /two-factor/verify-backup-code.
	VerifyBackupCode *core.Endpoint[VerifyBackupCodeInput, VerifyOutput]
	// GenerateBackupCodes is POST /two-factor/generate-backup-codes: new codes in the place of the old ones.
	GenerateBackupCodes *core.Endpoint[GenerateBackupCodesInput, BackupCodesOutput]
	// GenerateTOTP is called in process only: the code of this moment.
	GenerateTOTP *core.Endpoint[GenerateTOTPInput, GenerateTOTPOutput]
	// ViewBackupCodes is called in process only: the codes that a user has left.
	ViewBackupCodes *core.Endpoint[ViewBackupCodesInput, BackupCodesOutput]

	opts Options
}

// New makes the plugin. What is wrong with the options is an error of core.New.
func New(o Options) *Plugin {
	p := &Plugin{opts: o.withDefaults()}
	p.Enable = core.Define(core.Spec{
		ID: "enableTwoFactor", Method: "POST", Path: "/two-factor/enable", Access: core.StoredSession, RenewCache: true,
		Summary: "Begin to use a second factor.",
	}, p.enable)
	p.Disable = core.Define(core.Spec{
		ID: "disableTwoFactor", Method: "POST", Path: "/two-factor/disable", Access: core.StoredSession, RenewCache: true,
		Summary: "Stop using a second factor.",
	}, p.disable)
	p.GetTOTPURI = core.Define(core.Spec{
		ID: "getTOTPURI", Method: "POST", Path: "/two-factor/get-totp-uri", Access: core.StoredSession,
		Summary: "Show what an authenticator app scans.",
	}, p.getTOTPURI)
	p.VerifyTOTP = core.Define(core.Spec{
		ID: "verifyTOTP", Method: "POST", Path: "/two-factor/verify-totp", Access: core.Public,
		Summary: "Check a code from an authenticator app.",
	}, p.verifyTOTP)
	p.SendOTP = core.Define(core.Spec{
		ID: "sendTwoFactorOTP", Method: "POST", Path: "/two-factor/send-otp", Access: core.Public,
		Summary: "Send a code.",
	}, p.sendOTP)
	p.VerifyOTP = core.Define(core.Spec{
		ID: "verifyTwoFactorOTP", Method: "POST", Path: "/two-factor/verify-otp", Access: core.Public,
		Summary: "Check a code that was sent.",
	}, p.verifyOTP)
	p.VerifyBackupCode = core.Define(core.Spec{
		ID: "verifyBackupCode", Method: "POST", Path: "/two-factor/verify-backup-code", Access: core.Public,
		Summary: "Use up a backup code.",
	}, p.verifyBackupCode)
	p.GenerateBackupCodes = core.Define(core.Spec{
		ID: "generateBackupCodes", Method: "POST", Path: "/two-factor/generate-backup-codes", Access: core.StoredSession,
		Summary: "Make new backup codes in the place of the old ones.",
	}, p.generateBackupCodes)
	p.GenerateTOTP = core.Define(core.Spec{
		ID: "generateTOTP", Access: core.ServerOnly, Summary: "Make the code of this moment.",
	}, p.generateTOTP)
	p.ViewBackupCodes = core.Define(core.Spec{
		ID: "viewBackupCodes", Access: core.ServerOnly, Summary: "Show the backup codes that a user has left.",
	}, p.viewBackupCodes)
	return p
}

// Manifest describes the plugin.
func (p *Plugin) Manifest() core.Manifest {
	return core.Manifest{
		ID: "two-factor",
		Endpoints: []core.AnyEndpoint{
			p.GenerateTOTP, p.GetTOTPURI, p.VerifyTOTP, p.SendOTP, p.VerifyOTP, p.VerifyBackupCode, p.GenerateBackupCodes,
			p.ViewBackupCodes, p.Enable, p.Disable,
		},
		Hooks:             p.hooks(),
		SignIn:            []core.SignInStep{{Name: "second factor", Check: p.intercept}},
		Schema:            extensions(),
		RateLimits:        []ratelimit.PathRule{{Rule: ratelimit.Rule{Window: 10 * time.Second, Max: 3}, Prefixes: []string{"/two-factor/"}}},
		UserVerifications: []string{trustPrefix, challengePrefix},
		Errors: []*core.Error{
			ErrOTPNotConfigured, ErrOTPExpired, ErrTOTPNotEnabled, ErrTOTPEnabled, ErrTOTPNotConfigured, ErrNotEnabled,
			ErrBackupCodesNotEnabled, ErrInvalidBackupCode, ErrInvalidCode, ErrTooManyAttempts, ErrLocked, ErrInvalidChallenge,
			ErrInvalidPassword, ErrBackupCodeConflict, ErrEnrolmentRequired,
		},
		Init: func(context.Context, *core.Auth) error { return p.opts.validate() },
	}
}

var _ core.Plugin = (*Plugin)(nil)
