package twofactor

import (
	"context"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/store"
)

// EnableInput is the body of POST /two-factor/enable.
type EnableInput struct {
	PasswordInput
	// Method is "totp" for an authenticator app or "otp" for codes that are sent.
	Method string `json:"method" check:"oneof=otp totp" default:"totp"`
	// Issuer is what the authenticator app shows. The default is Options.Issuer.
	Issuer *string `json:"issuer"`
}

// EnableOutput is the answer of POST /two-factor/enable. Of the method "otp" there is nothing to show.
type EnableOutput struct {
	Method string `json:"method"`
	// TOTPURI is what the app scans as a QR code, and BackupCodes are for the user to keep. Neither is shown again.
	TOTPURI     string   `json:"totpURI,omitempty"`
	BackupCodes []string `json:"backupCodes,omitempty"`
}

// The methods, as in EnableInput and in a Challenge.
const (
	methodTOTP = "totp"
	methodOTP  = "otp"
)

func (p *Plugin) enable(ctx context.Context, x *core.Exchange, in EnableInput) (EnableOutput, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return EnableOutput{}, err
	}
	if err := reauthenticate(ctx, x, s, &in.PasswordInput, p.opts.AllowPasswordless); err != nil {
		return EnableOutput{}, err
	}
	if in.Method == methodOTP {
		return EnableOutput{Method: methodOTP}, p.enableOTP(ctx, x, s)
	}
	return p.enableTOTP(ctx, x, s, in.Issuer)
}

func (p *Plugin) enableOTP(ctx context.Context, x *core.Exchange, s *core.ActiveSession) error {
	if p.opts.OTP.Send == nil {
		return ErrOTPNotConfigured
	}
	return x.Auth().Store().InTx(ctx, func(ctx context.Context) error {
		_, _, err := turnOn(ctx, x, s, methodOTP)
		return err
	})
}

// turnOn marks the user as one who has a second factor, and gives the client a new session in the place of the one that
// was made without.
func turnOn(ctx context.Context, x *core.Exchange, s *core.ActiveSession, method string) (*model.User, *model.Session, error) {
	user, err := setEnabled(ctx, x.Auth(), s.User.ID, true)
	if err != nil {
		return nil, nil, err
	}
	session, err := replaceSession(ctx, x, s, user)
	x.Emit(ctx, Enrolled{UserID: user.ID, Method: method})
	return user, session, err
}

func replaceSession(ctx context.Context, x *core.Exchange, s *core.ActiveSession, user *model.User) (*model.Session, error) {
	session, err := x.RenewSession(ctx, &core.ActiveSession{Session: s.Session, User: user})
	if err != nil {
		return nil, err
	}
	return session, x.Auth().DeleteSession(ctx, s.Session.Token)
}

func (p *Plugin) enableTOTP(ctx context.Context, x *core.Exchange, s *core.ActiveSession, issuer *string) (EnableOutput, error) {
	if p.opts.TOTP.Disabled {
		return EnableOutput{}, ErrTOTPNotConfigured
	}
	codes, stored, err := p.makeBackupCodes(ctx, x.Auth().Keys())
	if err != nil {
		return EnableOutput{}, err
	}
	key := secret.String(32)
	row := factor{Secret: x.Auth().Keys().Encrypt(key), BackupCodes: stored, UserID: s.User.ID, Verified: &p.opts.SkipVerificationOnEnable, Failed: new(int64)}
	err = x.Auth().Store().InTx(ctx, func(ctx context.Context) error {
		if err := p.putSecret(ctx, x.Auth(), row); err != nil || !p.opts.SkipVerificationOnEnable {
			return err
		}
		_, _, err := turnOn(ctx, x, s, methodTOTP)
		return err
	})
	if err != nil {
		return EnableOutput{}, err
	}
	name := p.issuer(x.Auth())
	if issuer != nil && *issuer != "" {
		name = *issuer
	}
	return EnableOutput{Method: methodTOTP, TOTPURI: p.totp().uri([]byte(key), name, s.User.Email), BackupCodes: codes}, nil
}

// putSecret stores a new secret in the place of one that no app has shown a code of. One that is in use stays.
func (p *Plugin) putSecret(ctx context.Context, a *core.Auth, row factor) error {
	if _, err := a.LockUser(ctx, row.UserID); err != nil { // two requests must not make two rows
		return err
	}
	existing, err := find(ctx, a, row.UserID)
	if err != nil {
		return err
	}
	if existing.verified() {
		return ErrTOTPEnabled
	}
	if existing == nil {
		_, err = factors(a).Create(ctx, a.Store(), row)
		return err
	}
	_, err = update(ctx, a, existing, store.Record{
		"secret": row.Secret, "backupCodes": row.BackupCodes, "verified": *row.Verified, "lastUsedStep": nil,
	})
	return err
}

func (p *Plugin) totp() totp { return totp{digits: p.opts.TOTP.Digits, period: p.opts.TOTP.Period} }

func (p *Plugin) issuer(a *core.Auth) string {
	if p.opts.Issuer != "" {
		return p.opts.Issuer
	}
	return a.Config().AppName
}

// DisableInput is the body of POST /two-factor/disable.
type DisableInput struct{ PasswordInput }

func (p *Plugin) disable(ctx context.Context, x *core.Exchange, in DisableInput) (core.StatusOutput, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return core.StatusOutput{}, err
	}
	if err := reauthenticate(ctx, x, s, &in.PasswordInput, p.opts.AllowPasswordless); err != nil {
		return core.StatusOutput{}, err
	}
	if mandatory, err := p.mandatory(ctx, s.User); err != nil || mandatory {
		return core.StatusOutput{}, orError(err, ErrEnrolmentRequired)
	}
	device, hasDevice := x.SignedCookie(p.trustCookie(x))
	err = x.Auth().Store().InTx(ctx, func(ctx context.Context) error {
		user, err := setEnabled(ctx, x.Auth(), s.User.ID, false)
		if err != nil {
			return err
		}
		if _, err := factors(x.Auth()).Delete(ctx, x.Auth().Store(), store.Eq("userId", user.ID)); err != nil {
			return err
		}
		if err := p.distrust(ctx, x, user.ID, device); err != nil {
			return err
		}
		x.Emit(ctx, Disabled{UserID: user.ID})
		_, err = replaceSession(ctx, x, s, user)
		return err
	})
	if err != nil {
		return core.StatusOutput{}, err
	}
	if hasDevice {
		x.ExpireCookie(p.trustCookie(x))
	}
	return core.StatusOutput{Status: true}, nil
}

func orError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// GetTOTPURIInput is the body of POST /two-factor/get-totp-uri.
type GetTOTPURIInput struct{ PasswordInput }

// GetTOTPURIOutput is the answer of POST /two-factor/get-totp-uri.
type GetTOTPURIOutput struct {
	TOTPURI string `json:"totpURI"`
}

func (p *Plugin) getTOTPURI(ctx context.Context, x *core.Exchange, in GetTOTPURIInput) (GetTOTPURIOutput, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return GetTOTPURIOutput{}, err
	}
	if p.opts.TOTP.Disabled {
		return GetTOTPURIOutput{}, errTOTPOff
	}
	row, err := find(ctx, x.Auth(), s.User.ID)
	if err != nil {
		return GetTOTPURIOutput{}, err
	}
	if row == nil {
		return GetTOTPURIOutput{}, ErrTOTPNotEnabled
	}
	if err := reauthenticate(ctx, x, s, &in.PasswordInput, p.opts.passwordless(p.opts.TOTP.AllowPasswordless)); err != nil {
		return GetTOTPURIOutput{}, err
	}
	key, err := openSecret(x.Auth().Keys(), row.Secret)
	if err != nil {
		return GetTOTPURIOutput{}, err
	}
	issuer := p.issuer(x.Auth())
	if !x.Hardened() { // upstream shows another issuer here than at the enrolment
		issuer = x.Auth().Config().AppName
	}
	return GetTOTPURIOutput{TOTPURI: p.totp().uri(key, issuer, s.User.Email)}, nil
}

// GenerateTOTPInput is the input of GenerateTOTP.
type GenerateTOTPInput struct {
	// Secret is the raw secret, as it was before it was encrypted.
	Secret string `json:"secret"`
}

// GenerateTOTPOutput is what GenerateTOTP returns.
type GenerateTOTPOutput struct {
	Code string `json:"code"`
}

func (p *Plugin) generateTOTP(_ context.Context, x *core.Exchange, in GenerateTOTPInput) (GenerateTOTPOutput, error) {
	if p.opts.TOTP.Disabled {
		return GenerateTOTPOutput{}, errTOTPOff
	}
	t := p.totp()
	return GenerateTOTPOutput{Code: t.code([]byte(in.Secret), t.step(x.Now()))}, nil
}

// dontRemember reports whether the client asked not to be remembered when it showed the first factor.
func dontRemember(x *core.Exchange) bool {
	_, marked := x.SignedCookie(x.NewCookie("dont_remember", cookie.Patch{}))
	return marked
}
