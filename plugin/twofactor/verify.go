package twofactor

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// VerifyInput is the body of POST /two-factor/verify-totp and POST /two-factor/verify-otp.
type VerifyInput struct {
	Code string `json:"code"`
	// TrustDevice lets the client sign in without a second factor for a while.
	TrustDevice *bool `json:"trustDevice"`
}

// VerifyOutput is the answer of the endpoints that check a code.
type VerifyOutput struct {
	// Token is that of the session; it is empty where the caller asked for none.
	Token string      `json:"token,omitempty"`
	User  *model.User `json:"user"`
}

func (p *Plugin) verifyTOTP(ctx context.Context, x *core.Exchange, in VerifyInput) (VerifyOutput, error) {
	if p.opts.TOTP.Disabled {
		return VerifyOutput{}, errTOTPOff
	}
	who, err := p.identify(ctx, x)
	if err != nil {
		return VerifyOutput{}, err
	}
	row, err := find(ctx, x.Auth(), who.user.ID)
	if err != nil {
		return VerifyOutput{}, err
	}
	if row == nil || who.signingIn() && !row.verified() {
		return VerifyOutput{}, ErrTOTPNotEnabled
	}
	t, err := p.begin(ctx, who, row, true)
	if err != nil {
		return VerifyOutput{}, err
	}
	key, err := openSecret(x.Auth().Keys(), row.Secret)
	if err != nil {
		return VerifyOutput{}, t.undo(ctx, err)
	}
	last := int64(-1)
	if x.Hardened() && row.LastStep != nil {
		last = *row.LastStep
	}
	step, ok := p.totp().verify(key, in.Code, x.Now(), last)
	if !ok {
		return VerifyOutput{}, t.wrong(ctx, ErrInvalidCode)
	}
	return p.accept(ctx, t, isTrue(in.TrustDevice), func(ctx context.Context) (VerifyOutput, error) {
		if err := spendStep(ctx, x, row, step); err != nil {
			return VerifyOutput{}, err
		}
		if row.Verified == nil || !*row.Verified {
			if err := enrol(ctx, who, row); err != nil {
				return VerifyOutput{}, err
			}
		}
		return p.complete(ctx, who)
	})
}

// spendStep marks a time step as used, unless it is already: then the code is as good as a wrong one.
func spendStep(ctx context.Context, x *core.Exchange, row *factor, step int64) error {
	if !x.Hardened() {
		return nil
	}
	first, err := update(ctx, x.Auth(), row, store.Record{"lastUsedStep": step},
		store.AnyOf(store.Eq("lastUsedStep", nil), store.Lt("lastUsedStep", step)))
	if err == nil && !first {
		err = errSpent
	}
	return err
}

// errSpent says that a code was right and has been used.
var errSpent = errors.New("twofactor: the code was used before")

// enrol marks an authenticator app as one that has shown a code.
func enrol(ctx context.Context, who *prover, row *factor) error {
	if !isEnabled(who.user) {
		if who.signingIn() { // it was turned off since the first factor was shown
			return ErrTOTPNotEnabled
		}
		if _, _, err := turnOn(ctx, who.x, who.session, methodTOTP); err != nil {
			return err
		}
	}
	// The secret must be the one that the code was of: another enrolment may have begun in the meantime.
	same, err := update(ctx, who.x.Auth(), row, store.Record{"verified": true}, store.Eq("secret", row.Secret))
	if err == nil && !same {
		err = ErrInvalidCode
	}
	return err
}

// accept does what a right guess allows, all of it or nothing.
func (p *Plugin) accept(ctx context.Context, t *attempt, trustDevice bool, effect func(ctx context.Context) (VerifyOutput, error)) (VerifyOutput, error) {
	x := t.who.x
	var out VerifyOutput
	err := x.Auth().Store().InTx(ctx, func(ctx context.Context) (err error) {
		if err := t.right(ctx); err != nil {
			return err
		}
		out, err = effect(ctx)
		return err
	})
	switch {
	case errors.Is(err, errSpent):
		return VerifyOutput{}, t.wrong(ctx, ErrInvalidCode)
	case errors.Is(err, ErrInvalidChallenge):
		x.ExpireCookie(p.challengeCookie(x))
		return VerifyOutput{}, t.undo(ctx, err)
	case err != nil:
		return VerifyOutput{}, t.undo(ctx, err)
	case x.NewSession() == nil || !t.who.signingIn():
		return out, nil
	}
	x.ExpireCookie(p.challengeCookie(x))
	if trustDevice {
		if err := p.trust(ctx, x, t.who.user.ID); err != nil {
			return VerifyOutput{}, err
		}
		x.ExpireCookie(x.NewCookie("dont_remember", cookie.Patch{}))
	}
	return out, nil
}

// complete makes the session of a sign-in whose challenge it uses up. Somebody who has one keeps it.
func (p *Plugin) complete(ctx context.Context, who *prover) (VerifyOutput, error) {
	if !who.signingIn() {
		return VerifyOutput{Token: who.session.Session.Token, User: who.user}, nil
	}
	x := who.x
	userID, err := x.Auth().ConsumeVerification(ctx, who.challenge)
	if errors.Is(err, core.ErrNoVerification) || err == nil && userID != who.user.ID {
		return VerifyOutput{}, ErrInvalidChallenge
	}
	if err != nil {
		return VerifyOutput{}, err
	}
	x.SetValue(passedKey{}, true)
	session, err := x.CompleteSignIn(ctx, core.SignIn{User: who.user, Method: "two-factor", DontRemember: dontRemember(x)})
	if errors.Is(err, core.ErrFailedToCreateSession) {
		err = errNoSession.Wrap(err)
	}
	if err != nil {
		return VerifyOutput{}, fmt.Errorf("twofactor: complete sign-in: %w", err)
	}
	return VerifyOutput{Token: session.Token, User: who.user}, nil
}

func isTrue(b *bool) bool { return b != nil && *b }
