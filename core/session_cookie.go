package core

import (
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/origin"
)

// cookieSet are core's cookies as this installation names and sends them, without values.
type cookieSet struct {
	jar                                     cookie.Jar
	sessionToken, sessionData, dontRemember cookie.Cookie
	accountData, oauthState                 cookie.Cookie
}

// newCookieSet decides names and attributes once (formats.md §3.1).
func newCookieSet(c *Config, base origin.Base) cookieSet {
	jar := cookie.Jar{
		Prefix:    c.Cookies.Prefix,
		Secure:    secureCookies(c, base),
		Defaults:  c.Cookies.Defaults,
		Overrides: c.Cookies.Overrides,
	}
	if c.Cookies.CrossSubDomain {
		if jar.Domain = c.Cookies.Domain; jar.Domain == "" {
			jar.Domain = base.Host()
		}
	}
	cacheAge := cookie.For(c.Session.CookieCache.MaxAge)
	return cookieSet{
		jar:          jar,
		sessionToken: jar.Cookie("session_token", cookie.Patch{}),
		sessionData:  jar.Cookie("session_data", cookie.Patch{MaxAge: &cacheAge}),
		dontRemember: jar.Cookie("dont_remember", cookie.Patch{}),
		accountData:  jar.Cookie("account_data", cookie.Patch{MaxAge: &cacheAge}),
		oauthState:   jar.Cookie("oauth_state", cookie.Patch{}),
	}
}

func secureCookies(c *Config, base origin.Base) bool {
	switch {
	case c.Cookies.Secure != Default:
		return c.Cookies.Secure == On
	case base.Scheme() != "":
		return base.Scheme() == "https"
	case c.BaseURLs.Protocol == "http" || c.BaseURLs.Protocol == "https":
		return c.BaseURLs.Protocol == "https"
	default:
		return !c.Development
	}
}

// NewCookie is [Exchange.NewCookie] outside of a call. With Config.BaseURLs the two may differ.
func (a *Auth) NewCookie(key string, own cookie.Patch) cookie.Cookie {
	return a.site.cookies.jar.Cookie(key, own)
}

// SetCookie adds a cookie to the response. Its value is sent as it is, percent-encoded.
func (x *Exchange) SetCookie(c cookie.Cookie) { x.cookies.Set(c) }

// SetSignedCookie adds a cookie whose value is followed by its signature.
func (x *Exchange) SetSignedCookie(c cookie.Cookie) {
	c.Value = cookie.Sign(x.auth.keys, c.Value)
	x.cookies.Set(c)
}

// ExpireCookie tells the client to forget a cookie, and forgets what this response was going to set under its name.
func (x *Exchange) ExpireCookie(c cookie.Cookie) { x.cookies.Expire(c) }

// SignedCookie returns the value of a request cookie whose signature is good.
func (x *Exchange) SignedCookie(c cookie.Cookie) (value string, ok bool) { return x.signedCookie(&c) }

// Cookie returns the decoded value of a request cookie; of several with one name, the first.
func (x *Exchange) Cookie(name string) (value string, ok bool) {
	return cookie.Get(x.reqHeader["Cookie"], name)
}

// signedCookie takes, of several cookies with one name, the first that verifies, so that a neighbour on a sibling domain
// cannot push ours aside by tossing one in front. Exact looks at the first alone, as upstream does.
func (x *Exchange) signedCookie(c *cookie.Cookie) (string, bool) {
	for raw := range cookie.All(x.reqHeader["Cookie"], c.Name) {
		if v, result := cookie.Unsign(x.auth.keys, raw); result == cookie.OK {
			return v, true
		}
		if x.auth.config.Compat == Exact {
			break
		}
	}
	return "", false
}

// setSessionCookie gives the client a session: the token, and the mark of not being remembered where that is asked for.
func (x *Exchange) setSessionCookie(s *ActiveSession, dontRemember bool) {
	c := x.site.cookies.sessionToken
	c.Value = s.Session.Token
	c.MaxAge = cookie.Age{} // whatever Config.Cookies says: the cookie must not outlive the session
	if !dontRemember {
		c.MaxAge = cookie.For(x.auth.config.Session.ExpiresIn)
	}
	x.SetSignedCookie(c)
	if dontRemember {
		mark := x.site.cookies.dontRemember
		mark.Value = "true"
		x.SetSignedCookie(mark)
	} else if _, marked := x.signedCookie(&x.site.cookies.dontRemember); marked {
		x.ExpireCookie(x.site.cookies.dontRemember)
	}
	x.setSessionData(s, dontRemember)
}

// SendSession sends the caller's session cookies again, after the session or its user has changed. Whether the client was
// to be remembered stays as it is.
func (x *Exchange) SendSession(s *ActiveSession) {
	_, dontRemember := x.signedCookie(&x.site.cookies.dontRemember)
	x.setSessionCookie(s, dontRemember)
}

// withholdSession takes the session from the client because a sign-in is not complete yet. Whether the client is to be
// remembered is kept in its cookie until then.
func (x *Exchange) withholdSession(dontRemember bool) {
	mark := x.site.cookies.dontRemember
	if dontRemember {
		mark.Value = "true"
		x.SetSignedCookie(mark)
	} else if _, marked := x.signedCookie(&mark); marked {
		x.ExpireCookie(mark)
	}
	x.ExpireCookie(x.site.cookies.sessionToken)
	x.ExpireCookie(x.site.cookies.sessionData)
	x.clearSessionData()
}

// expireSessionCookies takes the session from the client.
func (x *Exchange) expireSessionCookies() {
	x.ExpireCookie(x.site.cookies.sessionToken)
	x.ExpireCookie(x.site.cookies.sessionData)
	x.clearAccountCookie()
	if x.auth.config.Account.StateInCookie() {
		x.ExpireCookie(x.site.cookies.oauthState)
	}
	x.clearSessionData()
	x.ExpireCookie(x.site.cookies.dontRemember)
}
