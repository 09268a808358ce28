package emailpassword

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/password"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// SignInInput is the body of POST /sign-in/email.
type SignInInput struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	// CallbackURL is where the client goes next; it comes back in the answer.
	CallbackURL *string `json:"callbackURL"`
	// RememberMe, if false, asks for a session that ends with the browser.
	RememberMe *bool `json:"rememberMe"`
}

// SignInOutput is the answer of POST /sign-in/email.
type SignInOutput struct {
	// Redirect says that URL is there to go to.
	Redirect bool        `json:"redirect"`
	Token    string      `json:"token"`
	URL      *string     `json:"url,omitempty"`
	User     *model.User `json:"user"`
}

func (p *Plugin) signIn(ctx context.Context, x *core.Exchange, in SignInInput) (SignInOutput, error) {
	if p.opts.Disabled {
		return SignInOutput{}, ErrDisabled
	}
	if !wire.IsEmail(in.Email) {
		return SignInOutput{}, ErrInvalidEmail
	}
	if err := p.checkLength(in.Password); err != nil {
		return SignInOutput{}, err
	}
	user, stored, err := p.authenticate(ctx, x.Auth(), in.Email, in.Password)
	if err == nil && p.opts.RequireEmailVerification && !user.EmailVerified {
		err = core.ErrEmailNotVerified // said only to those who know the password
		if x.Auth().Config().EmailVerification.SendOnSignIn {
			switch limited := x.LimitRecipient(ctx, "verification", user.Email); {
			case limited == nil:
				x.SendVerificationEmail(ctx, user, text(in.CallbackURL))
			case !errors.Is(limited, core.ErrTooManyRequests):
				err = limited
			}
		}
	}
	if err != nil {
		p.tellFailure(ctx, x, user, err)
		return SignInOutput{}, err
	}
	session, err := x.CompleteSignIn(ctx, core.SignIn{
		User: user, Method: "email", DontRemember: isFalse(in.RememberMe),
		Confirm: func(ctx context.Context) error { return p.confirm(ctx, x.Auth(), user.ID, stored, in.Password) },
	})
	switch {
	case errors.Is(err, core.ErrFailedToCreateSession):
		return SignInOutput{}, errNoSession.Wrap(err)
	case errors.Is(err, ErrInvalidEmailOrPassword):
		p.tellFailure(ctx, x, user, err)
	}
	if err != nil {
		return SignInOutput{}, err
	}
	out := SignInOutput{Token: session.Token, URL: in.CallbackURL, User: user}
	if in.CallbackURL != nil && *in.CallbackURL != "" {
		out.Redirect = true
		x.SetHeader("Location", *in.CallbackURL)
	}
	return out, nil
}

// errNoSession is core.ErrFailedToCreateSession as the contract has it at sign-in.
var errNoSession = core.NewError(401, core.ErrFailedToCreateSession.Code, core.ErrFailedToCreateSession.Message)

// tellFailure tells hooks of a sign-in that was refused; a breakdown is none.
func (p *Plugin) tellFailure(ctx context.Context, x *core.Exchange, user *model.User, err error) {
	var reason *core.Error
	if !errors.As(err, &reason) || reason.Status >= 500 {
		return
	}
	e := core.SignInFailed{Method: "email", Reason: reason}
	if user != nil {
		e.UserID = user.ID
	}
	x.Emit(ctx, e)
}

// authenticate returns the user whose address and password these are. Every way to fail costs one hash and gives the one
// error, so that neither answer nor time tells whether the address has an account. The user comes back with the error,
// too, if there is one with that address; stored is the hash that was verified.
func (p *Plugin) authenticate(ctx context.Context, auth *core.Auth, email, pw string) (user *model.User, stored string, err error) {
	user, stored, err = p.credential(ctx, auth, email)
	if err != nil {
		return nil, "", err
	}
	if stored == "" {
		if err := password.Burn(ctx, auth.Hasher(), pw); err != nil {
			return nil, "", fmt.Errorf("emailpassword: %w", busy(err))
		}
		return user, "", ErrInvalidEmailOrPassword
	}
	ok, err := matches(ctx, auth, stored, pw)
	if err != nil {
		return nil, "", err
	}
	if !ok {
		return user, "", ErrInvalidEmailOrPassword
	}
	auth.UpgradePassword(ctx, user.ID, stored, pw)
	return user, stored, nil
}

// confirm refuses a sign-in whose password was replaced while it was checked, which can take as long as the line for hashing is.
// It waits for whoever is replacing it now; whoever does so later finds the session and may end it.
func (p *Plugin) confirm(ctx context.Context, auth *core.Auth, userID, stored, pw string) error {
	now := ""
	err := auth.Store().InTx(ctx, func(ctx context.Context) error {
		if _, err := auth.LockUser(ctx, userID); err != nil {
			return err
		}
		account, err := auth.FindCredential(ctx, userID)
		if err == nil && account.Password != nil {
			now = *account.Password
		}
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return ErrInvalidEmailOrPassword
	case err != nil:
		return fmt.Errorf("emailpassword: confirm: %w", err)
	case now == stored:
		return nil
	case now == "":
		return ErrInvalidEmailOrPassword
	}
	ok, err := matches(ctx, auth, now, pw) // it may be the same one under a new hash
	if err == nil && !ok {
		err = ErrInvalidEmailOrPassword
	}
	return err
}

// matches checks a password against a stored hash. A hash that nobody can read is nobody's password, and finding that
// out takes as long as a wrong one does; in Exact it is a breakdown, as upstream has it.
func matches(ctx context.Context, auth *core.Auth, stored, pw string) (bool, error) {
	ok, err := auth.Hasher().Verify(ctx, stored, pw)
	if errors.Is(err, password.ErrMalformed) && auth.Hardened() {
		// The user only sees that the password is wrong; whoever imported the hash has to learn why.
		auth.Config().Logger.WarnContext(ctx, "a stored password hash cannot be read", "error", err)
		err = password.Burn(ctx, auth.Hasher(), pw)
	}
	if err != nil {
		return false, fmt.Errorf("emailpassword: verify: %w", busy(err))
	}
	return ok, nil
}

// credential returns the user with that address and the hash of their password, which is empty if there is no such user
// or they have no password.
func (p *Plugin) credential(ctx context.Context, auth *core.Auth, email string) (*model.User, string, error) {
	user, err := findByEmail(ctx, auth, email)
	if user == nil || err != nil {
		return nil, "", err
	}
	account, err := auth.FindCredential(ctx, user.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && account.Password == nil {
		return user, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	return user, *account.Password, nil
}
