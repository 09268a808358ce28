package core

import (
	"context"
	"fmt"
	"maps"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// sessionPlace is where an installation keeps its sessions: in the table (session_table.go), in secondary storage, with or
// without the table (session_storage.go), or nowhere but in cookies (session_stateless.go). It knows nothing of hooks and
// events.
type sessionPlace interface {
	// find returns the session with that token and its user, expired or not. ErrNotFound of package store.
	find(ctx context.Context, token string) (*ActiveSession, error)
	// create keeps a new session and returns it as it is kept.
	create(ctx context.Context, s *ActiveSession) (*model.Session, error)
	// update sets columns of a session that is still there; s is what was found, set what changes. ErrNotFound of
	// package store if it was ended in the meantime: no update brings one back.
	update(ctx context.Context, s *ActiveSession, set store.Record) error
	// list returns sessions that have not expired.
	list(ctx context.Context, which sessionSet) ([]*model.Session, error)
	// delete ends sessions. It is no error if there are none.
	delete(ctx context.Context, which sessionSet) error
	// userChanged tells that the row of a user is another one now.
	userChanged(ctx context.Context, u *model.User) error
}

// sessionSet says which sessions: that with a token, those of a user, or both; with except, all of a user but one.
type sessionSet struct{ userID, token, except string }

// conds is the set in the words of a store.
func (s sessionSet) conds() []store.Cond {
	var c []store.Cond
	if s.userID != "" {
		c = append(c, store.Eq("userId", s.userID))
	}
	if s.token != "" {
		c = append(c, store.Eq("token", s.token))
	}
	if s.except != "" {
		c = append(c, store.Ne("token", s.except))
	}
	return c
}

// newSessionPlace chooses by the configuration.
func (a *Auth) newSessionPlace() sessionPlace {
	table := &tableSessions{a}
	if a.config.Session.Stateless {
		return cookieSessions{a}
	}
	if a.storage == nil {
		return table
	}
	c := &a.config.Session
	p := &storedSessions{auth: a, kept: a.storage}
	if c.StoreInDatabase {
		p.table, p.preserve = table, c.PreserveInDatabase
	}
	return p
}

// FindSession returns the session with that token and its user, expired or not: in one query, or one round trip to
// secondary storage. ErrNotFound of package store if there is none.
func (a *Auth) FindSession(ctx context.Context, token string) (*ActiveSession, error) {
	s, err := a.sessions.find(ctx, token)
	if err != nil {
		return nil, fmt.Errorf("core: find session: %w", err)
	}
	return s, nil
}

// Sessions returns a user's sessions that have not expired, at most 100.
func (a *Auth) Sessions(ctx context.Context, userID string) ([]*model.Session, error) {
	s, err := a.sessions.list(ctx, sessionSet{userID: userID})
	if err != nil {
		return nil, fmt.Errorf("core: list sessions: %w", err)
	}
	return s, nil
}

// UpdateSession sets columns of a session and returns it as it is then. Columns are named as in the schema. s is not
// changed. ErrNotFound of package store, wrapped, if it was ended in the meantime.
func (a *Auth) UpdateSession(ctx context.Context, s *ActiveSession, set store.Record) (*ActiveSession, error) {
	if _, ok := set["updatedAt"]; !ok {
		set["updatedAt"] = a.Now()
	}
	updated, err := a.hooks.session.update(ctx, a.store, set, func(ctx context.Context, set store.Record) (*model.Session, error) {
		if err := a.sessions.update(ctx, s, set); err != nil {
			return nil, fmt.Errorf("core: update session: %w", err)
		}
		if a.tables.readSession != a.tables.session { // what was set may be read as something else
			found, err := a.FindSession(ctx, s.Session.Token)
			if err != nil {
				return nil, err
			}
			return found.Session, nil
		}
		rec := s.Session.Record()
		maps.Copy(rec, set)
		return model.SessionFromRecord(a.tables.session, rec)
	})
	if err != nil {
		return nil, err
	}
	return &ActiveSession{Session: updated, User: s.User}, nil
}

// DeleteSession ends the session with that token, if there is one.
func (a *Auth) DeleteSession(ctx context.Context, token string) error {
	return a.deleteSessions(ctx, sessionSet{token: token})
}

// DeleteSessions ends all sessions of a user.
func (a *Auth) DeleteSessions(ctx context.Context, userID string) error {
	return a.deleteSessions(ctx, sessionSet{userID: userID})
}

func (a *Auth) deleteSessions(ctx context.Context, which sessionSet) error {
	load := func(ctx context.Context) ([]*model.Session, error) { return a.sessions.list(ctx, which) }
	err := a.hooks.session.delete(ctx, a.store, load, func(ctx context.Context) error { return a.sessions.delete(ctx, which) })
	if err != nil {
		return fmt.Errorf("core: delete sessions: %w", err)
	}
	return nil
}
