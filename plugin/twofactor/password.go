package twofactor

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// PasswordInput is the part of a body by which the caller proves once more who they are.
type PasswordInput struct {
	// Password is the caller's password. It may only be nil where the options do without one.
	Password *string `json:"password"`

	mandatory bool
}

// Refine demands a password where the options do: it then reads as a mandatory member does.
func (in *PasswordInput) Refine(found wire.Issues) wire.Issues {
	if !in.mandatory || in.Password != nil {
		return found
	}
	for _, issue := range found {
		if issue.Part == wire.InBody && (issue.Path == "" || issue.Path == "password") {
			return found
		}
	}
	missing := wire.Issue{Part: wire.InBody, Path: "password", Message: "Invalid input: expected string, received undefined"}
	return append(wire.Issues{missing}, found...)
}

func (in *PasswordInput) demand() { in.mandatory = true }

// demandPassword makes a hook that makes the password of an endpoint mandatory.
func demandPassword[In, Out any, P interface {
	*In
	demand()
}](e *core.Endpoint[In, Out]) core.Hook {
	return core.Before(e, func(_ context.Context, _ *core.Exchange, in *In) error {
		P(in).demand()
		return nil
	})
}

// reauthenticate checks the password of the caller, or, for those who have none where that is allowed, that they have
// signed in lately.
func reauthenticate(ctx context.Context, x *core.Exchange, s *core.ActiveSession, in *PasswordInput, passwordless bool) error {
	if passwordless {
		has, err := hasPassword(ctx, x.Auth(), s.User.ID)
		if err != nil {
			return err
		}
		if !has {
			if x.Hardened() {
				_, err = x.RequireFreshSession(ctx)
			}
			return err
		}
	}
	if in.Password == nil || *in.Password == "" {
		return ErrInvalidPassword
	}
	err := x.CheckPassword(ctx, s.User.ID, *in.Password)
	if errors.Is(err, core.ErrNoPasswordAccount) {
		return ErrInvalidPassword.Wrap(err)
	}
	return err
}

func hasPassword(ctx context.Context, a *core.Auth, userID string) (bool, error) {
	account, err := a.FindCredential(ctx, userID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && account.Password != nil && *account.Password != "", err
}
