package core

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// The errors of changing an address.
var (
	ErrChangeEmailDisabled = NewError(400, "CHANGE_EMAIL_DISABLED", "Change email is disabled")
	errSameEmail           = NewError(400, "", "Email is the same")
	errNoEmailChange       = NewError(400, "", "Verification email isn't enabled")
)

// ChangeEmailInput is the body of POST /change-email.
type ChangeEmailInput struct {
	NewEmail string `json:"newEmail" check:"email"`
	// CallbackURL is where the link leads in the end. The default is "/".
	CallbackURL *string `json:"callbackURL"`
}

// ChangeEmail is POST /change-email: it begins the change of the caller's address. As Config.User.ChangeEmail says a link
// is sent to the old address, or to the new one, or the change is made at once. An address that is taken gets the same answer.
var ChangeEmail = Define(Spec{
	ID: "changeEmail", Method: "POST", Path: "/change-email", Access: StoredSession, RenewCache: true,
	Summary: "Begin the change of the caller's address.",
}, changeEmail)

func changeEmail(ctx context.Context, x *Exchange, in ChangeEmailInput) (StatusOutput, error) {
	c, verification := &x.auth.config.User.ChangeEmail, &x.auth.config.EmailVerification
	if !c.Enabled {
		return StatusOutput{}, ErrChangeEmailDisabled
	}
	if !ValidEmail(in.NewEmail) {
		return StatusOutput{}, errInvalidEmailMember("newEmail")
	}
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return StatusOutput{}, err
	}
	to := NormalizeEmail(in.NewEmail)
	if to == s.User.Email {
		return StatusOutput{}, errSameEmail
	}
	atOnce := c.UpdateWithoutVerification && !s.User.EmailVerified
	if !atOnce && verification.Send == nil { // said before anybody looks whether the address is taken
		return StatusOutput{}, errNoEmailChange
	}
	recipients := []string{to}
	if c.SendConfirmation != nil {
		recipients = append(recipients, s.User.Email)
	}
	for _, address := range recipients {
		if err := x.LimitRecipient(ctx, "change-email", address); err != nil {
			return StatusOutput{}, err
		}
	}
	_, err = x.auth.FindUserByEmail(ctx, to)
	taken := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return StatusOutput{}, err
	}
	done := StatusOutput{Status: true}
	if atOnce {
		return done, x.changeEmailAtOnce(ctx, s, to, taken, text(in.CallbackURL))
	}
	if taken {
		return done, nil
	}
	token := emailToken{Email: s.User.Email, UpdateTo: to, Request: verifyEmailChange, UserID: s.User.ID}
	if s.User.EmailVerified && c.SendConfirmation != nil {
		token.Request = confirmEmailChange
		m := x.emailMail(token, s.User, text(in.CallbackURL))
		m.NewEmail = to
		x.SendMail(ctx, "change of address", c.SendConfirmation, m)
		return done, nil
	}
	user := *s.User
	user.Email = to
	x.sendEmailToken(ctx, token, &user, text(in.CallbackURL))
	return done, nil
}

// changeEmailAtOnce is for users whose present address was never verified either.
func (x *Exchange) changeEmailAtOnce(ctx context.Context, s *ActiveSession, to string, taken bool, callback string) error {
	user := s.User
	if !taken {
		var err error
		user, err = x.changeEmail(ctx, s.User.ID, to, store.Record{}, func(now *model.User) error {
			if now.EmailVerified { // in the meantime: then a link is needed
				return errNoEmailChange
			}
			return nil
		})
		if errors.Is(err, ErrUserExists) { // somebody else was faster
			user, taken, err = s.User, true, nil
		}
		if err != nil {
			return err
		}
	}
	if !taken || x.Hardened() { // alike for both, so that the cookies do not tell
		x.SendSession(&ActiveSession{Session: s.Session, User: user})
	}
	if !taken {
		x.SendVerificationEmail(ctx, user, callback)
	}
	return nil
}
