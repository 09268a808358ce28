package core

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/model"
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

// RevokeSessionInput is the body of POST /revoke-session.
type RevokeSessionInput struct {
	Token string `json:"token"`
}

// RevokeSession is POST /revoke-session: it ends one of the caller's sessions. A token of anybody else's, or of nobody's,
// gets the same answer and ends nothing.
var RevokeSession = Define(Spec{
	ID: "revokeSession", Method: "POST", Path: "/revoke-session", Access: StoredSession, RenewCache: true, NeedsHeaders: true,
	Summary: "End one of the caller's sessions.",
}, revokeSession)

func revokeSession(ctx context.Context, x *Exchange, in RevokeSessionInput) (StatusOutput, error) {
	current, err := x.RequireStoredSession(ctx)
	if err != nil {
		return StatusOutput{}, err
	}
	target := sessionSet{userID: current.User.ID, token: in.Token}
	ended, err := x.auth.sessions.list(ctx, target)
	if err != nil {
		return StatusOutput{}, fmt.Errorf("core: revoke session: %w", err)
	}
	if err := x.auth.deleteSessions(ctx, target); err != nil {
		return StatusOutput{}, err
	}
	for _, s := range ended {
		x.Emit(ctx, SessionsRevoked{UserID: current.User.ID, SessionID: s.ID})
	}
	if in.Token == current.Session.Token {
		x.expireSessionCookies()
	}
	return StatusOutput{Status: true}, nil
}

// RevokeSessions is POST /revoke-sessions: it ends all of the caller's sessions, this one included.
var RevokeSessions = Define(Spec{
	ID: "revokeSessions", Method: "POST", Path: "/revoke-sessions", Access: StoredSession, RenewCache: true, NeedsHeaders: true,
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
	x.Emit(ctx, SessionsRevoked{UserID: current.User.ID})
	x.expireSessionCookies()
	return StatusOutput{Status: true}, nil
}

// RevokeOtherSessions is POST /revoke-other-sessions: it ends all of the caller's sessions but this one.
var RevokeOtherSessions = Define(Spec{
	ID: "revokeOtherSessions", Method: "POST", Path: "/revoke-other-sessions", Access: StoredSession, RenewCache: true, NeedsHeaders: true,
	Summary: "End all of the caller's sessions but this one.",
}, revokeOtherSessions)

func revokeOtherSessions(ctx context.Context, x *Exchange, _ None) (StatusOutput, error) {
	current, err := x.RequireStoredSession(ctx)
	if err != nil {
		return StatusOutput{}, err
	}
	if err := x.auth.deleteSessions(ctx, sessionSet{userID: current.User.ID, except: current.Session.Token}); err != nil {
		return StatusOutput{}, err
	}
	x.Emit(ctx, SessionsRevoked{UserID: current.User.ID})
	return StatusOutput{Status: true}, nil
}
