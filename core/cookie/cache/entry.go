package cache

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/wire"
)

// Entry is what a genuine cookie says. It belongs to the caller.
type Entry struct {
	// Session and User are what the rows were when the cookie was written. Extra holds those columns of the schema that
	// clients may see and that the cookie has; others are missing from it, not nil. The email is in lower case.
	Session model.Session
	User    model.User
	// SessionJSON and UserJSON are the objects as they stand in the cookie, with members that are no columns here, or are
	// hidden by now.
	SessionJSON, UserJSON Raw
	// UpdatedAt is when the cookie was written, ExpiresAt until when it counts, both in milliseconds.
	UpdatedAt, ExpiresAt time.Time
	// Version is "1" where the cookie says nothing.
	Version string

	// What the optional strings of Session and User point to.
	ipAddress, userAgent, image string
}

// claims are the members of a cookie's text that matter, each as JSON, empty where absent.
type claims struct{ session, user, updatedAt, version, expiresAt, exp, nbf string }

// readClaims takes the text of a cookie apart. Of duplicate members the last counts, as everywhere.
func readClaims(text string) (c claims, ok bool) {
	if !utf8.ValidString(text) {
		return c, false
	}
	m := membersOf(text)
	for m.next() {
		switch m.key {
		case "session":
			c.session = m.value
		case "user":
			c.user = m.value
		case "updatedAt":
			c.updatedAt = m.value
		case "version":
			c.version = m.value
		case "expiresAt":
			c.expiresAt = m.value
		case "exp":
			c.exp = m.value
		case "nbf":
			c.nbf = m.value
		}
	}
	return c, m.state == atEnd
}

// read turns a verified text into an entry.
func (c *Codec) read(text string, now time.Time) (*Entry, error) {
	r, ok := readClaims(text)
	if !ok {
		return nil, ErrInvalid
	}
	e := &Entry{SessionJSON: Raw(r.session), UserJSON: Raw(r.user), Version: "1"}
	if e.UpdatedAt, ok = readMoment(r.updatedAt, 1); !ok {
		return nil, ErrInvalid
	}
	if r.version != "" {
		version, ok := unquote(r.version)
		if !ok {
			return nil, ErrInvalid
		}
		if version != "" { // upstream: version || "1"
			e.Version = version
		}
	}
	if !e.readSession(r.session, c.session) || !e.readUser(r.user, c.user) {
		return nil, ErrInvalid
	}
	if c.strategy == Compact {
		e.ExpiresAt, ok = readMoment(r.expiresAt, 1)
	} else {
		e.ExpiresAt, ok = r.expiry(now, 0)
	}
	switch {
	case !ok:
		return nil, ErrInvalid
	case passed(e.ExpiresAt, now), passed(e.Session.ExpiresAt, now):
		return nil, ErrExpired // the cached view never outlives the session itself
	}
	return e, nil
}

// expiry returns the time of exp, which must be there. It fails before nbf, leeway granted (RFC 7519 §4.1.5).
func (c *claims) expiry(now time.Time, leeway time.Duration) (expiry time.Time, ok bool) {
	if c.nbf != "" {
		if nbf, ok := readMoment(c.nbf, 1000); !ok || !passed(nbf, now.Add(leeway)) {
			return expiry, false
		}
	}
	return readMoment(c.exp, 1000)
}

// passed reports whether now is that moment or after it, by the millisecond.
func passed(at, now time.Time) bool { return now.UnixMilli() >= at.UnixMilli() }

// maxMoment is how far from 1970 a JavaScript Date can be, in milliseconds (ECMA-262 §21.4.1.1).
const maxMoment = 8.64e15

// readMoment reads a JSON number that counts units of so many milliseconds since 1970.
func readMoment(raw string, unit float64) (time.Time, bool) {
	if raw == "" || raw[0] == '"' {
		return time.Time{}, false
	}
	n, err := strconv.ParseFloat(raw, 64) // true, null and the like are no numbers to it, and neither are NaN and Inf to JSON
	if err != nil || math.Abs(n*unit) > maxMoment {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(n * unit)).UTC(), true
}

// fields walks through the members of a row. ok turns false once one has the wrong type, and stays it.
type fields struct {
	members
	ok   bool
	seen uint8
}

// need returns the text of a member that must be there; bit says which.
func (f *fields) need(bit uint8) string {
	f.seen |= bit
	return f.value
}

func (f *fields) string(raw string) string {
	s, ok := unquote(raw)
	f.ok = f.ok && ok
	return s
}

// nullable reads a string or null; what it returns points to room.
func (f *fields) nullable(room *string) *string {
	if f.value == "null" {
		return nil
	}
	*room = f.string(f.value)
	return room
}

func (f *fields) bool() bool {
	f.ok = f.ok && (f.value == "true" || f.value == "false")
	return f.value == "true"
}

// date reads the form in which better-auth recognises a date in JSON: to the second at least, in UTC, with a year of
// four digits.
func (f *fields) date(raw string) time.Time {
	s := f.string(raw)
	const shape = "2006-01-02T15:04:05"
	t, ok := wire.ParseTime(s)
	f.ok = f.ok && ok && len(s) > len(shape) && s[len("2006")] == '-' && s[len("2006-01-02T15:04")] == ':' && strings.HasSuffix(s, "Z")
	return t
}

// done reports whether the object was read to its end, every member had its type and all that are needed were there.
func (f *fields) done(needed uint8) bool { return f.state == atEnd && f.ok && f.seen == needed }

func (e *Entry) readSession(raw string, extra columns) bool {
	const id, token, userID, expiresAt, createdAt, updatedAt = 1, 2, 4, 8, 16, 32
	s := &e.Session
	values := extra.values()
	f := fields{members: membersOf(raw), ok: true}
	for f.next() {
		switch f.key {
		case "expiresAt":
			s.ExpiresAt = f.date(f.need(expiresAt))
		case "token":
			s.Token = f.string(f.need(token))
		case "createdAt":
			s.CreatedAt = f.date(f.need(createdAt))
		case "updatedAt":
			s.UpdatedAt = f.date(f.need(updatedAt))
		case "ipAddress":
			s.IPAddress = f.nullable(&e.ipAddress)
		case "userAgent":
			s.UserAgent = f.nullable(&e.userAgent)
		case "userId":
			s.UserID = f.string(f.need(userID))
		case "id":
			s.ID = f.string(f.need(id))
		default:
			f.ok = extra.read(values, f.key, f.value) && f.ok
		}
	}
	s.Extra = present(values)
	return f.done(id | token | userID | expiresAt | createdAt | updatedAt)
}

func (e *Entry) readUser(raw string, extra columns) bool {
	const id, name, email, createdAt, updatedAt = 1, 2, 4, 8, 16
	u := &e.User
	values := extra.values()
	f := fields{members: membersOf(raw), ok: true}
	for f.next() {
		switch f.key {
		case "name":
			u.Name = f.string(f.need(name))
		case "email":
			u.Email = strings.ToLower(f.string(f.need(email)))
		case "emailVerified":
			u.EmailVerified = f.bool()
		case "image":
			u.Image = f.nullable(&e.image)
		case "createdAt":
			u.CreatedAt = f.date(f.need(createdAt))
		case "updatedAt":
			u.UpdatedAt = f.date(f.need(updatedAt))
		case "id":
			u.ID = f.string(f.need(id))
		default:
			f.ok = extra.read(values, f.key, f.value) && f.ok
		}
	}
	u.Extra = present(values)
	return f.done(id | name | email | createdAt | updatedAt)
}
