package core

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// UpdateSessionInput is the body of POST /update-session: columns of the session table that clients may set.
type UpdateSessionInput struct {
	Columns *wire.Object `json:",extra"`
}

// UpdateSessionOutput is the answer of POST /update-session.
type UpdateSessionOutput struct {
	Session *model.Session `json:"session"`
}

// UpdateSession is POST /update-session: it changes columns that plugins or the app have added to the caller's session.
// Members that are no such columns are ignored.
var UpdateSession = Define(Spec{
	ID: "updateSession", Method: "POST", Path: "/update-session", Access: StoredSession,
	Summary: "Change further fields of the caller's session.",
}, updateSession)

func updateSession(ctx context.Context, x *Exchange, in UpdateSessionInput) (UpdateSessionOutput, error) {
	current, err := x.RequireStoredSession(ctx)
	if err != nil {
		return UpdateSessionOutput{}, err
	}
	columns, err := x.auth.SessionInput(in.Columns)
	if err != nil {
		return UpdateSessionOutput{}, err
	}
	if len(columns) == 0 {
		return UpdateSessionOutput{}, errNothingToUpdate
	}
	set := store.Record{}
	for _, c := range columns {
		set[c.Name] = c.Value
	}
	updated, err := x.auth.UpdateSession(ctx, current, set)
	if errors.Is(err, store.ErrNotFound) { // it was ended a moment ago
		x.expireSessionCookies()
		return UpdateSessionOutput{}, ErrFailedToGetSession
	}
	if err != nil {
		return UpdateSessionOutput{}, err
	}
	x.SendSession(updated)
	return UpdateSessionOutput{Session: updated.Session}, nil
}
