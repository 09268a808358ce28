package twofactor

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
)

// Options says how the plugin behaves. The zero value offers authenticator apps and backup codes.
type Options struct {
	// Issuer is what an authenticator app shows beside the address. The default is core.Config.AppName.
	Issuer string
	// Require says which first factors are followed by the second; method is core.SignIn's: "email", "magic-link", "google".
	// The default is all but "passkey", which is two factors in one; in Exact "email", "username" and "phone-number".
	Require func(method string) bool
	// Mandatory says who has to have a second factor. With a session but without a second factor they can do no more than
	// set one up, read their session and sign out: other endpoints answer 403. Routes of the app ask Plugin.RequireEnrolled.
	// The default is nobody.
	Mandatory func(ctx context.Context, u *model.User) (bool, error)
	// ChallengeURL is where a browser is sent that came by a link, such as that in a mail or back from a provider, and has to
	// show a second factor: the page that asks for it. It gets the methods as a query parameter, twoFactorMethods=totp,otp.
	// The default is to answer such a request, like all others, with JSON.
	ChallengeURL string

	TOTP        TOTPOptions
	OTP         OTPOptions
	BackupCodes BackupCodeOptions
	Lockout     LockoutOptions

	// SkipVerificationOnEnable turns the authenticator app on before it has shown a code. The default is to wait for one.
	SkipVerificationOnEnable bool
	// AllowPasswordless lets users who have no password set up and change their second factor. They need a fresh session
	// instead; in Exact any session will do. The default is that everybody needs the password.
	AllowPasswordless bool
	// ChallengeMaxAge is how long a sign-in may wait for the second factor. The default is 10 minutes.
	ChallengeMaxAge time.Duration
	// TrustDeviceMaxAge is how long a device that the user trusts needs no second factor, since it was last used. The
	// default is 30 days.
	TrustDeviceMaxAge time.Duration
}

// TOTPOptions is about codes from authenticator apps (RFC 6238, HMAC-SHA-1).
type TOTPOptions struct {
	// Disabled takes the method away; its endpoints answer 400.
	Disabled bool
	// Digits is the length of a code, 6 or 8. The default is 6.
	Digits int
	// Period is how long each code is shown, in whole seconds. The default is 30 seconds.
	Period time.Duration
	// AllowPasswordless takes the place of Options.AllowPasswordless for GetTOTPURI.
	AllowPasswordless core.Switch
}

// OTPOptions is about codes that the app sends, by mail or to a telephone.
type OTPOptions struct {
	// Send sends a code. Without it the method is off.
	Send func(ctx context.Context, m Message) error
	// Digits is the length of a code. The default is 6.
	Digits int
	// Period is how long a code is good. The default is 3 minutes.
	Period time.Duration
	// AllowedAttempts is how many guesses a code survives. The default is 5.
	AllowedAttempts int
	// Storage is the form in which codes are stored. The default is Plain.
	Storage Storage
}

// Message is a code for one person. It is sent in the background, like a core.Mail.
type Message struct {
	// User is who is to get it, at the address or number that is stored for them.
	User *model.User
	// Code is the secret: it belongs into the message and nowhere else.
	Code string
	// Request is a copy of the request that asked for it, without its body, or nil in process.
	Request *http.Request
}

// BackupCodeOptions is about the codes that a user keeps for the day on which the device is lost.
type BackupCodeOptions struct {
	// Amount is how many there are. The default is 10.
	Amount int
	// Length is how many letters and digits each has, with a hyphen after the fifth. The default is 10.
	Length int
	// Generate makes the codes in place of both. They have to be as hard to guess.
	Generate func() []string
	// Storage is the form in which they are stored. The default is Encrypted.
	Storage Storage
	// AllowPasswordless takes the place of Options.AllowPasswordless for GenerateBackupCodes.
	AllowPasswordless core.Switch
}

// LockoutOptions is about users whose second factor somebody guesses at: sign-ins that got that far know the first.
type LockoutOptions struct {
	// Disabled never locks.
	Disabled bool
	// MaxFailedAttempts is how many wrong codes in a row, of whatever kind and in however many sign-ins, lock the second
	// factor. The default is 10.
	MaxFailedAttempts int
	// Duration is for how long. The default is 15 minutes.
	Duration time.Duration
}

// challengeAttempts is how many guesses one sign-in has (formats.md §9.3).
const challengeAttempts = 5

func (o Options) withDefaults() Options {
	o.ChallengeMaxAge = orDuration(o.ChallengeMaxAge, 10*time.Minute)
	o.TrustDeviceMaxAge = orDuration(o.TrustDeviceMaxAge, 30*24*time.Hour)
	o.TOTP.Digits = orInt(o.TOTP.Digits, 6)
	o.TOTP.Period = orDuration(o.TOTP.Period, 30*time.Second)
	o.OTP.Digits = orInt(o.OTP.Digits, 6)
	o.OTP.Period = orDuration(o.OTP.Period, 3*time.Minute)
	o.OTP.AllowedAttempts = orInt(o.OTP.AllowedAttempts, 5)
	o.OTP.Storage = o.OTP.Storage.orForm(Plain)
	o.BackupCodes.Amount = orInt(o.BackupCodes.Amount, 10)
	o.BackupCodes.Length = orInt(o.BackupCodes.Length, 10)
	o.BackupCodes.Storage = o.BackupCodes.Storage.orForm(Encrypted)
	o.Lockout.MaxFailedAttempts = orInt(o.Lockout.MaxFailedAttempts, 10)
	o.Lockout.Duration = orDuration(o.Lockout.Duration, 15*time.Minute)
	return o
}

func orInt(v, fallback int) int {
	if v == 0 {
		return fallback
	}
	return v
}

func orDuration(v, fallback time.Duration) time.Duration {
	if v == 0 {
		return fallback
	}
	return v
}

func (o *Options) validate() error {
	var problems []error
	if o.TOTP.Digits != 6 && o.TOTP.Digits != 8 {
		problems = append(problems, errors.New("Options.TOTP.Digits is neither 6 nor 8"))
	}
	if o.TOTP.Period < time.Second || o.TOTP.Period%time.Second != 0 {
		problems = append(problems, errors.New("Options.TOTP.Period is no whole number of seconds"))
	}
	if o.OTP.Digits < 0 || o.BackupCodes.Amount < 0 || o.BackupCodes.Length < 0 {
		problems = append(problems, errors.New("Options: a code with a negative length, or a negative number of codes"))
	}
	problems = append(problems, o.OTP.Storage.validate("Options.OTP.Storage"), o.BackupCodes.Storage.validate("Options.BackupCodes.Storage"))
	return errors.Join(problems...)
}

// passwordless reports whether an endpoint does without a password for those who have none.
func (o *Options) passwordless(own core.Switch) bool {
	if own == core.Default {
		return o.AllowPasswordless
	}
	return own == core.On
}
