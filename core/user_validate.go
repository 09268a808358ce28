package core

import (
	"context"

	"github.com/cardea-auth/cardea/core/wire"
)

// ValidateUserFunc judges who may become a user, or sign in by a provider's account. It returns nil to let them pass; an
// [*Error] is the answer, and its code goes with the redirect where there is one. Any other error, which is logged, refuses
// with 403 validation_failed.
type ValidateUserFunc func(ctx context.Context, x *Exchange, c UserCandidate) error

// UserCandidate is somebody to be judged.
type UserCandidate struct {
	// Action is "create-user", "link-account" or "sign-in".
	Action string
	// Method is how they come: "email-password", "oauth" …
	Method string
	// ProviderID and Profile are the provider and what it has said, if there is one.
	ProviderID string
	Profile    *wire.Object
	// User has name, email, image, emailVerified and further fields of the user, and id if there is a user already. It must
	// not be changed.
	User *wire.Object
}

// errValidationFailed answers when Config.User.Validate broke.
var errValidationFailed = NewError(403, "validation_failed", "User validation failed")

// ValidateUser asks Config.User.Validate about somebody. Plugins call it before they make a user or link an account.
func (x *Exchange) ValidateUser(ctx context.Context, c UserCandidate) error {
	validate := x.auth.config.User.Validate
	if validate == nil {
		return nil
	}
	err := validate(ctx, x, c)
	if err == nil || clientError(err) != nil {
		return err
	}
	x.logError(ctx, err)
	return errValidationFailed.Wrap(err)
}
