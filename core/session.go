package core

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/store"
)

// ActiveSession is a session with its user.
type ActiveSession struct {
	Session *model.Session `json:"session"`
	User    *model.User    `json:"user"`
	// NeedsRefresh says, where Config.Session.DeferRefresh leaves it to the client, whether the session is to be
	// prolonged. It is nil otherwise.
	NeedsRefresh *bool `json:"needsRefresh,omitempty"`

	fromCookie bool // it was read from the cookie cache, and is written in the order that the contract has for those
}

// AppendJSON writes what /get-session answers.
func (s *ActiveSession) AppendJSON(dst []byte) ([]byte, error) {
	if s == nil {
		return append(dst, "null"...), nil
	}
	session, user := s.Session.AppendJSON, s.User.AppendJSON
	if s.fromCookie {
		session, user = s.Session.AppendCachedJSON, s.User.AppendCachedJSON
	}
	dst, err := session(append(dst, `{"session":`...))
	if err != nil {
		return dst, err
	}
	if dst, err = user(append(dst, `,"user":`...)); err != nil {
		return dst, err
	}
	if s.NeedsRefresh != nil {
		dst = append(dst, `,"needsRefresh":`...)
		dst = strconv.AppendBool(dst, *s.NeedsRefresh)
	}
	return append(dst, '}'), nil
}

// MarshalJSON writes the session as AppendJSON does, for apps that encode it with encoding/json.
func (s *ActiveSession) MarshalJSON() ([]byte, error) { return s.AppendJSON(nil) }

// notRemembered is how long a session lives whose user asked not to be remembered; its cookie ends with the browser.
const notRemembered = 24 * time.Hour

// createSession stores a new session for a user. Its token is made here and nowhere else.
func (x *Exchange) createSession(ctx context.Context, s *SignIn) (*model.Session, error) {
	lifetime := x.auth.config.Session.ExpiresIn
	if s.DontRemember {
		lifetime = notRemembered
	}
	return x.createSessionFor(ctx, s.User, lifetime, s.Extra)
}

// createSessionFor is createSession with any lifetime.
func (x *Exchange) createSessionFor(ctx context.Context, u *model.User, lifetime time.Duration, extra model.Extra) (*model.Session, error) {
	a := x.auth
	now := x.Now()
	if lifetime > maxCookieAge { // Exact lets such a configuration pass: nothing must be left behind by what cannot work
		return nil, fmt.Errorf("core: a session of %v cannot have a cookie: browsers keep one for at most %v", lifetime, maxCookieAge)
	}
	ip, agent := x.ClientIP(), x.userAgent()
	session := &model.Session{
		ID: a.newID(model.SessionTable), Token: secret.ID(), UserID: u.ID, CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(lifetime),
		IPAddress: &ip, UserAgent: &agent, Extra: extra,
	}
	session, err := a.hooks.session.create(ctx, a.store, session, func(ctx context.Context, row *model.Session) (*model.Session, error) {
		return a.sessions.create(ctx, &ActiveSession{Session: row, User: u})
	})
	if errors.Is(err, ErrRefused) {
		return nil, ErrFailedToCreateSession.Wrap(err)
	}
	if err != nil {
		return nil, fmt.Errorf("core: create session: %w", err)
	}
	return session, nil
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

// resolveOptions are the ways in which looking for the session differs from one request to the other.
type resolveOptions struct {
	// disableCache asks the store also where the cookie cache has the session.
	disableCache bool
	// disableRefresh leaves the session's expiry as it is.
	disableRefresh bool
	// deferred says that another request is to prolong the session and delete what has expired.
	deferred bool
}

// resolution is what was found.
type resolution struct {
	session *ActiveSession
	// cached says that nobody but the cookie cache was asked, although somebody could have been.
	cached bool
}

// resolveSession finds the caller's session and prolongs it when that is due (formats.md §4.2). There may be none. An error
// is a breakdown: no cookie is touched then, so that a dead database signs nobody out.
func (x *Exchange) resolveSession(ctx context.Context, o resolveOptions) (resolution, error) {
	a := x.auth
	token, ok := x.signedCookie(&x.site.cookies.sessionToken)
	if a.cache == nil {
		x.clearSessionData() // of a time when there was a cache
	}
	if !ok {
		return resolution{}, nil
	}
	if a.cache != nil && (!o.disableCache || a.config.Session.Stateless) {
		if s := x.cachedSession(token); s != nil && !a.isVoid(s) {
			return resolution{s, !a.config.Session.Stateless}, nil
		}
	}
	s, err := a.FindSession(ctx, token)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.isVoid(s) {
		x.expireSessionCookies()
		return resolution{}, nil
	}
	if err != nil {
		return resolution{}, err
	}
	now := x.Now()
	if a.expired(s.Session.ExpiresAt, now) {
		if !o.deferred {
			if err := a.DeleteSession(ctx, token); err != nil {
				return resolution{}, err
			}
		}
		x.expireSessionCookies()
		return resolution{}, nil
	}
	if _, dontRemember := x.signedCookie(&x.site.cookies.dontRemember); dontRemember || o.disableRefresh {
		return resolution{session: s}, nil
	}
	due := !a.config.Session.DisableRefresh && a.refreshDue(s.Session, now)
	if o.deferred {
		s.NeedsRefresh = &due
	} else if due {
		s, err = x.refresh(ctx, s, now)
		return resolution{session: s}, err
	}
	x.setSessionData(s, false)
	return resolution{session: s}, nil
}

// confirmSession asks the store whether a session that the cookie cache knows is still there, and returns it as it is
// now, or nil. Nothing is prolonged by it.
func (x *Exchange) confirmSession(ctx context.Context, token string) (*ActiveSession, error) {
	s, err := x.auth.FindSession(ctx, token)
	if errors.Is(err, store.ErrNotFound) || err == nil && (x.auth.isVoid(s) || x.auth.expired(s.Session.ExpiresAt, x.Now())) {
		x.expireSessionCookies()
		return nil, nil
	}
	return s, err
}

// expired says whether a moment has passed. In Exact the very millisecond of expiry is still good, as upstream has it.
func (a *Auth) expired(at, now time.Time) bool {
	if a.config.Compat == Exact {
		return at.Before(now)
	}
	return !now.Before(at)
}

// isVoid reports whether a plugin says that a session counts for nothing.
func (a *Auth) isVoid(s *ActiveSession) bool {
	for _, void := range a.void {
		if void(s) {
			return true
		}
	}
	return false
}

// isFixed reports whether a plugin says that a session is not prolonged.
func (a *Auth) isFixed(s *model.Session) bool {
	for _, fixed := range a.fixed {
		if fixed(s) {
			return true
		}
	}
	return false
}

func (a *Auth) refreshDue(s *model.Session, now time.Time) bool {
	c := &a.config.Session
	return !a.isFixed(s) && !s.ExpiresAt.Add(c.UpdateAge-c.ExpiresIn).After(now)
}

// refresh prolongs a session by a full lifetime. A session revoked in the meantime stays revoked: it must still be there.
func (x *Exchange) refresh(ctx context.Context, s *ActiveSession, now time.Time) (*ActiveSession, error) {
	set := store.Record{"expiresAt": now.Add(x.auth.config.Session.ExpiresIn), "updatedAt": now}
	updated, err := x.auth.UpdateSession(ctx, s, set)
	if errors.Is(err, store.ErrNotFound) {
		x.expireSessionCookies()
		return nil, ErrFailedToGetSession
	}
	if err != nil {
		return nil, fmt.Errorf("core: refresh session: %w", err)
	}
	x.setSessionCookie(updated, false)
	return updated, nil
}
