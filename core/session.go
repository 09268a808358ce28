package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/store"
)

// ActiveSession is a session with its user.
type ActiveSession struct {
	Session *model.Session `json:"session"`
	User    *model.User    `json:"user"`
}

// notRemembered is how long a session lives whose user asked not to be remembered; its cookie ends with the browser.
const notRemembered = 24 * time.Hour

// FindSession returns the session with that token and its user, expired or not, in one query. ErrNotFound of package
// store if there is none.
func (a *Auth) FindSession(ctx context.Context, token string) (*ActiveSession, error) {
	finder, ok := a.store.(store.JoinFinder)
	var left, right []any
	var err error
	if ok {
		left, right, err = finder.FindJoined(ctx, a.tables.login, token)
	} else {
		left, right, err = findJoined(ctx, a.store, a.tables.login, token)
	}
	if err != nil {
		return nil, fmt.Errorf("core: find session: %w", err)
	}
	s, err := model.SessionFromRow(a.tables.session, left)
	if err != nil {
		return nil, err
	}
	u, err := model.UserFromRow(a.tables.user, right)
	if err != nil {
		return nil, err
	}
	return &ActiveSession{Session: s, User: u}, nil
}

// findJoined is what a store without a join of its own does for one.
func findJoined(ctx context.Context, s store.Store, j *store.Join, key string) (left, right []any, err error) {
	l, err := s.FindOne(ctx, store.From(j.Left, store.Eq(j.Key, key)))
	if err != nil {
		return nil, nil, err
	}
	id, err := j.Left.Column(j.On).Normalize(l[j.On])
	if err != nil {
		return nil, nil, err
	}
	r, err := s.FindOne(ctx, store.From(j.Right, store.Eq("id", id)))
	if err != nil {
		return nil, nil, err
	}
	return model.Row(j.Left, l), model.Row(j.Right, r), nil
}

// DeleteSession removes the session with that token, if there is one.
func (a *Auth) DeleteSession(ctx context.Context, token string) error {
	return a.deleteSessions(ctx, store.Eq("token", token))
}

// createSession stores a new session for a user. Its token is made here and nowhere else.
func (x *Exchange) createSession(ctx context.Context, s *SignIn) (*model.Session, error) {
	now := x.Now()
	lifetime := x.auth.config.Session.ExpiresIn
	if s.DontRemember {
		lifetime = notRemembered
	}
	if lifetime > maxCookieAge { // Exact lets such a configuration pass: nothing must be left behind by what cannot work
		return nil, fmt.Errorf("core: a session of %v cannot have a cookie: browsers keep one for at most %v", lifetime, maxCookieAge)
	}
	ip, agent := x.ClientIP(), x.userAgent()
	session := &model.Session{
		ID: x.auth.newID(model.SessionTable), Token: secret.ID(), UserID: s.User.ID, CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(lifetime),
		IPAddress: &ip, UserAgent: &agent, Extra: s.Extra,
	}
	rec, err := x.auth.create(ctx, x.auth.tables.session, session.Record())
	if err != nil {
		return nil, fmt.Errorf("core: create session: %w", err)
	}
	return model.SessionFromRecord(x.auth.tables.session, rec)
}

// maxUserAgent is how many bytes of a User-Agent header are kept. Browsers send some hundred.
const maxUserAgent = 1024

func (x *Exchange) userAgent() string {
	agent := x.RequestHeader("User-Agent")
	return latin1(agent[:min(len(agent), maxUserAgent)])
}

// latin1 reads header bytes as Node does: each is a character. What comes out is valid UTF-8, which a database may
// insist on.
func latin1(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			runes := make([]rune, len(s))
			for j := range len(s) {
				runes[j] = rune(s[j])
			}
			return string(runes)
		}
	}
	return s
}

// resolveOptions are the ways in which /get-session differs from looking at the session on the way to something else.
type resolveOptions struct {
	// disableRefresh leaves the session's expiry as it is.
	disableRefresh bool
}

// resolveSession finds the caller's session and prolongs it when that is due (formats.md §4.2). It returns nil where
// there is none. An error is a breakdown: no cookie is touched then, so that a dead database signs nobody out.
func (x *Exchange) resolveSession(ctx context.Context, o resolveOptions) (*ActiveSession, error) {
	a := x.auth
	token, ok := x.signedCookie(&x.site.cookies.sessionToken)
	if !ok {
		return nil, nil
	}
	s, err := a.FindSession(ctx, token)
	if errors.Is(err, store.ErrNotFound) {
		x.expireSessionCookies()
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	now := x.Now()
	if a.expired(s.Session.ExpiresAt, now) {
		if err := a.DeleteSession(ctx, token); err != nil {
			return nil, err
		}
		x.expireSessionCookies()
		return nil, nil
	}
	if o.disableRefresh || a.config.Session.DisableRefresh || !a.refreshDue(s.Session, now) {
		return s, nil
	}
	if _, dontRemember := x.signedCookie(&x.site.cookies.dontRemember); dontRemember {
		return s, nil
	}
	return x.refresh(ctx, s, now)
}

// expired says whether a moment has passed. In Exact the very millisecond of expiry is still good, as upstream has it.
func (a *Auth) expired(at, now time.Time) bool {
	if a.config.Compat == Exact {
		return at.Before(now)
	}
	return !now.Before(at)
}

func (a *Auth) refreshDue(s *model.Session, now time.Time) bool {
	c := &a.config.Session
	return !s.ExpiresAt.Add(c.UpdateAge - c.ExpiresIn).After(now)
}

// refresh prolongs a session by a full lifetime. A session revoked in the meantime stays revoked: the row must still be
// there.
func (x *Exchange) refresh(ctx context.Context, s *ActiveSession, now time.Time) (*ActiveSession, error) {
	a := x.auth
	expires := now.Add(a.config.Session.ExpiresIn)
	n, err := a.store.Update(ctx, store.From(a.tables.session, store.Eq("token", s.Session.Token)),
		store.Record{"expiresAt": expires, "updatedAt": now})
	if err != nil {
		return nil, fmt.Errorf("core: refresh session: %w", err)
	}
	if n == 0 {
		x.expireSessionCookies()
		return nil, ErrFailedToGetSession
	}
	s.Session.ExpiresAt, s.Session.UpdatedAt = expires, now
	x.setSessionCookie(s, false)
	return s, nil
}
