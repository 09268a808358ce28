package core

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/core/store"
)

// storedSessions keeps sessions in secondary storage under better-auth's keys (formats.md §4.5), and in the table as well
// if table is set.
//
//	<token>                            {"session":{…},"user":{…}}
//	active-sessions-<user id>          [{"token","expiresAt"}, …], the one that expires last at the end
//	revoked-sessions-before-<user id>  milliseconds: sessions made before that moment are none
//
// Where the storage can swap (storage.Swapper), no two requests lose each other's changes and no update brings a session
// back. Where it cannot, the list of a user may miss a session that was made at the same moment as another, and an update
// looks afterwards whether the session was ended meanwhile.
type storedSessions struct {
	auth *Auth
	kept storage.Storage
	// table has every session too, and is asked for those that the storage has lost; nil without one.
	table *tableSessions
	// preserve keeps rows of the table after the end of their session, and never asks them for one.
	preserve bool
}

func revokedKey(userID string) string { return "revoked-sessions-before-" + userID }

// endedKey is where the end of a session is noted for the benefit of an update that goes on at the same time, in a storage
// that cannot swap.
func endedKey(token string) string { return "ended-session-" + token }

// endedNoteAge is how long that note stays: longer than any request takes.
const endedNoteAge = time.Minute

// toRevoked leads from a session to the moment before which its user's sessions count for nothing.
var toRevoked = storage.Link{Path: []string{"session", "userId"}, Prefix: revokedKey("")}

// fallback reports whether the table answers for what the storage does not have.
func (p *storedSessions) fallback() bool { return p.table != nil && !p.preserve }

func (p *storedSessions) find(ctx context.Context, token string) (*ActiveSession, error) {
	s, err := p.lookUp(ctx, token)
	if errors.Is(err, storage.ErrNotFound) {
		if p.fallback() {
			return p.table.find(ctx, token)
		}
		return nil, store.ErrNotFound
	}
	return s, err
}

// lookUp returns what the storage has: its own ErrNotFound if it has nothing, a store's if that counts for nothing.
func (p *storedSessions) lookUp(ctx context.Context, token string) (*ActiveSession, error) {
	var s *ActiveSession
	pair, err := storage.Follow(ctx, p.kept, token, toRevoked, func(value string) (string, error) {
		if s = p.decode(token, value); s == nil {
			return "", nil
		}
		return revokedKey(s.Session.UserID), nil
	})
	if err != nil {
		return nil, err
	}
	if s == nil || pair.Found && revoked(s.Session, pair.Linked) {
		return nil, store.ErrNotFound
	}
	return s, nil
}

// revoked reports whether a session is older than the moment noted for its user.
func revoked(s *model.Session, note string) bool {
	before, err := strconv.ParseFloat(note, 64)
	return err == nil && float64(s.CreatedAt.UnixMilli()) < before
}

func (p *storedSessions) create(ctx context.Context, s *ActiveSession) (*model.Session, error) {
	session := s.Session
	if p.table == nil {
		if session.ID == "" { // nobody else makes one
			session.ID = p.auth.randomID()
		}
		rec, err := p.auth.complete(p.auth.tables.session, session.Record())
		if err != nil {
			return nil, err
		}
		if session, err = model.SessionFromRecord(p.auth.tables.session, rec); err != nil {
			return nil, err
		}
	} else {
		var err error
		if session, err = p.table.create(ctx, s); err != nil {
			return nil, err
		}
	}
	// Only once the user is there to stay: a session outlives a crash, and so would one of a user who was never stored.
	err := store.AfterCommit(ctx, func(ctx context.Context) error {
		err := p.mirror(ctx, &ActiveSession{Session: session, User: s.User})
		if err != nil && p.fallback() {
			p.auth.config.Logger.ErrorContext(ctx, "a session could not be written to secondary storage", "error", err)
			return nil // the table has it
		}
		return err
	})
	return session, err
}

// mirror writes a new session and puts it into its user's list.
func (p *storedSessions) mirror(ctx context.Context, s *ActiveSession) error {
	now := p.auth.Now()
	ttl := s.Session.ExpiresAt.Sub(now)
	if storage.Whole(ttl) == 0 {
		return nil
	}
	value, err := p.encode(s)
	if err != nil {
		return err
	}
	// The list last: whoever ends all sessions of the user before that has not missed one that others could be using
	// already, and whoever does so later finds it there. From the list first they could take it before it is there.
	if err := p.kept.Set(ctx, s.Session.Token, value, ttl); err != nil {
		return err
	}
	var dropped []string
	err = p.changeIndex(ctx, s.Session.UserID, func(list []indexed) []indexed {
		list = append(list, indexed{s.Session.Token, s.Session.ExpiresAt.UnixMilli()})
		dropped = nil
		if over := len(list) - maxIndexed; over > 0 {
			sortIndex(list)
			for _, e := range list[:over] {
				dropped = append(dropped, e.token)
			}
			list = list[over:]
		}
		return list
	})
	if err != nil {
		return err
	}
	for _, token := range dropped {
		if err := p.kept.Delete(ctx, token); err != nil {
			return err
		}
	}
	return nil
}

func (p *storedSessions) update(ctx context.Context, s *ActiveSession, set store.Record) error {
	if p.table != nil {
		if err := p.table.update(ctx, s, set); err != nil {
			return err
		}
	}
	expires := s.Session.ExpiresAt
	if t, ok := set["expiresAt"].(time.Time); ok {
		expires = t
	}
	found := false
	err := p.swap(ctx, s.Session.Token, func(old string) (storage.Change, error) {
		found = true
		value, err := withMembers(old, "session", p.auth.tables.session, set)
		if err != nil {
			return storage.Change{}, err
		}
		return storage.Put(value, expires.Sub(p.auth.Now())), nil
	})
	switch {
	case errors.Is(err, storage.ErrNotFound):
		found = false
	case err != nil:
		return err
	}
	if !found {
		if p.fallback() {
			return nil // the table has it
		}
		return store.ErrNotFound
	}
	if expires.Equal(s.Session.ExpiresAt) {
		return nil
	}
	return p.changeIndex(ctx, s.Session.UserID, func(list []indexed) []indexed {
		list = slices.DeleteFunc(list, func(e indexed) bool { return e.token == s.Session.Token })
		return append(list, indexed{s.Session.Token, expires.UnixMilli()})
	})
}

func (p *storedSessions) list(ctx context.Context, which sessionSet) ([]*model.Session, error) {
	if p.fallback() {
		return p.table.list(ctx, which)
	}
	tokens := []string{which.token}
	if which.token == "" {
		index, err := p.index(ctx, which.userID)
		if err != nil {
			return nil, err
		}
		tokens = tokens[:0]
		for _, e := range index {
			if e.token != which.except && !slices.Contains(tokens, e.token) {
				tokens = append(tokens, e.token)
			}
		}
	}
	now := p.auth.Now()
	out := []*model.Session{}
	for _, token := range tokens {
		s, err := p.lookUp(ctx, token)
		if errors.Is(err, storage.ErrNotFound) || errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if s.Session.ExpiresAt.After(now) && (which.userID == "" || s.Session.UserID == which.userID) && len(out) < p.auth.config.ListLimit {
			out = append(out, s.Session)
		}
	}
	return out, nil
}

func (p *storedSessions) delete(ctx context.Context, which sessionSet) error {
	if p.table != nil {
		end := p.table.delete
		if p.preserve {
			end = p.table.end
		}
		if err := end(ctx, which); err != nil {
			return err
		}
	}
	// What follows does not wait for the transaction to commit: if it fails, so does the transaction, and nobody is told
	// that sessions were ended which were not.
	if which.token != "" {
		return p.endOne(ctx, which)
	}
	if which.except == "" {
		// Written first: it also counts for a session that is on its way and in no list yet.
		if err := p.noteRevoked(ctx, which.userID); err != nil {
			return err
		}
	}
	index, err := p.index(ctx, which.userID)
	if err != nil {
		return err
	}
	ended := map[string]bool{}
	for _, e := range index {
		if e.token == which.except || ended[e.token] {
			continue
		}
		ended[e.token] = true
		if err := p.remove(ctx, e.token); err != nil {
			return err
		}
	}
	return p.changeIndex(ctx, which.userID, func(list []indexed) []indexed {
		return slices.DeleteFunc(list, func(e indexed) bool { return ended[e.token] })
	})
}

// endOne ends the session with a token, if it is the user's.
func (p *storedSessions) endOne(ctx context.Context, which sessionSet) error {
	value, err := p.kept.Get(ctx, which.token)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	s := p.decode(which.token, value)
	if s == nil || which.userID != "" && s.Session.UserID != which.userID {
		return nil
	}
	if err := p.remove(ctx, which.token); err != nil {
		return err
	}
	return p.changeIndex(ctx, s.Session.UserID, func(list []indexed) []indexed {
		return slices.DeleteFunc(list, func(e indexed) bool { return e.token == which.token })
	})
}

// remove deletes a session so that an update which goes on at the same time does not bring it back.
func (p *storedSessions) remove(ctx context.Context, token string) error {
	if _, ok := p.kept.(storage.Swapper); !ok {
		if err := p.kept.Set(ctx, endedKey(token), "1", endedNoteAge); err != nil {
			return err
		}
	}
	return p.kept.Delete(ctx, token)
}

// noteRevoked writes the moment before which a user's sessions count for nothing.
func (p *storedSessions) noteRevoked(ctx context.Context, userID string) error {
	key := revokedKey(userID)
	note := float64(p.auth.Now().UnixMilli())
	old, err := p.kept.Get(ctx, key)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	if before, err := strconv.ParseFloat(old, 64); err == nil {
		note = max(note, before)
	}
	return p.kept.Set(ctx, key, strconv.FormatFloat(note, 'f', -1, 64), max(p.auth.config.Session.ExpiresIn, notRemembered))
}

// userChanged rewrites the user's part of all their sessions.
func (p *storedSessions) userChanged(ctx context.Context, u *model.User) error {
	return store.AfterCommit(ctx, func(ctx context.Context) error {
		index, err := p.index(ctx, u.ID)
		if err != nil {
			return err
		}
		rec := u.Record()
		for _, e := range index {
			err := p.swap(ctx, e.token, func(old string) (storage.Change, error) {
				s := p.decode(e.token, old)
				if s == nil || s.Session.UserID != u.ID {
					return storage.Change{}, nil
				}
				value, err := withMembers(old, "user", p.auth.tables.user, rec)
				if err != nil {
					return storage.Change{}, err
				}
				return storage.Put(value, s.Session.ExpiresAt.Sub(p.auth.Now())), nil
			})
			if err != nil && !errors.Is(err, storage.ErrNotFound) {
				return err
			}
		}
		return nil
	})
}

// swap changes the value of a session that is there. ErrNotFound of package storage if it is not, or was ended meanwhile.
func (p *storedSessions) swap(ctx context.Context, token string, fn func(old string) (storage.Change, error)) error {
	if swapper, ok := p.kept.(storage.Swapper); ok {
		return storage.Update(ctx, swapper, token, func(old string, found bool) (storage.Change, error) {
			if !found {
				return storage.Change{}, storage.ErrNotFound
			}
			return fn(old)
		})
	}
	old, err := p.kept.Get(ctx, token)
	if err != nil {
		return err
	}
	change, err := fn(old)
	if err != nil {
		return err
	}
	if err := change.Force(ctx, p.kept, token); err != nil {
		return err
	}
	switch _, err := p.kept.Get(ctx, endedKey(token)); {
	case errors.Is(err, storage.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return errors.Join(storage.ErrNotFound, p.kept.Delete(ctx, token))
}
