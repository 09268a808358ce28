package core

import (
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/origin"
)

// cookieSet are core's cookies as this installation names and sends them; Value is empty.
type cookieSet struct {
	sessionToken, sessionData, dontRemember cookie.Cookie
	template                                func(key string) cookie.Cookie
}

// newCookieSet decides names and attributes once (formats.md §3.1).
func newCookieSet(c *Config, base origin.Base) cookieSet {
	secure := secureCookies(c, base)
	template := func(key string) cookie.Cookie {
		k := cookie.Cookie{
			Name:        c.Cookies.Prefix + "." + key,
			Path:        "/",
			HTTPOnly:    true,
			Secure:      secure,
			SameSite:    cookie.Lax,
			Partitioned: c.Cookies.Partitioned,
		}
		if secure {
			k.Name = "__Secure-" + k.Name
		}
		if c.Cookies.CrossSubDomain {
			if k.Domain = c.Cookies.Domain; k.Domain == "" {
				k.Domain = base.Host()
			}
		}
		if c.Cookies.SameSite != 0 {
			k.SameSite = c.Cookies.SameSite
		}
		if c.Cookies.Path != "" {
			k.Path = c.Cookies.Path
		}
		return k
	}
	return cookieSet{
		sessionToken: template("session_token"),
		sessionData:  template("session_data"),
		dontRemember: template("dont_remember"),
		template:     template,
	}
}

func secureCookies(c *Config, base origin.Base) bool {
	switch {
	case c.Cookies.Secure != Default:
		return c.Cookies.Secure == On
	case c.BaseURL != "":
		return base.Scheme() == "https"
	default:
		return !c.Development
	}
}

// CookieTemplate returns a cookie with the name and attributes that this installation gives to key, such as
// "two_factor", without value and Max-Age. Plugins make theirs from it.
func (a *Auth) CookieTemplate(key string) cookie.Cookie { return a.cookies.template(key) }

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
	c := x.auth.cookies.sessionToken
	c.Value = s.Session.Token
	if !dontRemember {
		c.SetMaxAge(int(x.auth.config.Session.ExpiresIn / time.Second))
	}
	x.SetSignedCookie(c)
	if dontRemember {
		mark := x.auth.cookies.dontRemember
		mark.Value = "true"
		x.SetSignedCookie(mark)
	} else if _, marked := x.signedCookie(&x.auth.cookies.dontRemember); marked {
		x.ExpireCookie(x.auth.cookies.dontRemember)
	}
	x.newSession = s
}

// expireSessionCookies takes the session from the client.
func (x *Exchange) expireSessionCookies() {
	x.ExpireCookie(x.auth.cookies.sessionToken)
	x.ExpireCookie(x.auth.cookies.sessionData)
	x.ExpireCookie(x.auth.cookies.dontRemember)
}
