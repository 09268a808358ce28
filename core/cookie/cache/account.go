package cache

import (
	"time"

	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/wire"
)

// AccountCodec writes and reads the value of account_data: the row of the account that somebody signed in with, tokens
// included, always encrypted. It never changes and is safe for concurrent use; make it once, since that derives the keys.
type AccountCodec struct{ ring *ring }

// NewAccount returns the codec of an installation.
func NewAccount(keys *secret.Keyring) *AccountCodec {
	return &AccountCodec{ring: newRing(keys, "better-auth-account")}
}

// tokenClaims are the members that belong to the token and not to the account.
var tokenClaims = []string{"iat", "exp", "jti"}

// Encode returns the value of a cookie with that account. claims are the columns by their logical names, tokens in the
// form in which they are stored; members called iat, exp and jti are left out. claims is not changed.
//
// lifetime is the cookie's Max-Age, cut to whole seconds, five minutes if it is zero or less. The value may need
// [Update] to fit. Errors: those of [wire.Append].
func (c *AccountCodec) Encode(claims *wire.Object, now time.Time, lifetime time.Duration) (string, error) {
	if lifetime <= 0 {
		lifetime = defaultLifetime
	}
	s := getScratch()
	defer s.put()
	own := wire.NewObject()
	for name, v := range claims.All() {
		own.Set(name, v)
	}
	for _, name := range tokenClaims {
		own.Delete(name)
	}
	b, err := wire.Append(s.a, own)
	if s.a = b; err != nil {
		return "", err
	}
	s.a = s.a[:len(s.a)-1]
	if own.Len() > 0 {
		s.a = append(s.a, ',')
	}
	return c.ring.seal(appendID(appendTimes(s.a, now, lifetime))), nil
}

// accountLeeway is by how much the clocks of two servers may differ, as with better-auth.
const accountLeeway = 15 * time.Second

// Decode verifies the value of a cookie and returns the account in it, without the members that belong to the token.
//
// value is at most 405000 bytes. It counts until fifteen seconds after its expiry. Dates are ISO 8601 text. Errors:
// [ErrInvalid] and [ErrExpired]. Whose account it is remains to be checked: compare userId with the session's user.
func (c *AccountCodec) Decode(value string, now time.Time) (*wire.Object, error) {
	if !plausible(value) {
		return nil, ErrInvalid
	}
	text, ok := c.ring.open(value)
	if !ok {
		return nil, ErrInvalid
	}
	token, ok := readClaims(text)
	if !ok {
		return nil, ErrInvalid
	}
	expiry, ok := token.expiry(now, accountLeeway)
	if !ok {
		return nil, ErrInvalid
	}
	if passed(expiry.Add(accountLeeway), now) {
		return nil, ErrExpired
	}
	v, err := wire.Parse([]byte(text), wire.Limits{})
	claims, ok := v.(*wire.Object)
	if err != nil || !ok {
		return nil, ErrInvalid
	}
	for _, name := range tokenClaims {
		claims.Delete(name)
	}
	return claims, nil
}

// Find returns the first account among the cookies called name that decodes; see [Values] and [AccountCodec.Decode].
// headers are the Cookie header's lines. Errors: [ErrAbsent], and those of Decode for the last cookie tried.
func (c *AccountCodec) Find(headers []string, name string, now time.Time) (*wire.Object, error) {
	err := ErrAbsent
	for value := range Values(headers, name) {
		var claims *wire.Object
		if claims, err = c.Decode(value, now); err == nil {
			return claims, nil
		}
	}
	return nil, err
}
