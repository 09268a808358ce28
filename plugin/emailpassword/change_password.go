package emailpassword

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// ChangePasswordInput is the body of POST /change-password.
type ChangePasswordInput struct {
	New     string `json:"newPassword"`
	Current string `json:"currentPassword"`
	// RevokeOtherSessions ends all sessions of the user; the caller gets a new one.
	RevokeOtherSessions *bool `json:"revokeOtherSessions"`
}

// NewPassword is the password to be set; hooks that check new passwords ask for it.
func (in *ChangePasswordInput) NewPassword() string { return in.New }

// ChangePasswordOutput is the answer of POST /change-password. Token is that of the new session, or nil.
type ChangePasswordOutput struct {
	Token *string     `json:"token"`
	User  *model.User `json:"user"`
}

func (p *Plugin) changePassword(ctx context.Context, x *core.Exchange, in ChangePasswordInput) (ChangePasswordOutput, error) {
	current, err := x.RequireStoredSession(ctx)
	if err != nil {
		return ChangePasswordOutput{}, err
	}
	if err := errors.Join(p.checkNew(in.New), p.checkLength(in.Current)); err != nil {
		return ChangePasswordOutput{}, err
	}
	if err := p.verify(ctx, x.Auth(), current.User.ID, in.Current, ErrNoPassword); err != nil {
		return ChangePasswordOutput{}, err
	}
	hash, err := x.Auth().Hasher().Hash(ctx, in.New)
	if err != nil {
		return ChangePasswordOutput{}, fmt.Errorf("emailpassword: %w", busy(err))
	}
	out := ChangePasswordOutput{User: current.User}
	err = x.Auth().Store().InTx(ctx, func(ctx context.Context) error {
		if _, err := x.Auth().LockUser(ctx, current.User.ID); err != nil { // who is signing in waits: see confirm
			return gone(err)
		}
		if err := x.Auth().SetPassword(ctx, current.User.ID, hash); err != nil {
			return err
		}
		x.Emit(ctx, core.PasswordChanged{UserID: current.User.ID})
		if in.RevokeOtherSessions == nil || !*in.RevokeOtherSessions {
			return nil
		}
		if err := x.Auth().DeleteSessions(ctx, current.User.ID); err != nil {
			return err
		}
		session, err := x.RenewSession(ctx, current)
		if err != nil {
			return err
		}
		out.Token = &session.Token
		return nil
	})
	if err != nil {
		return ChangePasswordOutput{}, err
	}
	return out, nil
}

// VerifyPasswordInput is the body of POST /verify-password.
type VerifyPasswordInput struct {
	Password string `json:"password"`
}

func (p *Plugin) verifyPassword(ctx context.Context, x *core.Exchange, in VerifyPasswordInput) (core.StatusOutput, error) {
	current, err := x.RequireStoredSession(ctx)
	if err != nil {
		return core.StatusOutput{}, err
	}
	if err := p.checkLength(in.Password); err != nil {
		return core.StatusOutput{}, err
	}
	if err := p.verify(ctx, x.Auth(), current.User.ID, in.Password, ErrInvalidPassword); err != nil {
		return core.StatusOutput{}, err
	}
	return core.StatusOutput{Status: true}, nil
}

// verify checks the password of a signed-in user. none is the error for one who has no password.
func (p *Plugin) verify(ctx context.Context, auth *core.Auth, userID, pw string, none error) error {
	account, err := auth.FindCredential(ctx, userID)
	if errors.Is(err, store.ErrNotFound) || err == nil && account.Password == nil {
		return none
	}
	if err != nil {
		return err
	}
	ok, err := matches(ctx, auth, *account.Password, pw)
	if err != nil {
		return err
	}
	if !ok {
		return ErrInvalidPassword
	}
	return nil
}

// checkPassword serves the endpoints of core and of other plugins that ask for the password once more.
func (p *Plugin) checkPassword(ctx context.Context, x *core.Exchange, userID, pw string) error {
	if err := p.checkLength(pw); err != nil {
		return err
	}
	return p.verify(ctx, x.Auth(), userID, pw, ErrNoPassword)
}

// SetPasswordInput is the input of SetPassword.
type SetPasswordInput struct {
	New string `json:"newPassword"`
}

// NewPassword is the password to be set; hooks that check new passwords ask for it.
func (in *SetPasswordInput) NewPassword() string { return in.New }

func (p *Plugin) setPassword(ctx context.Context, x *core.Exchange, in SetPasswordInput) (core.StatusOutput, error) {
	current, err := x.RequireStoredSession(ctx)
	if err != nil {
		return core.StatusOutput{}, err
	}
	if err := p.checkNew(in.New); err != nil {
		return core.StatusOutput{}, err
	}
	account, err := x.Auth().FindCredential(ctx, current.User.ID)
	switch {
	case err == nil && account.Password != nil:
		return core.StatusOutput{}, ErrPasswordSet
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return core.StatusOutput{}, err
	}
	hash, err := x.Auth().Hasher().Hash(ctx, in.New)
	if err != nil {
		return core.StatusOutput{}, fmt.Errorf("emailpassword: %w", busy(err))
	}
	if err := x.Auth().SetPassword(ctx, current.User.ID, hash); err != nil {
		return core.StatusOutput{}, err
	}
	x.Emit(ctx, core.PasswordChanged{UserID: current.User.ID})
	return core.StatusOutput{Status: true}, nil
}
