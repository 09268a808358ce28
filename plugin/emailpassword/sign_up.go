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

// SignUpInput is the body of POST /sign-up/email.
type SignUpInput struct {
	Name     string `json:"name"`
	Email    string `json:"email" check:"email"`
	Password string `json:"password" check:"min=1"`
	// Image is the URL of a picture.
	Image *string `json:"image"`
	// CallbackURL is where a link in a mail that follows from the sign-up leads.
	CallbackURL *string `json:"callbackURL"`
	// RememberMe, if false, asks for a session that ends with the browser.
	RememberMe *bool `json:"rememberMe"`
	// Rest are the other members. Columns of the user table that clients may set are taken from it.
	Rest *wire.Object `json:",extra"`
}

// NewPassword is the password to be set; hooks that check new passwords ask for it.
func (in *SignUpInput) NewPassword() string { return in.Password }

// SignUpOutput is the answer of POST /sign-up/email. Token is nil where no session was made.
type SignUpOutput struct {
	Token *string     `json:"token"`
	User  *model.User `json:"user"`
}

func (p *Plugin) signUp(ctx context.Context, x *core.Exchange, in SignUpInput) (SignUpOutput, error) {
	if p.opts.Disabled || p.opts.DisableSignUp {
		return SignUpOutput{}, ErrSignUpDisabled
	}
	if !validEmail(in.Email) {
		return SignUpOutput{}, ErrInvalidEmail
	}
	if x.Hardened() {
		if err := in.checkLengths(); err != nil {
			return SignUpOutput{}, err
		}
	}
	if err := p.checkNew(in.Password); err != nil {
		return SignUpOutput{}, err
	}
	auth := x.Auth()
	extra, err := auth.UserInput(in.Rest, true)
	if err != nil {
		return SignUpOutput{}, err
	}
	_, err = auth.FindUserByEmail(ctx, in.Email)
	taken := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return SignUpOutput{}, err
	}
	if taken && !p.opts.DisableAutoSignIn {
		return SignUpOutput{}, core.ErrUserExists
	}
	// Hashed before the transaction begins, which would otherwise stay open for as long; and, where the answer must not
	// show that the address is taken, also then.
	hash, err := auth.Hasher().Hash(ctx, in.Password)
	if err != nil {
		return SignUpOutput{}, fmt.Errorf("emailpassword: %w", busy(err))
	}
	if taken {
		return pretend(ctx, x, in, extra), nil
	}
	out, err := p.create(ctx, x, in, extra, hash)
	if !errors.Is(err, core.ErrUserExists) {
		return out, err
	}
	// Somebody else was faster, or another column of the app's or a plugin's has to be unique as well.
	if _, findErr := auth.FindUserByEmail(ctx, in.Email); errors.Is(findErr, store.ErrNotFound) {
		return SignUpOutput{}, core.ErrFailedToCreateUser.Wrap(err)
	}
	if p.opts.DisableAutoSignIn {
		return pretend(ctx, x, in, extra), nil
	}
	return SignUpOutput{}, err
}

// create makes user, credential and session, all or nothing.
func (p *Plugin) create(ctx context.Context, x *core.Exchange, in SignUpInput, extra model.Extra, hash string) (out SignUpOutput, err error) {
	auth := x.Auth()
	var challenge error
	err = auth.Store().InTx(ctx, func(ctx context.Context) error {
		user, err := auth.CreateUser(ctx, model.User{Name: in.Name, Email: in.Email, Image: in.Image, Extra: extra})
		if err != nil {
			return err
		}
		_, err = auth.CreateAccount(ctx, model.Account{
			UserID: user.ID, AccountID: user.ID, ProviderID: model.CredentialProvider, Password: &hash,
		})
		if err != nil {
			return err
		}
		out.User = user
		if p.opts.DisableAutoSignIn {
			return nil
		}
		session, err := x.CompleteSignIn(ctx, core.SignIn{User: user, Method: "email", DontRemember: isFalse(in.RememberMe)})
		var c *core.Challenge
		if errors.As(err, &c) { // the user stays; only the session waits for the further step
			challenge = c
			return nil
		}
		if err != nil {
			return err
		}
		out.Token = &session.Token
		return nil
	})
	if err != nil {
		return SignUpOutput{}, err
	}
	return out, challenge
}

// pretend answers as a sign-up without a session does, so that a taken address looks like a free one.
func pretend(ctx context.Context, x *core.Exchange, in SignUpInput, extra model.Extra) SignUpOutput {
	return SignUpOutput{User: x.Auth().Pretend(ctx, model.User{Name: in.Name, Email: in.Email, Image: in.Image, Extra: extra})}
}

// The longest name and picture URL, in UTF-16 units. 255 is what the contract's column on MySQL holds.
const (
	maxNameLength  = 255
	maxImageLength = 2048
)

// checkLengths bounds what somebody without an account can make us store. Upstream has no such limits.
func (in *SignUpInput) checkLengths() error {
	const text = "[body.%s] Too big: expected string to have <=%d characters"
	if password.UTF16Len(in.Name) > maxNameLength {
		return core.ErrValidation.WithMessage(fmt.Sprintf(text, "name", maxNameLength))
	}
	if in.Image != nil && password.UTF16Len(*in.Image) > maxImageLength {
		return core.ErrValidation.WithMessage(fmt.Sprintf(text, "image", maxImageLength))
	}
	return nil
}

func isFalse(b *bool) bool { return b != nil && !*b }
