package cache

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/wire"
)

// Reasons for not using a cookie; all of them mean that there is no cache, none that the user is signed out. They say
// nothing about the content.
var (
	// ErrAbsent says that the request has no such cookie.
	ErrAbsent = errors.New("cache: no cookie")
	// ErrInvalid says that a cookie is malformed, altered, of another strategy, or made with a secret that is not
	// configured.
	ErrInvalid = errors.New("cache: invalid cookie")
	// ErrExpired says that a cookie is genuine, but it or the session in it has expired.
	ErrExpired = errors.New("cache: expired cookie")
)

// maxValueBytes is the longest value worth a look: what fills the chunks that better-auth would write.
const maxValueBytes = MaxChunks * MaxCookieBytes

// Config is what a [Codec] is made of.
type Config struct {
	// Strategy is the format to write, and the only one to read. Default: Compact.
	Strategy Strategy
	// Schema has the user and session tables with the columns that plugins and the app add; they become the Extra of
	// what is read. Default: nil, only core's columns.
	Schema *schema.Schema
}

// Codec writes and reads the value of session_data. It never changes and is safe for concurrent use; make it once, since
// that derives the keys.
//
// The current secret signs and encrypts. Signatures are those that the keyring verifies, see
// [secret.Keyring.AcceptRetired]; encrypted values may be of any secret configured.
type Codec struct {
	strategy      Strategy
	keys          *secret.Keyring
	ring          *ring // JWE only
	session, user columns
}

// sessionSalt tells the keys of session_data from those of account_data.
const sessionSalt = "better-auth-session"

// New returns the codec of an installation. It fails if the strategy is none of this package's.
func New(keys *secret.Keyring, config Config) (*Codec, error) {
	c := &Codec{strategy: config.Strategy, keys: keys}
	switch config.Strategy {
	case Compact, JWT:
	case JWE:
		c.ring = newRing(keys, sessionSalt)
	default:
		return nil, fmt.Errorf("cache: there is no strategy %d", config.Strategy)
	}
	if config.Schema != nil {
		c.session, c.user = sessionColumns(config.Schema), userColumns(config.Schema)
	}
	return c, nil
}

// Content is what goes into the cookie.
type Content struct {
	// Session and User append one JSON object each: a *model.Session and a *model.User, or the [Raw] of an [Entry].
	Session, User wire.Appender
	// Version is compared with the configured one when the cookie is read. Default: "1".
	Version string
}

// Encode returns the value of a cookie with that content, updated now.
//
// lifetime is the cookie's Max-Age, cut to whole seconds except by Compact. If it is zero or less, the cookie goes with
// the browser, and the content expires after one minute with Compact and five with the others. The value is ASCII and
// needs no percent-encoding, but may need [Update] to fit. Errors: those of the appenders, and content that is no object.
//
// Node turns strings that look like dates into dates before it looks at the content. So it refuses a cookie, its own
// included, that has one in a text column of core's, such as a user called 2026-01-01T00:00:00Z, and asks the database. It
// also checks the signature of a Compact value over what it would have written itself, and refuses one with such a string
// anywhere, unless it has milliseconds, or with a number of more digits than JavaScript keeps.
func (c *Codec) Encode(content Content, now time.Time, lifetime time.Duration) (string, error) {
	s := getScratch()
	defer s.put()
	lifetime = c.strategy.orDefault(lifetime)
	switch c.strategy {
	case JWT:
		return c.encodeJWT(s, content, now, lifetime)
	case JWE:
		return c.encodeJWE(s, content, now, lifetime)
	default:
		return c.encodeCompact(s, content, now, lifetime)
	}
}

// Decode verifies the value of a cookie and returns what it says.
//
// value is at most 405000 bytes. A member that core's columns need must be there and have the right type; others are
// kept in the raw JSON. The cookie, and the session in it, count until now is their expiry: at that millisecond they
// have expired. better-auth lets both live through it, which a caller gets by passing a millisecond less. Errors:
// [ErrInvalid] and [ErrExpired].
//
// Decode cannot know whether the entry belongs to the request: compare its session token with that of the signed
// session cookie ([Codec.Find] does), and its version with the expected one.
func (c *Codec) Decode(value string, now time.Time) (*Entry, error) {
	if !plausible(value) {
		return nil, ErrInvalid
	}
	var text string
	var ok bool
	switch c.strategy {
	case JWT:
		text, ok = c.openJWT(value)
	case JWE:
		text, ok = c.ring.open(value)
	default:
		text, ok = c.openCompact(value)
	}
	if !ok {
		return nil, ErrInvalid
	}
	return c.read(text, now)
}

// plausible refuses what is not worth any work. Line breaks are refused because encoding/base64 skips them.
func plausible(value string) bool {
	return value != "" && len(value) <= maxValueBytes && !contains(value, '\r', '\n')
}

// contains looks for either byte, one after the other: for long texts that is many times as fast as looking for both.
func contains(s string, a, b byte) bool {
	return strings.IndexByte(s, a) >= 0 || strings.IndexByte(s, b) >= 0
}

// Find returns the entry for the session with that token among the cookies called name; see [Values].
//
// Another host of the domain can add a cookie of the same name, even one of a session of its own; so every one is tried
// until one is genuine, in time and about this session. headers are the Cookie header's lines. Errors: [ErrAbsent], and
// those of [Codec.Decode] for the last cookie tried, where another session's is invalid.
func (c *Codec) Find(headers []string, name, token string, now time.Time) (*Entry, error) {
	return c.find(headers, name, now, func(e *Entry) bool { return token != "" && e.Session.Token == token })
}

func (c *Codec) find(headers []string, name string, now time.Time, accept func(*Entry) bool) (*Entry, error) {
	err := ErrAbsent
	for value := range Values(headers, name) {
		var e *Entry
		if e, err = c.Decode(value, now); err != nil {
			continue
		}
		if accept(e) {
			return e, nil
		}
		err = ErrInvalid
	}
	return nil, err
}
