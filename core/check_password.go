package core

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/password"
)

// The errors of passwords that are to be set.
var (
	ErrPasswordTooShort = NewError(400, "PASSWORD_TOO_SHORT", "Password too short")
	ErrPasswordTooLong  = NewError(400, "PASSWORD_TOO_LONG", "Password too long")
)

// The bounds of a new password, in UTF-16 units, where no plugin has any.
const (
	minPasswordLength = 8
	maxPasswordLength = 128
)

// CheckPassword checks a user's password, for an endpoint that wants the caller to prove once more who they are. The plugin
// that knows passwords does it ([Manifest.CheckPassword]): its errors say that there is none, that it is another, or that it
// is too long. Without such a plugin nobody has a password, and the error is [ErrNoPasswordAccount].
func (x *Exchange) CheckPassword(ctx context.Context, userID, password string) error {
	if x.auth.checkPassword == nil {
		return ErrNoPasswordAccount
	}
	return x.auth.checkPassword(ctx, x, userID, password)
}

// CheckNewPassword returns what is wrong with a password that is to be set, as the plugins have it
// ([Manifest.CheckNewPassword]), or nil: [ErrPasswordTooShort], [ErrPasswordTooLong]. Without such a plugin it has 8 to 128
// characters, as JavaScript counts. It comes before hashing.
func (x *Exchange) CheckNewPassword(ctx context.Context, pw string) error {
	if len(x.auth.checkNewPassword) == 0 {
		switch n := password.UTF16Len(pw); {
		case n < minPasswordLength:
			return ErrPasswordTooShort
		case n > maxPasswordLength:
			return ErrPasswordTooLong
		}
		return nil
	}
	for _, check := range x.auth.checkNewPassword {
		if err := check(ctx, x, pw); err != nil {
			return err
		}
	}
	return nil
}

// HashPassword hashes a password that is to be set. [ErrBusy] if all slots stay taken, [ErrPasswordTooLong] if the hash
// cannot take all of it.
func (a *Auth) HashPassword(ctx context.Context, pw string) (string, error) {
	hash, err := a.hasher.Hash(ctx, pw)
	switch {
	case errors.Is(err, password.ErrBusy):
		return "", ErrBusy.Wrap(err)
	case errors.Is(err, password.ErrTooLong):
		return "", ErrPasswordTooLong.Wrap(err)
	case err != nil:
		return "", fmt.Errorf("core: hash password: %w", err)
	}
	return hash, nil
}
