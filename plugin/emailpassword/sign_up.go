package emailpassword

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
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
	if !core.ValidEmail(in.Email) {
		return SignUpOutput{}, ErrInvalidEmail
	}
	if x.Hardened() {
		if err := core.CheckProfile(&in.Name, in.Image); err != nil {
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
	existing, err := findByEmail(ctx, auth, in.Email)
	if err != nil {
		return SignUpOutput{}, err
	}
	if existing != nil && !p.opts.quiet() {
		return SignUpOutput{}, core.ErrUserExists
	}
	// Asked about taken addresses too, so that a refusal does not show which are free.
	if err := x.ValidateUser(ctx, candidate(x, in, extra)); err != nil {
		return SignUpOutput{}, err
	}
	// Hashed before the transaction begins, which would otherwise stay open for as long; and, where the answer must not
	// show that the address is taken, also then.
	hash, err := auth.Hasher().Hash(ctx, in.Password)
	if err != nil {
		return SignUpOutput{}, fmt.Errorf("emailpassword: %w", busy(err))
	}
	if existing != nil {
		return p.pretend(ctx, x, in, extra, existing), nil
	}
	out, err := p.create(ctx, x, in, extra, hash)
	if !errors.Is(err, core.ErrUserExists) {
		return out, err
	}
	// Somebody else was faster, or another column of the app's or a plugin's has to be unique as well.
	existing, findErr := findByEmail(ctx, auth, in.Email)
	switch {
	case findErr != nil:
		return SignUpOutput{}, findErr
	case existing == nil:
		return SignUpOutput{}, core.ErrFailedToCreateUser.Wrap(err)
	case p.opts.quiet():
		return p.pretend(ctx, x, in, extra, existing), nil
	}
	return SignUpOutput{}, err
}

// candidate is what Config.User.Validate is asked about.
func candidate(x *core.Exchange, in SignUpInput, extra model.Extra) core.UserCandidate {
	user := wire.NewObject()
	user.Set("createdAt", x.Now())
	user.Set("updatedAt", x.Now())
	user.Set("email", core.NormalizeEmail(in.Email))
	user.Set("name", in.Name)
	if in.Image != nil {
		user.Set("image", *in.Image)
	}
	for _, c := range extra {
		user.Set(c.Name, c.Value)
	}
	user.Set("emailVerified", false)
	return core.UserCandidate{Action: "create-user", Method: "email-password", User: user}
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
		x.Emit(ctx, core.SignedUp{User: user, Method: "email"})
		if p.verifiesSignUps(auth) {
			x.SendVerificationEmail(ctx, user, text(in.CallbackURL))
		}
		if p.opts.quiet() {
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

// verifiesSignUps reports whether somebody who has signed up is sent a link.
func (p *Plugin) verifiesSignUps(auth *core.Auth) bool {
	if on := auth.Config().EmailVerification.SendOnSignUp; on != core.Default {
		return on == core.On
	}
	return p.opts.RequireEmailVerification
}

// pretend answers as a sign-up without a session does, so that a taken address looks like a free one.
func (p *Plugin) pretend(ctx context.Context, x *core.Exchange, in SignUpInput, extra model.Extra, existing *model.User) SignUpOutput {
	if tell := p.opts.OnExistingUserSignUp; tell != nil {
		attempt := SignUpAttempt{User: existing, Request: x.Request()}
		x.Auth().Background(ctx, "sign-up of an existing user", func(ctx context.Context) error { return tell(ctx, attempt) })
	}
	user := x.Auth().Pretend(ctx, model.User{Name: in.Name, Email: in.Email, Image: in.Image, Extra: extra})
	if p.opts.CustomSyntheticUser != nil {
		custom := p.opts.CustomSyntheticUser(*user)
		user = x.Auth().Shaped(&custom)
	}
	return SignUpOutput{User: user}
}

func isFalse(b *bool) bool { return b != nil && !*b }

// text returns what an optional member says, or "".
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
