package core

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// cookieSessions keeps no session: the copy in the client's cookie is all there is (Config.Session.Stateless).
type cookieSessions struct{ auth *Auth }

func (cookieSessions) find(context.Context, string) (*ActiveSession, error) {
	return nil, store.ErrNotFound
}

func (p cookieSessions) create(_ context.Context, s *ActiveSession) (*model.Session, error) {
	session := *s.Session
	if session.ID == "" {
		session.ID = p.auth.randomID()
	}
	rec, err := p.auth.complete(p.auth.tables.session, session.Record())
	if err != nil {
		return nil, err
	}
	return model.SessionFromRecord(p.auth.tables.session, rec)
}

func (cookieSessions) update(context.Context, *ActiveSession, store.Record) error { return nil }

func (cookieSessions) list(context.Context, sessionSet) ([]*model.Session, error) {
	return []*model.Session{}, nil
}

func (cookieSessions) delete(context.Context, sessionSet) error { return nil }

func (cookieSessions) userChanged(context.Context, *model.User) error { return nil }

// renewCopy gives the client of a stateless installation a new copy of its session when the one that it has will soon be
// too old. The session itself is not prolonged by it.
func (x *Exchange) renewCopy(s *ActiveSession, expires time.Time) {
	c := &x.auth.config.Session
	if !c.Stateless || expires.Sub(x.Now()) >= c.CookieCache.RefreshAge {
		return
	}
	_, dontRemember := x.signedCookie(&x.site.cookies.dontRemember)
	x.setSessionData(s, dontRemember)
	token := x.site.cookies.sessionToken
	token.Value, token.MaxAge = s.Session.Token, cookie.Age{}
	if !dontRemember {
		token.MaxAge = cookie.For(c.ExpiresIn)
	}
	x.SetSignedCookie(token)
}
