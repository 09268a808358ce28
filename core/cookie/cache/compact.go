package cache

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/secret"
)

// A compact value is base64url of
//
//	{"session":<payload>,"expiresAt":<ms>,"signature":"<43 characters>"}
//
// The signature is over the payload with expiresAt appended as its last member. Node builds that text by parsing the
// payload and writing it again. We take the bytes as they are: the same for everything JSON.stringify wrote, and nothing
// else is ever signed.
const (
	compactStart     = `{"session":`
	compactExpiry    = `,"expiresAt":`
	compactSignature = `,"signature":"`
	compactEnd       = `"}`
)

// signatureLength is that of HMAC-SHA256 in base64url without padding.
const signatureLength = 43

func (c *Codec) encodeCompact(s *scratch, content Content, now time.Time, lifetime time.Duration) (string, error) {
	var err error
	if s.a, err = content.appendPayload(s.a, now); err != nil {
		return "", err
	}
	open := len(s.a)
	s.a = append(s.a, compactExpiry...)
	s.a = strconv.AppendInt(s.a, now.UnixMilli()+lifetime.Milliseconds(), 10)
	s.a = append(s.a, '}')
	sum := c.keys.MAC(string(s.a))

	s.b = append(append(s.b, compactStart...), s.a[:open]...)
	s.b = append(append(s.b, '}'), s.a[open:len(s.a)-1]...)
	s.b = append(s.b, compactSignature...)
	s.b = base64.RawURLEncoding.AppendEncode(s.b, sum[:])
	s.b = append(s.b, compactEnd...)
	s.a = base64.RawURLEncoding.AppendEncode(s.a[:0], s.b)
	return string(s.a), nil
}

// openCompact returns the signed text, which is the payload and its expiry.
func (c *Codec) openCompact(value string) (text string, ok bool) {
	s := getScratch()
	defer s.put()
	b, ok := appendLenient(s.a, value)
	s.a = b
	if !ok {
		return "", false
	}
	if b, ok = bytes.CutSuffix(b, []byte(compactEnd)); !ok || len(b) < signatureLength {
		return "", false
	}
	b, sig := b[:len(b)-signatureLength], string(b[len(b)-signatureLength:])
	if b, ok = bytes.CutSuffix(b, []byte(compactSignature)); !ok {
		return "", false
	}
	if b, ok = bytes.CutPrefix(b, []byte(compactStart)); !ok {
		return "", false
	}
	digits := bytes.LastIndexByte(b, ':') + 1
	payload, ok := bytes.CutSuffix(b[:digits], []byte(compactExpiry))
	if !ok || !bytes.HasSuffix(payload, []byte("}")) || !isCount(b[digits:]) {
		return "", false
	}
	// Move the brace from the end of the payload to the end.
	copy(b[len(payload)-1:], b[len(payload):])
	b[len(b)-1] = '}'
	text = string(b)
	return text, verify(c.keys, text, sig)
}

// isCount reports whether b is a number as JavaScript writes one that counts milliseconds.
func isCount(b []byte) bool {
	if len(b) == 0 || len(b) > 16 || b[0] == '0' {
		return false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// verify checks a signature in base64url without padding; there is one spelling of each.
func verify(keys *secret.Keyring, text, sig string) bool {
	if len(sig) != signatureLength || contains(sig, '+', '/') {
		return false
	}
	var standard [secret.SignatureLength]byte
	for i := range len(sig) {
		switch c := sig[i]; c {
		case '-':
			standard[i] = '+'
		case '_':
			standard[i] = '/'
		default:
			standard[i] = c
		}
	}
	standard[signatureLength] = '='
	return keys.Verify(text, string(standard[:]))
}

// appendLenient decodes base64 as better-auth does: either alphabet, the one with - and _ if any of the two is there,
// with or without padding, and nothing after padding counts. A last character that completes no byte is refused.
func appendLenient(dst []byte, s string) ([]byte, bool) {
	encoding := base64.RawStdEncoding
	if contains(s, '-', '_') {
		encoding = base64.RawURLEncoding
	}
	s, _, _ = strings.Cut(s, "=")
	dst, err := encoding.AppendDecode(dst, []byte(s))
	return dst, err == nil
}
