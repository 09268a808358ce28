package twofactor

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/secret"
)

// SendOTPInput is the body of POST /two-factor/send-otp, which may be left out.
type SendOTPInput struct {
	_ struct{} `wire:"optional-body"`

	// TrustDevice does nothing here; clients send it.
	TrustDevice *bool `json:"trustDevice"`
}

func (p *Plugin) sendOTP(ctx context.Context, x *core.Exchange, _ SendOTPInput) (core.StatusOutput, error) {
	if p.opts.OTP.Send == nil {
		return core.StatusOutput{}, errOTPOff
	}
	who, err := p.identify(ctx, x)
	if err != nil {
		return core.StatusOutput{}, err
	}
	if err := x.LimitRecipient(ctx, "two-factor", who.user.Email); err != nil {
		return core.StatusOutput{}, err
	}
	code, err := secret.Random(nil, p.opts.OTP.Digits, secret.AlphabetDigits)
	if err != nil {
		return core.StatusOutput{}, err
	}
	stored, err := p.storeOTP(ctx, x.Auth().Keys(), code)
	if err != nil {
		return core.StatusOutput{}, err
	}
	err = x.Auth().Store().InTx(ctx, func(ctx context.Context) error {
		if err := x.Auth().DeleteVerifications(ctx, who.otpID()); err != nil {
			return err
		}
		return x.Auth().CreateVerification(ctx, who.otpID(), stored+":0", p.opts.OTP.Period)
	})
	if err != nil {
		return core.StatusOutput{}, err
	}
	m := Message{User: who.user, Code: code, Request: x.Request()}
	x.Auth().Background(ctx, "two-factor code", func(ctx context.Context) error { return p.opts.OTP.Send(ctx, m) })
	return core.StatusOutput{Status: true}, nil
}

func (p *Plugin) storeOTP(ctx context.Context, keys *secret.Keyring, code string) (string, error) {
	form := &p.opts.OTP.Storage
	if form.oneWay() {
		return form.digest(ctx, code)
	}
	return form.seal(ctx, keys, code)
}

// isOTP reports whether code is the one whose stored form is known.
func (p *Plugin) isOTP(ctx context.Context, keys *secret.Keyring, stored, code string) (bool, error) {
	form := &p.opts.OTP.Storage
	var err error
	if form.oneWay() {
		code, err = form.digest(ctx, code)
	} else {
		stored, err = form.open(ctx, keys, stored)
	}
	return err == nil && subtle.ConstantTimeCompare([]byte(stored), []byte(code)) == 1, err
}

func (p *Plugin) verifyOTP(ctx context.Context, x *core.Exchange, in VerifyInput) (VerifyOutput, error) {
	who, err := p.identify(ctx, x)
	if err != nil {
		return VerifyOutput{}, err
	}
	row, err := p.countedRow(ctx, who)
	if err != nil {
		return VerifyOutput{}, err
	}
	// In Exact only the code has a number of guesses, as upstream has it: the challenge outlives it.
	t, err := p.begin(ctx, who, row, x.Hardened())
	if err != nil {
		return VerifyOutput{}, err
	}
	v, err := x.Auth().TakeVerification(ctx, who.otpID())
	if errors.Is(err, core.ErrNoVerification) {
		err = ErrOTPExpired
	}
	if err != nil {
		return VerifyOutput{}, t.undo(ctx, err)
	}
	stored, attempts := splitAttempts(v.Value)
	if attempts >= p.opts.OTP.AllowedAttempts {
		return VerifyOutput{}, t.undo(ctx, ErrTooManyAttempts)
	}
	putBack := func(attempts int) error {
		return x.Auth().CreateVerification(ctx, who.otpID(), stored+":"+strconv.Itoa(attempts), v.ExpiresAt.Sub(x.Now()))
	}
	ok, err := p.isOTP(ctx, x.Auth().Keys(), stored, in.Code)
	if err != nil {
		return VerifyOutput{}, t.undo(ctx, joined(fmt.Errorf("twofactor: stored code: %w", err), putBack(attempts)))
	}
	if !ok {
		if err := putBack(attempts + 1); err != nil {
			return VerifyOutput{}, t.undo(ctx, err)
		}
		return VerifyOutput{}, t.wrong(ctx, ErrInvalidCode)
	}
	return p.accept(ctx, t, isTrue(in.TrustDevice), func(ctx context.Context) (VerifyOutput, error) {
		return p.completeOTP(ctx, who)
	})
}

// completeOTP is complete for a user who may have been without a second factor until now.
func (p *Plugin) completeOTP(ctx context.Context, who *prover) (VerifyOutput, error) {
	if isEnabled(who.user) {
		return p.complete(ctx, who)
	}
	if who.signingIn() {
		return VerifyOutput{}, core.ErrFailedToCreateSession
	}
	user, session, err := turnOn(ctx, who.x, who.session, methodOTP)
	if err != nil {
		return VerifyOutput{}, err
	}
	return VerifyOutput{Token: session.Token, User: user}, nil
}

// countedRow returns the row that counts wrong guesses. Users with codes that are sent and no authenticator app have none;
// they get one with a secret that nobody has, as if they had begun to enrol an app. In Exact nothing counts theirs, as
// upstream has it.
func (p *Plugin) countedRow(ctx context.Context, who *prover) (*factor, error) {
	a := who.x.Auth()
	row, err := find(ctx, a, who.user.ID)
	if err != nil || row != nil || !who.signingIn() || !who.x.Hardened() || p.opts.Lockout.Disabled {
		return row, err
	}
	codes, err := p.encodeBackupCodes(ctx, a.Keys(), []string{})
	if err != nil {
		return nil, err
	}
	err = a.Store().InTx(ctx, func(ctx context.Context) error {
		if _, err := a.LockUser(ctx, who.user.ID); err != nil {
			return err
		}
		if row, err = find(ctx, a, who.user.ID); err != nil || row != nil {
			return err
		}
		made, err := factors(a).Create(ctx, a.Store(), factor{
			Secret: a.Keys().Encrypt(secret.String(32)), BackupCodes: codes, UserID: who.user.ID, Verified: new(bool), Failed: new(int64),
		})
		row = &made
		return err
	})
	return row, err
}

// splitAttempts splits "<stored code>:<guesses>".
func splitAttempts(value string) (stored string, attempts int) {
	i := strings.LastIndexByte(value, ':')
	if i < 0 {
		return value, 0
	}
	attempts, _ = strconv.Atoi(value[i+1:]) // nonsense counts as none, as upstream has it
	return value[:i], attempts
}
