package password

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // for hashes that exist; in PBKDF2 it is not broken
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"fmt"
	"hash"
	"strings"
)

// maxIterations is the highest count of a stored hash, for each block of the key: some seconds.
const maxIterations = 5_000_000

// PBKDF2 checks hashes of PBKDF2 (RFC 8018 §5.2) with HMAC of SHA-1, SHA-256 or SHA-512, in the forms
//
//	$pbkdf2-sha256$29000$salt$key         of passlib; SHA-1 is $pbkdf2$
//	$pbkdf2-sha256$i=600000,l=32$salt$key as a PHC string, with or without l
//	pbkdf2_sha256$870000$salt$key         of Django, where the salt is text
//
// The zero value is ready and safe for concurrent use.
type PBKDF2 struct{}

var (
	_ Verifier    = PBKDF2{}
	_ verifySizer = PBKDF2{}
)

// Verify reports whether encoded was made for password, in NFKC or as it is. It returns [ErrMalformed] for other forms
// and for more than five million iterations. The only other errors are that of a ctx which is done before it starts and
// those of FIPS 140 mode, which forbids some hashes.
func (PBKDF2) Verify(ctx context.Context, encoded, password string) (bool, error) {
	h, err := parsePBKDF2(encoded)
	if err != nil {
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return inEitherForm(password, func(password string) (bool, error) {
		key, err := pbkdf2.Key(h.digest, password, h.salt, h.iterations, len(h.key))
		if err != nil {
			return false, fmt.Errorf("password: %w", err)
		}
		return subtle.ConstantTimeCompare(key, h.key) == 1, nil
	})
}

func (PBKDF2) verifyBytes(string) int64 { return 0 }

type pbkdf2Hash struct {
	digest     func() hash.Hash
	iterations int
	salt, key  []byte
}

// digests are the names of the hash functions, without what comes before them.
var digests = map[string]func() hash.Hash{
	"sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New,
}

func parsePBKDF2(encoded string) (h pbkdf2Hash, err error) {
	var name string
	var iterations uint32
	if django, ok := strings.CutPrefix(encoded, "pbkdf2_"); ok {
		name, iterations, ok = h.parseDjango(django)
		if !ok {
			return h, ErrMalformed
		}
	} else {
		p, ok := parsePHC(encoded)
		if !ok || p.id != "pbkdf2" && !strings.HasPrefix(p.id, "pbkdf2-") {
			return h, ErrMalformed
		}
		if !p.has("") && !p.has("i") && !p.has("i", "l") {
			return h, refused("PBKDF2 with other parameters than the number of iterations")
		}
		if len(p.numbers) == 2 && int64(p.numbers[1]) != int64(len(p.key)) {
			return h, refused("PBKDF2 with a key of %d bytes that should have %d", len(p.key), p.numbers[1])
		}
		name, iterations, h.salt, h.key = "sha1", p.numbers[0], p.salt, p.key
		if p.id != "pbkdf2" {
			name = strings.TrimPrefix(p.id, "pbkdf2-")
		}
	}
	h.digest = digests[name]
	if h.digest == nil {
		return h, refused("PBKDF2 with an unknown hash function")
	}
	size := h.digest().Size()
	blocks := (len(h.key) + size - 1) / size
	if iterations == 0 || int64(iterations)*int64(blocks) > maxIterations {
		return h, refused("PBKDF2 with %d iterations for each of %d blocks", iterations, blocks)
	}
	h.iterations = int(iterations)
	return h, nil
}

// parseDjango reads what follows "pbkdf2_" in Django's form.
func (h *pbkdf2Hash) parseDjango(s string) (digest string, iterations uint32, ok bool) {
	parts := strings.Split(s, "$")
	if len(s) > maxEncoded || len(parts) != 4 {
		return "", 0, false
	}
	h.salt = []byte(parts[2])
	iterations, numberOK := parseNumber(parts[1])
	h.key, ok = decode64(parts[3])
	return parts[0], iterations, numberOK && ok && len(h.salt) > 0 && len(h.key) >= minKey
}
