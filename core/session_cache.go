package core

import (
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/cookie/cache"
)

// cachedSession returns what the cookie cache says about the session with that token, or nil if it says nothing that
// counts. A cookie that does not count is taken from the client (formats.md §3.5).
func (x *Exchange) cachedSession(token string) *ActiveSession {
	a := x.auth
	now := x.Now()
	if a.config.Compat == Exact {
		now = now.Add(-time.Millisecond) // as expired: the very millisecond of expiry is still good
	}
	entry, err := a.cache.Find(x.reqHeader["Cookie"], x.site.cookies.sessionData.Name, token, now)
	if errors.Is(err, cache.ErrAbsent) && !cache.Any(x.reqHeader["Cookie"], x.site.cookies.sessionData.Name) {
		return nil // not even a part of one
	}
	if err == nil {
		s := &ActiveSession{Session: &entry.Session, User: &entry.User, fromCookie: true}
		// A copy says itself how long it counts, but the configuration may have become stricter since.
		inTime := a.config.Compat == Exact || !now.After(entry.UpdatedAt.Add(a.config.Session.CookieCache.MaxAge))
		if inTime && entry.Version == a.cacheVersion(s) {
			x.renewCopy(s, entry.ExpiresAt)
			return s
		}
	}
	x.ExpireCookie(x.site.cookies.sessionData)
	return nil
}

// cacheVersion is the version that a copy of a session must have.
func (a *Auth) cacheVersion(s *ActiveSession) string {
	c := &a.config.Session.CookieCache
	if c.VersionFunc != nil {
		return c.VersionFunc(s.Session, s.User)
	}
	return c.Version
}

// setSessionData gives the client a copy of its session, if there is a cookie cache. A session too large for cookies is
// not copied.
func (x *Exchange) setSessionData(s *ActiveSession, dontRemember bool) {
	a := x.auth
	if a.cache == nil {
		return
	}
	c := x.site.cookies.sessionData
	if dontRemember {
		c.MaxAge = cookie.Age{}
	}
	lifetime, _ := c.MaxAge.Duration()
	value, err := a.cache.Encode(cache.Content{Session: s.Session, User: s.User, Version: a.cacheVersion(s)}, x.Now(), lifetime)
	if err != nil {
		x.Logger().Error("the session could not be copied into a cookie", "error", err)
		return
	}
	c.Value = value
	parts, err := cache.Update(x.reqHeader["Cookie"], c)
	if err != nil {
		x.Logger().Warn("the session is too large for the cookie cache", "error", err)
	}
	for _, part := range parts {
		x.SetCookie(part)
	}
	x.renewAccountCookie(s.User.ID)
}

// clearSessionData takes the copy from the client that the request brought.
func (x *Exchange) clearSessionData() {
	for _, c := range cache.Clear(x.reqHeader["Cookie"], x.site.cookies.sessionData) {
		x.SetCookie(c)
	}
}
