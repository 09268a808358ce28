package core

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// The errors of updating a user.
var (
	ErrEmailNotUpdatable  = NewError(400, "EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated")
	ErrFailedToUpdateUser = NewError(422, "FAILED_TO_UPDATE_USER", "Failed to update user")
	errNothingToUpdate    = NewError(400, "", "No fields to update")
)

// UpdateUserInput is the body of POST /update-user.
type UpdateUserInput struct {
	Name *string `json:"name"`
	// Image is the URL of a picture; null removes it.
	Image wire.Opt[string] `json:"image"`
	// Rest are the other members. Columns of the user table that clients may set are taken from it.
	Rest *wire.Object `json:",extra"`
}

// Refine has a body that is no object called what the contract calls it.
func (*UpdateUserInput) Refine(found wire.Issues) wire.Issues {
	if len(found) > 1 && found[0].Part == wire.InBody && found[0].Path == "" {
		return found[1:]
	}
	return found
}

// UpdateUser is POST /update-user: it changes the caller's name, picture and the columns of the app's own that clients may
// set. The address is changed by [ChangeEmail].
var UpdateUser = Define(Spec{
	ID: "updateUser", Method: "POST", Path: "/update-user", Access: StoredSession,
	Summary: "Change the caller's name, picture and further fields.",
}, updateUser)

func updateUser(ctx context.Context, x *Exchange, in UpdateUserInput) (StatusOutput, error) {
	if in.Rest != nil {
		if email, _ := in.Rest.Get("email"); truthy(email) {
			return StatusOutput{}, ErrEmailNotUpdatable
		}
	}
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return StatusOutput{}, err
	}
	extra, err := x.auth.UserInput(in.Rest, false)
	if err != nil {
		return StatusOutput{}, err
	}
	image, pictured := in.Image.Get()
	if x.Hardened() {
		if err := CheckProfile(in.Name, &image); err != nil {
			return StatusOutput{}, err
		}
	}
	set := store.Record{}
	if in.Name != nil {
		set["name"] = *in.Name
	}
	if pictured {
		set["image"] = image
	} else if in.Image.IsNull() {
		set["image"] = nil
	}
	for _, v := range extra {
		set[v.Name] = v.Value
	}
	if len(set) == 0 {
		return StatusOutput{}, errNothingToUpdate
	}
	user, err := x.auth.UpdateUser(ctx, s.User.ID, set)
	switch {
	case errors.Is(err, store.ErrNotFound): // deleted at the same time
		return StatusOutput{}, ErrUnauthorized
	case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrInvalid):
		return StatusOutput{}, ErrFailedToUpdateUser.Wrap(err)
	case err != nil:
		return StatusOutput{}, err
	}
	x.SendSession(&ActiveSession{Session: s.Session, User: user})
	x.Emit(ctx, UserUpdated{UserID: user.ID})
	return StatusOutput{Status: true}, nil
}
