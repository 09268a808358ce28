package core

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// The errors of proving an address.
var (
	ErrVerificationNotEnabled = NewError(400, "VERIFICATION_EMAIL_NOT_ENABLED", "Verification email isn't enabled")
	ErrEmailMismatch          = NewError(400, "EMAIL_MISMATCH", "Email mismatch")
	ErrEmailAlreadyVerified   = NewError(400, "EMAIL_ALREADY_VERIFIED", "Email is already verified")
	ErrEmailNotVerified       = NewError(403, "EMAIL_NOT_VERIFIED", "Email not verified")

	ErrInvalidToken = NewError(401, "INVALID_TOKEN", "Invalid token")
	ErrTokenExpired = NewError(401, "TOKEN_EXPIRED", "Token expired")
	ErrUserNotFound = NewError(401, "USER_NOT_FOUND", "User not found")
	ErrInvalidUser  = NewError(401, "INVALID_USER", "Invalid user")
)

// SendVerificationEmailInput is the body of POST /send-verification-email.
type SendVerificationEmailInput struct {
	Email string `json:"email" check:"email"`
	// CallbackURL is where the link leads in the end. The default is "/".
	CallbackURL *string `json:"callbackURL"`
}

// SendVerificationEmail is POST /send-verification-email: it sends the link by which a user proves to read mail at their
// address. Without a session the answer is the same whether or not anybody waits for one.
var SendVerificationEmail = Define(Spec{
	ID: "sendVerificationEmail", Method: "POST", Path: "/send-verification-email", Access: Public,
	Summary: "Send a link that verifies an address.",
}, sendVerificationEmail)

func sendVerificationEmail(ctx context.Context, x *Exchange, in SendVerificationEmailInput) (StatusOutput, error) {
	if x.auth.config.EmailVerification.Send == nil {
		return StatusOutput{}, ErrVerificationNotEnabled
	}
	if err := x.LimitRecipient(ctx, "verification", NormalizeEmail(in.Email)); err != nil {
		return StatusOutput{}, err
	}
	s, err := x.storedSession(ctx)
	if err != nil {
		return StatusOutput{}, err
	}
	var user *model.User
	switch {
	case s == nil:
		if user, err = x.unverified(ctx, in.Email); err != nil {
			return StatusOutput{}, err
		}
	case NormalizeEmail(s.User.Email) != NormalizeEmail(in.Email):
		return StatusOutput{}, ErrEmailMismatch
	case s.User.EmailVerified:
		return StatusOutput{}, ErrEmailAlreadyVerified
	default:
		user = s.User
	}
	if user != nil {
		x.SendVerificationEmail(ctx, user, text(in.CallbackURL))
	}
	return StatusOutput{Status: true}, nil
}

// unverified returns the user with that address if it has still to be verified, and nil otherwise.
func (x *Exchange) unverified(ctx context.Context, email string) (*model.User, error) {
	if !ValidEmail(email) { // nobody has it, and no database needs to look
		return nil, nil
	}
	user, err := x.auth.FindUserByEmail(ctx, email)
	if errors.Is(err, store.ErrNotFound) || err == nil && user.EmailVerified {
		return nil, nil
	}
	return user, err
}

// SendVerificationEmail has the app send a user the link that verifies their address (Config.EmailVerification.Send). It
// does nothing if the app cannot. callbackURL is where the link leads in the end, "/" if it is empty; it has been checked.
// In a transaction it waits for the commit.
func (x *Exchange) SendVerificationEmail(ctx context.Context, user *model.User, callbackURL string) {
	x.sendEmailToken(ctx, emailToken{Email: user.Email, UserID: user.ID}, user, callbackURL)
}

// sendEmailToken sends user the link for t.
func (x *Exchange) sendEmailToken(ctx context.Context, t emailToken, user *model.User, callbackURL string) {
	c := &x.auth.config.EmailVerification
	if c.Send == nil {
		return
	}
	x.SendMail(ctx, "verification mail", c.Send, x.emailMail(t, user, callbackURL))
}

func (x *Exchange) emailMail(t emailToken, user *model.User, callbackURL string) Mail {
	if callbackURL == "" {
		callbackURL = "/"
	}
	token := x.auth.signEmailToken(t, x.auth.config.EmailVerification.ExpiresIn)
	return Mail{User: user, Token: token, URL: x.Link("/verify-email", "token", token, "callbackURL", callbackURL)}
}

// VerifyEmailInput is the query of GET /verify-email.
type VerifyEmailInput struct {
	Token       string  `query:"token"`
	CallbackURL *string `query:"callbackURL"`
}

// VerifyEmailOutput is the answer of GET /verify-email where no callbackURL is given. User is the user with the address that
// was changed to, null where an address was verified, and absent where a further mail was sent.
type VerifyEmailOutput struct {
	Status bool                  `json:"status"`
	User   wire.Opt[*model.User] `json:"user"`
}

// VerifyEmail is GET /verify-email, where the links lead that are sent about addresses: to verify one, to confirm a change,
// to make it. The answer is a redirect to callbackURL, with ?error= where the link is of no use, or JSON without one.
var VerifyEmail = Define(Spec{
	ID: "verifyEmail", Method: "GET", Path: "/verify-email", Access: Public, ChangesState: true,
	Summary: "Verify an address, or confirm or make the change to another.",
}, verifyEmail)

func verifyEmail(ctx context.Context, x *Exchange, in VerifyEmailInput) (VerifyEmailOutput, error) {
	callback := text(in.CallbackURL)
	if err := x.CheckCallback(ctx, callback); err != nil {
		return VerifyEmailOutput{}, err
	}
	out, err := x.followEmailLink(ctx, in.Token, callback)
	if callback == "" {
		return out, err
	}
	var challenge *Challenge
	switch {
	case err == nil, errors.As(err, &challenge): // a browser that followed a link can do nothing with a challenge
		return VerifyEmailOutput{}, x.RedirectBack(ctx, callback)
	case errors.Is(err, ErrInvalidToken), errors.Is(err, ErrTokenExpired), errors.Is(err, ErrUserNotFound),
		errors.Is(err, ErrInvalidUser), errors.Is(err, ErrUserExists):
		return VerifyEmailOutput{}, x.RedirectBack(ctx, callback, "error", clientError(err).Code)
	}
	return VerifyEmailOutput{}, err
}

func (x *Exchange) followEmailLink(ctx context.Context, token, callback string) (VerifyEmailOutput, error) {
	t, err := x.auth.readEmailToken(token)
	if err != nil {
		return VerifyEmailOutput{}, err
	}
	if t.UpdateTo != "" {
		return x.followChangeLink(ctx, t, callback)
	}
	if t.UserID == "" && x.Hardened() {
		return VerifyEmailOutput{}, ErrInvalidToken
	}
	err = x.verifyAddress(ctx, t)
	return VerifyEmailOutput{Status: err == nil, User: wire.Null[*model.User]()}, err
}

// verifyAddress marks the address of a link as verified and, if the app wants that, signs its user in.
func (x *Exchange) verifyAddress(ctx context.Context, t emailToken) error {
	a, c := x.auth, &x.auth.config.EmailVerification
	user, err := a.FindUserByEmail(ctx, t.Email)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return ErrUserNotFound
	case err != nil:
		return err
	case t.UserID != "" && t.UserID != user.ID:
		return ErrInvalidToken
	case user.EmailVerified:
		return nil
	}
	if err := c.Before.call(ctx, x, user); err != nil {
		return err
	}
	id, first := user.ID, false
	err = a.store.InTx(ctx, func(ctx context.Context) error {
		now, err := a.LockUser(ctx, id)
		switch {
		case err != nil:
			return err
		case NormalizeEmail(now.Email) != t.Email: // changed since: the new one is not what was proved
			return ErrInvalidToken
		case now.EmailVerified: // somebody follows the link at the same time
			return nil
		}
		first = true
		if user, err = a.UpdateUser(ctx, id, store.Record{"emailVerified": true}); err != nil {
			return err
		}
		x.Emit(ctx, EmailVerified{UserID: id, Email: user.Email})
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return ErrUserNotFound
	}
	if err != nil || !first {
		return err
	}
	if err := c.After.call(ctx, x, user); err != nil || !c.AutoSignIn {
		return err
	}
	return x.signInVerified(ctx, user)
}

func (x *Exchange) signInVerified(ctx context.Context, user *model.User) error {
	s, err := x.storedSession(ctx)
	if err != nil {
		return err
	}
	if s != nil && s.User.ID == user.ID {
		x.SendSession(&ActiveSession{Session: s.Session, User: user})
		return nil
	}
	_, err = x.CompleteSignIn(ctx, SignIn{User: user, Method: "email-verification"})
	return err
}

// followChangeLink is one step of a change of address. The link is for the user who has both the id and the address in it;
// whoever is signed in as another is refused.
func (x *Exchange) followChangeLink(ctx context.Context, t emailToken, callback string) (VerifyEmailOutput, error) {
	user, err := x.auth.FindUser(ctx, t.UserID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return VerifyEmailOutput{}, ErrUserNotFound
	case err != nil:
		return VerifyEmailOutput{}, err
	case NormalizeEmail(user.Email) != t.Email:
		return VerifyEmailOutput{}, ErrInvalidToken
	}
	s, err := x.storedSession(ctx)
	if err != nil {
		return VerifyEmailOutput{}, err
	}
	if s != nil && s.User.ID != user.ID {
		return VerifyEmailOutput{}, ErrInvalidUser
	}
	switch t.Request {
	case confirmEmailChange:
		if err := x.LimitRecipient(ctx, "change-email", t.UpdateTo); err != nil {
			return VerifyEmailOutput{}, err
		}
		t.Request = verifyEmailChange
		to := *user
		to.Email = t.UpdateTo
		x.sendEmailToken(ctx, t, &to, callback)
		return VerifyEmailOutput{Status: true}, nil
	case verifyEmailChange:
		if user, err = x.changeAddress(ctx, t, store.Record{}); err != nil {
			return VerifyEmailOutput{}, err
		}
		if user.EmailVerified {
			if err := x.auth.config.EmailVerification.After.call(ctx, x, user); err != nil {
				return VerifyEmailOutput{}, err
			}
		}
	default: // links of better-auth before there were steps
		if x.Hardened() {
			return VerifyEmailOutput{}, ErrInvalidToken
		}
		if user, err = x.changeAddress(ctx, t, store.Record{"emailVerified": false}); err != nil {
			return VerifyEmailOutput{}, err
		}
		x.SendVerificationEmail(ctx, user, callback)
	}
	if s != nil {
		x.SendSession(&ActiveSession{Session: s.Session, User: user})
	}
	return VerifyEmailOutput{Status: true, User: wire.Some(user)}, nil
}

// changeAddress does what a link says, if the user still has the address for which it was made.
func (x *Exchange) changeAddress(ctx context.Context, t emailToken, set store.Record) (*model.User, error) {
	user, err := x.changeEmail(ctx, t.UserID, t.UpdateTo, set, func(now *model.User) error {
		if NormalizeEmail(now.Email) != t.Email {
			return ErrInvalidToken
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrUserNotFound
	}
	return user, err
}

// storedSession is Session as the store has it now, or nil.
func (x *Exchange) storedSession(ctx context.Context) (*ActiveSession, error) {
	s, err := x.RequireStoredSession(ctx)
	if errors.Is(err, ErrUnauthorized) {
		return nil, nil
	}
	return s, err
}

// text returns what an optional member says, or "".
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
