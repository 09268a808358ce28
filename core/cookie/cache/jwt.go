package cache

import (
	"encoding/base64"
	"strings"
	"time"
)

// jwtHeader is {"alg":"HS256"}, the header of every token we write.
const jwtHeader = "eyJhbGciOiJIUzI1NiJ9"

func (c *Codec) encodeJWT(s *scratch, content Content, now time.Time, lifetime time.Duration) (string, error) {
	var err error
	if s.a, err = content.appendClaims(s.a, now, lifetime); err != nil {
		return "", err
	}
	s.b = append(append(s.b, jwtHeader...), '.')
	s.b = base64.RawURLEncoding.AppendEncode(s.b, s.a)
	sum := c.keys.MAC(string(s.b))
	s.b = append(s.b, '.')
	s.b = base64.RawURLEncoding.AppendEncode(s.b, sum[:])
	return string(s.b), nil
}

// openJWT returns the claims of a token whose signature is right. The algorithm is ours, not the header's: a token that
// names another one is refused unseen.
func (c *Codec) openJWT(value string) (text string, ok bool) {
	dot := strings.LastIndexByte(value, '.')
	if dot < 0 {
		return "", false
	}
	signed, sig := value[:dot], value[dot+1:]
	header, claims, ok := strings.Cut(signed, ".")
	if !ok || header != jwtHeader && !isHS256(header) || !verify(c.keys, signed, sig) {
		return "", false
	}
	s := getScratch()
	defer s.put()
	if s.a, ok = appendStrict(s.a, claims); !ok {
		return "", false
	}
	return string(s.a), true
}

func isHS256(encoded string) bool {
	h, ok := parseHeader(encoded)
	return ok && h.alg == "HS256"
}

var strictEncoding = base64.RawURLEncoding.Strict()

// appendStrict decodes base64url as RFC 7515 §2 has it, without padding, and in its one canonical spelling.
func appendStrict(dst []byte, s string) ([]byte, bool) {
	dst, err := strictEncoding.AppendDecode(dst, []byte(s))
	return dst, err == nil
}
