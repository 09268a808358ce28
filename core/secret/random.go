package secret

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Alphabets of the random strings that better-auth makes. The order is part of the format: it decides which character
// a random byte becomes.
const (
	// AlphabetID is that of row ids, session tokens and password-reset tokens.
	AlphabetID = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	// AlphabetString is that of OAuth states, PKCE verifiers, one-time tokens and TOTP secrets. It is safe in URLs.
	AlphabetString = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	// AlphabetDigits is that of one-time codes which people type.
	AlphabetDigits = "0123456789"
	// AlphabetLetters is that of magic-link tokens and API keys.
	AlphabetLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	// AlphabetLower is that of account-deletion tokens.
	AlphabetLower = "0123456789abcdefghijklmnopqrstuvwxyz"
)

const idLength = 32

// ID returns 32 random characters of [AlphabetID], about 190 bits: a row id or a session token.
//
// It reads crypto/rand, allocates only the string and is safe for concurrent use.
func ID() string { return generate(idLength, AlphabetID) }

// String returns n random characters of [AlphabetString], 6 bits each.
//
// It reads crypto/rand and is safe for concurrent use. It panics unless n is positive: an empty token would be one that
// everybody knows.
func String(n int) string {
	if n <= 0 {
		panic("secret: String needs a positive length")
	}
	return generate(n, AlphabetString)
}

// Random returns n characters of alphabet, each equally likely, chosen by the bytes of r; a nil r means crypto/rand.
//
// alphabet is read as bytes and holds 1 to 256 of them; n is positive. It draws 2n bytes at a time, skips a byte at or
// above the largest multiple of the alphabet's size (a plain remainder would favour the first characters) and takes the
// remainder of the others, so the same bytes give the string better-auth would make of them. Errors: an n or alphabet
// out of range, and those of r. It is safe for concurrent use if r is.
func Random(r io.Reader, n int, alphabet string) (string, error) {
	switch {
	case n <= 0:
		return "", fmt.Errorf("secret: random string of length %d", n)
	case len(alphabet) == 0 || len(alphabet) > 256:
		return "", fmt.Errorf("secret: alphabet of %d characters", len(alphabet))
	case r == nil:
		return generate(n, alphabet), nil
	}
	var out strings.Builder
	out.Grow(n)
	raw := make([]byte, 2*n)
	for out.Len() < n {
		if _, err := io.ReadFull(r, raw); err != nil {
			return "", errors.Join(errors.New("secret: random source failed"), err)
		}
		pick(&out, n, alphabet, raw)
	}
	return out.String(), nil
}

// generate is Random over crypto/rand, which never fails. Its buffer stays on the stack for every length the contract
// knows (a PKCE verifier, 128, is the longest): sign-in makes two of these strings.
func generate(n int, alphabet string) string {
	var out strings.Builder
	out.Grow(n)
	var stack [256]byte
	raw := stack[:]
	if 2*n <= len(stack) {
		raw = stack[:2*n]
	}
	for out.Len() < n {
		rand.Read(raw)
		pick(&out, n, alphabet, raw)
	}
	return out.String()
}

// pick appends characters chosen by raw until out holds n of them or raw is used up.
func pick(out *strings.Builder, n int, alphabet string, raw []byte) {
	size := len(alphabet)
	limit := 256 / size * size
	for _, b := range raw {
		if int(b) >= limit {
			continue
		}
		out.WriteByte(alphabet[int(b)%size])
		if out.Len() == n {
			return
		}
	}
}
