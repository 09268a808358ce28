package password

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"strings"
)

// The parameters of better-auth's hashes. They are not written in the stored text, so they can never change.
const (
	cost       = 16384 // N
	blockSize  = 16    // r; the parallelization p is 1
	keyLength  = 64    // bytes
	saltLength = 16    // bytes
)

// Scrypt is better-auth's own hash: "<salt>:<key>" in lower-case hex, 32 and 128 digits, where key is scrypt (RFC 7914)
// with N=16384, r=16, p=1 of the password in Unicode form NFKC. The salt that goes into it is the hex text, not the
// bytes it stands for.
//
// The zero value is ready; it must not be copied after its first use. It is safe for concurrent use, but bounds
// nothing: put it behind [Bounded]. The memory of a hash, 32 MiB outside of the Go heap, serves the next one; what has been
// idle for half a minute goes back to the system at the next garbage collection, which comes within two minutes even at
// rest.
type Scrypt struct{ tables tables }

var (
	_ Upgrader    = (*Scrypt)(nil)
	_ hashSizer   = (*Scrypt)(nil)
	_ verifySizer = (*Scrypt)(nil)
)

// Hash returns the text to store for password, with a new random salt. Any password is accepted. It fails only if ctx
// is done before it starts.
func (s *Scrypt) Hash(ctx context.Context, password string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	var salt [saltLength]byte
	rand.Read(salt[:])
	text := make([]byte, 0, 2*saltLength+1+2*keyLength)
	text = hex.AppendEncode(text, salt[:])
	key, err := s.derive(password, text, cost)
	if err != nil {
		return "", err
	}
	text = append(text, ':')
	return string(hex.AppendEncode(text, key)), nil
}

// Verify reports whether encoded was made for password.
//
// encoded is read as better-auth reads it: what follows a second colon is ignored, hex digits are compared as text, so
// upper-case ones never match, and salts of any length are accepted. It returns [ErrMalformed], at once, if there is no
// salt or no key; a key that cannot match takes as long as one that does. The only other error is that of a ctx which
// is done before it starts.
func (s *Scrypt) Verify(ctx context.Context, encoded, password string) (bool, error) {
	salt, want, ok := splitScrypt(encoded)
	if !ok {
		return false, ErrMalformed
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	key, err := s.derive(password, []byte(salt), cost)
	if err != nil {
		return false, err
	}
	got := hex.AppendEncode(make([]byte, 0, 2*keyLength), key)
	return subtle.ConstantTimeCompare(got, []byte(want)) == 1, nil
}

// Outdated reports whether encoded is not of the form that Hash makes; there are no parameters that could differ.
func (s *Scrypt) Outdated(encoded string) bool {
	const colon = 2 * saltLength
	if len(encoded) != colon+1+2*keyLength || encoded[colon] != ':' {
		return true
	}
	return strings.Trim(encoded[:colon]+encoded[colon+1:], "0123456789abcdef") != ""
}

func (s *Scrypt) hashBytes() int64 { return (cost + 2) * 128 * blockSize }

func (s *Scrypt) verifyBytes(encoded string) int64 {
	if _, _, ok := splitScrypt(encoded); !ok {
		return 0
	}
	return s.hashBytes()
}

func splitScrypt(encoded string) (salt, key string, ok bool) {
	salt, rest, _ := strings.Cut(encoded, ":")
	key, _, _ = strings.Cut(rest, ":")
	return salt, key, salt != "" && key != ""
}

// derive is scrypt of RFC 7914 §6 with N = n, a power of two up to cost.
func (s *Scrypt) derive(password string, salt []byte, n int) ([]byte, error) {
	password = nfkc(password)
	b, err := pbkdf2.Key(sha256.New, password, salt, 1, 128*blockSize)
	if err == nil {
		var t workspace
		if t, err = s.tables.get(); err != nil {
			return nil, err
		}
		t.mix(b, n, t.pause)
		s.tables.put(t)
		b, err = pbkdf2.Key(sha256.New, password, b, 1, keyLength)
	}
	if err != nil {
		return nil, fmt.Errorf("password: %w", err) // PBKDF2 fails only where FIPS 140 mode forbids it
	}
	return b, nil
}
