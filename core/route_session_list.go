package core

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// StatusOutput is the answer of endpoints that have nothing to say but that it is done.
type StatusOutput struct {
	Status bool `json:"status"`
}

// ListSessions is GET /list-sessions: the caller's sessions that have not expired. It shows tokens, so it wants a fresh
// session.
var ListSessions = Define(Spec{
	ID: "listSessions", Method: "GET", Path: "/list-sessions", Access: FreshSession, NeedsHeaders: true,
	Summary: "List the caller's sessions.",
}, listSessions)

func listSessions(ctx context.Context, x *Exchange, _ None) ([]*model.Session, error) {
	current, err := x.RequireStoredSession(ctx)
	if err != nil {
		return nil, err
	}
	return x.auth.Sessions(ctx, current.User.ID)
}

// Sessions returns a user's sessions that have not expired, the oldest first, at most Config.ListLimit.
func (a *Auth) Sessions(ctx context.Context, userID string) ([]*model.Session, error) {
	records, err := a.store.FindMany(ctx, store.Query{
		Table:   a.tables.session,
		Where:   []store.Cond{store.Eq("userId", userID), store.Gt("expiresAt", a.Now())},
		OrderBy: []store.Order{{Column: "createdAt"}},
		Limit:   a.config.ListLimit,
	})
	if err != nil {
		return nil, fmt.Errorf("core: list sessions: %w", err)
	}
	out := make([]*model.Session, len(records))
	for i, rec := range records {
		if out[i], err = model.SessionFromRecord(a.tables.session, rec); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// RevokeSessionInput is the body of POST /revoke-session.
type RevokeSessionInput struct {
	Token string `json:"token"`
}

// RevokeSession is POST /revoke-session: it ends one of the caller's sessions. A token of anybody else's, or of nobody's,
// gets the same answer and ends nothing.
var RevokeSession = Define(Spec{
	ID: "revokeSession", Method: "POST", Path: "/revoke-session", Access: StoredSession, NeedsHeaders: true,
	Summary: "End one of the caller's sessions.",
}, revokeSession)

func revokeSession(ctx context.Context, x *Exchange, in RevokeSessionInput) (StatusOutput, error) {
	current, err := x.RequireStoredSession(ctx)
	if err != nil {
		return StatusOutput{}, err
	}
	if err := x.auth.deleteSessions(ctx, store.Eq("userId", current.User.ID), store.Eq("token", in.Token)); err != nil {
		return StatusOutput{}, err
	}
	if in.Token == current.Session.Token {
		x.expireSessionCookies()
	}
	return StatusOutput{Status: true}, nil
}

// RevokeSessions is POST /revoke-sessions: it ends all of the caller's sessions, this one included.
var RevokeSessions = Define(Spec{
	ID: "revokeSessions", Method: "POST", Path: "/revoke-sessions", Access: StoredSession, NeedsHeaders: true,
	Summary: "End all of the caller's sessions.",
}, revokeSessions)

func revokeSessions(ctx context.Context, x *Exchange, _ None) (StatusOutput, error) {
	current, err := x.RequireStoredSession(ctx)
	if err != nil {
		return StatusOutput{}, err
	}
	if err := x.auth.DeleteSessions(ctx, current.User.ID); err != nil {
		return StatusOutput{}, err
	}
	x.expireSessionCookies()
	return StatusOutput{Status: true}, nil
}

// RevokeOtherSessions is POST /revoke-other-sessions: it ends all of the caller's sessions but this one.
var RevokeOtherSessions = Define(Spec{
	ID: "revokeOtherSessions", Method: "POST", Path: "/revoke-other-sessions", Access: StoredSession, NeedsHeaders: true,
	Summary: "End all of the caller's sessions but this one.",
}, revokeOtherSessions)

func revokeOtherSessions(ctx context.Context, x *Exchange, _ None) (StatusOutput, error) {
	current, err := x.RequireStoredSession(ctx)
	if err != nil {
		return StatusOutput{}, err
	}
	err = x.auth.deleteSessions(ctx, store.Eq("userId", current.User.ID), store.Ne("token", current.Session.Token))
	return StatusOutput{Status: err == nil}, err
}

// DeleteSessions removes all sessions of a user.
func (a *Auth) DeleteSessions(ctx context.Context, userID string) error {
	return a.deleteSessions(ctx, store.Eq("userId", userID))
}

func (a *Auth) deleteSessions(ctx context.Context, where ...store.Cond) error {
	if _, err := a.store.Delete(ctx, store.From(a.tables.session, where...)); err != nil {
		return fmt.Errorf("core: delete sessions: %w", err)
	}
	return nil
}
