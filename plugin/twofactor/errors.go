package twofactor

import "github.com/cardea-auth/cardea/core"

// The plugin's errors, with the codes and texts of the contract.
var (
	ErrOTPNotConfigured      = core.NewError(400, "OTP_NOT_CONFIGURED", "OTP is not available")
	ErrOTPExpired            = core.NewError(400, "OTP_HAS_EXPIRED", "OTP has expired")
	ErrTOTPNotConfigured     = core.NewError(400, "TOTP_NOT_CONFIGURED", "TOTP is not available")
	ErrTOTPNotEnabled        = core.NewError(400, "TOTP_NOT_ENABLED", "TOTP not enabled")
	ErrTOTPEnabled           = core.NewError(400, "TOTP_ALREADY_ENABLED", "TOTP is already enabled")
	ErrNotEnabled            = core.NewError(400, "TWO_FACTOR_NOT_ENABLED", "Two factor isn't enabled")
	ErrBackupCodesNotEnabled = core.NewError(400, "BACKUP_CODES_NOT_ENABLED", "Backup codes aren't enabled")
	ErrInvalidBackupCode     = core.NewError(401, "INVALID_BACKUP_CODE", "Invalid backup code")
	ErrInvalidCode           = core.NewError(401, "INVALID_CODE", "Invalid code")
	ErrTooManyAttempts       = core.NewError(400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE", "Too many attempts. Please request a new code.")
	ErrLocked                = core.NewError(429, "ACCOUNT_TEMPORARILY_LOCKED",
		"Too many failed verification attempts. Your account is temporarily locked. Please try again later.")
	ErrInvalidChallenge = core.NewError(401, "INVALID_TWO_FACTOR_COOKIE", "Invalid two factor cookie")
	ErrInvalidPassword  = core.NewError(400, "INVALID_PASSWORD", "Invalid password")
	// ErrBackupCodeConflict answers a code that is right, when another request has used one of the same user's at the
	// same time: the client tries again.
	ErrBackupCodeConflict = core.NewError(409, "FAILED_TO_VERIFY_BACKUP_CODE_PLEASE_TRY_AGAIN", "Failed to verify backup code. Please try again.")
)

// ErrEnrolmentRequired answers users who have to set up a second factor first (Options.Mandatory).
var ErrEnrolmentRequired = core.NewError(403, "TWO_FACTOR_ENROLMENT_REQUIRED", "Set up two-factor authentication to go on")

// The same codes with the texts that upstream has at the endpoints of a factor that is off.
var (
	errOTPOff    = ErrOTPNotConfigured.WithMessage("otp isn't configured")
	errTOTPOff   = ErrTOTPNotConfigured.WithMessage("totp isn't configured")
	errNoSession = core.NewError(500, core.ErrFailedToCreateSession.Code, "failed to create session")
)

// Enrolled says that a user has begun to use a second factor. Method is "totp" or "otp".
type Enrolled struct {
	UserID string
	Method string
}

// EventName returns "two-factor-enrolled".
func (Enrolled) EventName() string { return "two-factor-enrolled" }

// Disabled says that a user has stopped using a second factor.
type Disabled struct{ UserID string }

// EventName returns "two-factor-disabled".
func (Disabled) EventName() string { return "two-factor-disabled" }
