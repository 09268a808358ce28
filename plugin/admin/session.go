package admin

import (
	"context"
	"errors"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// ListUserSessionsOutput is the answer of POST /admin/list-user-sessions.
type ListUserSessionsOutput struct {
	Sessions []*model.Session `json:"sessions"`
}

func (p *Plugin) listUserSessions(ctx context.Context, x *core.Exchange, in UserInput) (ListUserSessionsOutput, error) {
	caller, err := p.callerWho(ctx, x, ListSessions, ErrMayNotListSessions)
	if err != nil {
		return ListUserSessionsOutput{}, err
	}
	if x.Hardened() { // the tokens of somebody with more powers are not for the caller
		target, err := x.Auth().FindUser(ctx, in.UserID)
		if errors.Is(err, store.ErrNotFound) {
			return ListUserSessionsOutput{}, nil
		}
		if err == nil {
			err = p.protected(x, caller, target, ErrMayNotListSessions)
		}
		if err != nil {
			return ListUserSessionsOutput{}, internal("list sessions", err)
		}
	}
	sessions, err := x.Auth().Sessions(ctx, in.UserID)
	return ListUserSessionsOutput{Sessions: sessions}, internal("list sessions", err)
}

// RevokeUserSessionInput is the body of POST /admin/revoke-user-session.
type RevokeUserSessionInput struct {
	Token string `json:"sessionToken"`
}

func (p *Plugin) revokeUserSession(ctx context.Context, x *core.Exchange, in RevokeUserSessionInput) (SuccessOutput, error) {
	if _, err := p.callerWho(ctx, x, RevokeSessions, ErrMayNotRevokeSessions); err != nil {
		return SuccessOutput{}, err
	}
	s, err := x.Auth().FindSession(ctx, in.Token)
	if errors.Is(err, store.ErrNotFound) {
		return SuccessOutput{Success: true}, nil
	}
	if err == nil {
		err = x.Auth().DeleteSession(ctx, in.Token)
	}
	if err != nil {
		return SuccessOutput{}, internal("revoke session", err)
	}
	x.Emit(ctx, core.SessionsRevoked{UserID: s.User.ID, SessionID: s.Session.ID})
	return SuccessOutput{Success: true}, nil
}

func (p *Plugin) revokeUserSessions(ctx context.Context, x *core.Exchange, in UserInput) (SuccessOutput, error) {
	if _, err := p.callerWho(ctx, x, RevokeSessions, ErrMayNotRevokeSessions); err != nil {
		return SuccessOutput{}, err
	}
	if err := x.Auth().DeleteSessions(ctx, in.UserID); err != nil {
		return SuccessOutput{}, internal("revoke sessions", err)
	}
	x.Emit(ctx, core.SessionsRevoked{UserID: in.UserID})
	return SuccessOutput{Success: true}, nil
}

// hideImpersonations keeps the sessions that admins have made for themselves out of what users see of theirs.
func hideImpersonations(_ context.Context, _ *core.Exchange, out []*model.Session, err error) ([]*model.Session, error) {
	if err != nil {
		return out, err
	}
	return slices.DeleteFunc(slices.Clone(out), impersonation), nil
}
