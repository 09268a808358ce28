package emailpassword

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/store"
)

// RequestPasswordResetInput is the body of POST /request-password-reset.
type RequestPasswordResetInput struct {
	Email string `json:"email" check:"email"`
	// RedirectTo is the app's page for a new password. The link leads there with ?token=, or with ?error=INVALID_TOKEN.
	RedirectTo *string `json:"redirectTo"`
}

// RequestPasswordResetOutput is the answer of POST /request-password-reset, the same for everybody.
type RequestPasswordResetOutput struct {
	Status  bool   `json:"status"`
	Message string `json:"message"`
}

// resetTokenLength is that of better-auth's tokens, about 143 bits.
const resetTokenLength = 24

func (p *Plugin) requestPasswordReset(ctx context.Context, x *core.Exchange, in RequestPasswordResetInput) (RequestPasswordResetOutput, error) {
	if p.opts.SendResetPassword == nil {
		return RequestPasswordResetOutput{}, ErrResetDisabled
	}
	if err := x.LimitRecipient(ctx, "reset-password", core.NormalizeEmail(in.Email)); err != nil {
		return RequestPasswordResetOutput{}, err
	}
	user, err := findByEmail(ctx, x.Auth(), in.Email)
	if err != nil {
		return RequestPasswordResetOutput{}, err
	}
	if user != nil {
		if err := p.sendReset(ctx, x, user, text(in.RedirectTo)); err != nil {
			return RequestPasswordResetOutput{}, err
		}
	}
	return RequestPasswordResetOutput{true, "If this email exists in our system, check your email for the reset link"}, nil
}

func (p *Plugin) sendReset(ctx context.Context, x *core.Exchange, user *model.User, redirectTo string) error {
	token, err := secret.Random(nil, resetTokenLength, secret.AlphabetID)
	if err != nil {
		return fmt.Errorf("emailpassword: %w", err)
	}
	auth, url := x.Auth(), x.Link("/reset-password/"+token, "callbackURL", redirectTo)
	// Written after the answer as well: who has an account must not be told by how long a write takes.
	x.SendMail(ctx, "reset mail", func(ctx context.Context, m core.Mail) error {
		if err := auth.CreateVerification(ctx, core.ResetPasswordPrefix+token, user.ID, p.opts.ResetTokenExpiresIn); err != nil {
			return err
		}
		return p.opts.SendResetPassword(ctx, m)
	}, core.Mail{User: user, URL: url, Token: token})
	x.Emit(ctx, core.PasswordResetRequested{UserID: user.ID})
	return nil
}

// findByEmail returns the user with that address, or nil.
func findByEmail(ctx context.Context, auth *core.Auth, email string) (*model.User, error) {
	if !core.ValidEmail(email) { // nobody has it, and no database needs to look
		return nil, nil
	}
	user, err := auth.FindUserByEmail(ctx, email)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return user, err
}

// PasswordResetCallbackInput is the input of GET /reset-password/:token.
type PasswordResetCallbackInput struct {
	Token       string `path:"token"`
	CallbackURL string `query:"callbackURL"`
}

// passwordResetCallback sends whoever follows the link to the app's page. It only looks at the token: mail programs follow
// links, too.
func (p *Plugin) passwordResetCallback(ctx context.Context, x *core.Exchange, in PasswordResetCallbackInput) (core.None, error) {
	if err := x.CheckCallback(ctx, in.CallbackURL); err != nil {
		return core.None{}, err
	}
	target := in.CallbackURL
	if target == "" {
		target = x.Link("/error")
	}
	_, err := x.Auth().PeekVerification(ctx, core.ResetPasswordPrefix+in.Token)
	switch {
	case in.CallbackURL == "", errors.Is(err, core.ErrNoVerification):
		return core.None{}, redirect(ctx, x, target, "error", ErrInvalidToken.Code)
	case err != nil:
		return core.None{}, err
	}
	return core.None{}, redirect(ctx, x, target, "token", in.Token)
}

// redirect leads to target with one parameter set. The contract has the whole URL here, and what was checked is that.
func redirect(ctx context.Context, x *core.Exchange, target, name, value string) error {
	u, err := origin.Resolve(x.BaseOrigin(), target)
	if err != nil {
		return core.ErrInvalidCallbackURL.Wrap(err)
	}
	return x.RedirectBack(ctx, u.SetQuery(name, value).String())
}

// ResetPasswordInput is the input of POST /reset-password. The token may be in the query as well.
type ResetPasswordInput struct {
	New        string  `json:"newPassword"`
	Token      *string `json:"token"`
	QueryToken *string `query:"token"`
}

// NewPassword is the password to be set; hooks that check new passwords ask for it.
func (in *ResetPasswordInput) NewPassword() string { return in.New }

func (in *ResetPasswordInput) token() string {
	for _, t := range []*string{in.Token, in.QueryToken} {
		if t != nil && *t != "" {
			return *t
		}
	}
	return ""
}

func (p *Plugin) resetPassword(ctx context.Context, x *core.Exchange, in ResetPasswordInput) (core.StatusOutput, error) {
	token := in.token()
	if token == "" {
		return core.StatusOutput{}, ErrInvalidToken
	}
	if err := p.checkNew(in.New); err != nil {
		return core.StatusOutput{}, err
	}
	auth, identifier := x.Auth(), core.ResetPasswordPrefix+token
	userID, err := auth.PeekVerification(ctx, identifier)
	if err != nil {
		return core.StatusOutput{}, spent(err)
	}
	user, err := auth.FindUser(ctx, userID)
	if err != nil {
		return core.StatusOutput{}, gone(err)
	}
	// Hashed before the transaction begins, which would otherwise stay open for as long.
	hash, err := auth.Hasher().Hash(ctx, in.New)
	if err != nil {
		return core.StatusOutput{}, fmt.Errorf("emailpassword: %w", busy(err))
	}
	err = auth.Store().InTx(ctx, func(ctx context.Context) error {
		return p.replacePassword(ctx, x, identifier, userID, hash)
	})
	if err != nil {
		return core.StatusOutput{}, err
	}
	if p.opts.OnPasswordReset != nil {
		if err := p.opts.OnPasswordReset(ctx, x, user); err != nil {
			return core.StatusOutput{}, err
		}
	}
	return core.StatusOutput{Status: true}, nil
}

// replacePassword spends the token and does what it is for. It must be called in a transaction.
func (p *Plugin) replacePassword(ctx context.Context, x *core.Exchange, identifier, userID, hash string) error {
	auth := x.Auth()
	// Two tokens of one user, used at once, would otherwise both be good.
	if _, err := auth.LockUser(ctx, userID); err != nil {
		return gone(err)
	}
	owner, err := auth.ConsumeVerification(ctx, identifier)
	if err != nil {
		return spent(err)
	}
	if owner != userID {
		return ErrInvalidToken
	}
	if x.Hardened() {
		if _, err := x.ProveMailbox(ctx, userID); err != nil {
			return err
		}
	}
	if p.revokesSessions(x) {
		if err := auth.DeleteSessions(ctx, userID); err != nil {
			return err
		}
	}
	if err := auth.SetPassword(ctx, userID, hash); err != nil {
		return err
	}
	if err := auth.DeleteVerificationsOf(ctx, core.ResetPasswordPrefix, userID); err != nil {
		return err
	}
	x.Emit(ctx, core.PasswordReset{UserID: userID})
	return nil
}

func (p *Plugin) revokesSessions(x *core.Exchange) bool {
	if p.opts.RevokeSessionsOnPasswordReset == core.Default {
		return x.Hardened()
	}
	return p.opts.RevokeSessionsOnPasswordReset == core.On
}

// spent translates what a token that is no good is called below.
func spent(err error) error {
	if errors.Is(err, core.ErrNoVerification) {
		return ErrInvalidToken.Wrap(err)
	}
	return err
}

// gone translates what a user who was deleted is called below.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrUserNotFound.Wrap(err)
	}
	return err
}
