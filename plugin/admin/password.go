package admin

import (
	"context"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
)

// SetUserPasswordInput is the body of POST /admin/set-user-password.
type SetUserPasswordInput struct {
	New    string `json:"newPassword" check:"min=1" message:"newPassword cannot be empty"`
	UserID string `json:"userId" coerce:"true" check:"min=1" message:"userId cannot be empty"`
}

// NewPassword is the password to be set; hooks that check new passwords ask for it.
func (in *SetUserPasswordInput) NewPassword() string { return in.New }

func (p *Plugin) setUserPassword(ctx context.Context, x *core.Exchange, in SetUserPasswordInput) (core.StatusOutput, error) {
	caller, err := p.callerWho(ctx, x, SetPasswords, ErrMayNotSetPassword)
	if err != nil {
		return core.StatusOutput{}, err
	}
	if err := x.CheckNewPassword(ctx, in.New); err != nil {
		return core.StatusOutput{}, err
	}
	auth := x.Auth()
	target, err := auth.FindUser(ctx, in.UserID)
	if err == nil {
		err = p.protected(x, caller, target, ErrMayNotSetPassword) // again below; here it saves a hash
	}
	if err != nil {
		return core.StatusOutput{}, internal("set password", orNotFound(err))
	}
	hash, err := auth.HashPassword(ctx, in.New)
	if err != nil {
		return core.StatusOutput{}, internal("set password", err)
	}
	err = p.change(ctx, x, caller, in.UserID, ErrMayNotSetPassword, func(ctx context.Context, _ *model.User) error {
		if err := auth.SetPassword(ctx, in.UserID, hash); err != nil {
			return err
		}
		x.Emit(ctx, core.PasswordChanged{UserID: in.UserID})
		if !x.Hardened() {
			return nil
		}
		// A password is set for somebody because the old one is lost or known to others: links to replace it and, but for
		// the caller's own, sessions from before must not outlive it.
		if err := auth.DeleteVerificationsOf(ctx, core.ResetPasswordPrefix, in.UserID); err != nil {
			return err
		}
		if in.UserID == caller.User.ID {
			return nil
		}
		return auth.DeleteSessions(ctx, in.UserID)
	})
	if err != nil {
		return core.StatusOutput{}, internal("set password", err)
	}
	return core.StatusOutput{Status: true}, nil
}
