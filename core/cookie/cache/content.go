package cache

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/wire"
)

// Raw is a JSON value as it stood in a cookie.
type Raw string

// AppendJSON implements [wire.Appender]: it appends the value as it is.
func (r Raw) AppendJSON(dst []byte) ([]byte, error) { return append(dst, r...), nil }

// MarshalJSON implements json.Marshaler with the value as it is.
func (r Raw) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// appendPayload appends the JSON object that all formats have in common, without its closing brace.
func (c *Content) appendPayload(dst []byte, now time.Time) ([]byte, error) {
	dst, err := appendObject(append(dst, `{"session":`...), c.Session)
	if err != nil {
		return dst, err
	}
	if dst, err = appendObject(append(dst, `,"user":`...), c.User); err != nil {
		return dst, err
	}
	dst = append(dst, `,"updatedAt":`...)
	dst = strconv.AppendInt(dst, now.UnixMilli(), 10)
	dst = append(dst, `,"version":`...)
	if c.Version == "" {
		return append(dst, `"1"`...), nil
	}
	return wire.AppendString(dst, c.Version), nil
}

var errNoObject = errors.New("cache: session and user must be JSON objects")

func appendObject(dst []byte, a wire.Appender) ([]byte, error) {
	if a == nil {
		return dst, errNoObject
	}
	start := len(dst)
	dst, err := a.AppendJSON(dst)
	if err == nil && (len(dst) == start || dst[start] != '{') {
		err = errNoObject
	}
	return dst, err
}

// appendClaims appends the payload with the times of a JWT (RFC 7519 §4.1), closed.
func (c *Content) appendClaims(dst []byte, now time.Time, lifetime time.Duration) ([]byte, error) {
	dst, err := c.appendPayload(dst, now)
	if err != nil {
		return dst, err
	}
	return appendTimes(append(dst, ','), now, lifetime), nil
}

// appendTimes appends iat, exp and the closing brace.
func appendTimes(dst []byte, now time.Time, lifetime time.Duration) []byte {
	dst = append(dst, `"iat":`...)
	dst = strconv.AppendInt(dst, now.Unix(), 10)
	dst = append(dst, `,"exp":`...)
	dst = strconv.AppendInt(dst, now.Unix()+int64(lifetime/time.Second), 10)
	return append(dst, '}')
}

// appendID adds a random jti to claims that end with a brace: a UUID of version 4 (RFC 9562 §5.4).
func appendID(claims []byte) []byte {
	var id [16]byte
	rand.Read(id[:])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	h := hex.EncodeToString(id[:])
	claims = append(claims[:len(claims)-1], `,"jti":"`...)
	claims = append(claims, strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")...)
	return append(claims, `"}`...)
}
