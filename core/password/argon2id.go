package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// Argon2id is the hash argon2id (RFC 9106) in the PHC string format, $argon2id$v=19$m=19456,t=2,p=1$salt$key, of the
// password in Unicode form NFKC.
//
// The zero value has the parameters that OWASP's Password Storage Cheat Sheet recommends. With them a hash takes 19 MiB,
// on the Go heap, and about half the time of [Scrypt]'s. It is safe for concurrent use, but bounds nothing: put it behind
// [Bounded], which knows how much memory each hash needs. Servers of better-auth cannot read these hashes.
type Argon2id struct {
	// MemoryKiB is m, the memory of a hash in units of 1024 bytes; 8 for each thread is the least. Default: 19456.
	MemoryKiB uint32
	// Passes is t, how often the memory is gone over. Default: 2.
	Passes uint32
	// Threads is p, how many processors work on one hash. Default: 1.
	Threads uint8
}

var (
	_ Upgrader    = Argon2id{}
	_ burner      = Argon2id{}
	_ hashSizer   = Argon2id{}
	_ verifySizer = Argon2id{}
)

// The lengths that Hash uses, in bytes; RFC 9106 §4 recommends them.
const (
	argon2Salt = 16
	argon2Key  = 32
)

func (a Argon2id) withDefaults() Argon2id {
	if a.MemoryKiB == 0 {
		a.MemoryKiB = 19456
	}
	if a.Passes == 0 {
		a.Passes = 2
	}
	if a.Threads == 0 {
		a.Threads = 1
	}
	return a
}

// Validate explains what is wrong with the parameters, if anything is.
func (a Argon2id) Validate() error {
	a = a.withDefaults()
	if least := 8 * uint32(a.Threads); a.MemoryKiB < least {
		return fmt.Errorf("Argon2id.MemoryKiB is %d: give %d threads at least %d", a.MemoryKiB, a.Threads, least)
	}
	return nil
}

// Hash returns the text to store for password, with a new random salt. Any password is accepted. It fails if ctx is done
// before it starts, or where Validate does.
func (a Argon2id) Hash(ctx context.Context, password string) (string, error) {
	if err := errors.Join(ctx.Err(), a.Validate()); err != nil {
		return "", err
	}
	a = a.withDefaults()
	var salt [argon2Salt]byte
	rand.Read(salt[:])
	key := argon2.IDKey([]byte(nfkc(password)), salt[:], a.Passes, a.MemoryKiB, a.Threads, argon2Key)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, a.MemoryKiB, a.Passes, a.Threads,
		b64.EncodeToString(salt[:]), b64.EncodeToString(key)), nil
}

// Verify reports whether encoded was made for password, in NFKC or as it is.
//
// encoded may have other parameters than a's and be of argon2i; so this also imports such hashes. It returns
// [ErrMalformed] for other forms, for versions before 1.3, and for hashes that ask for more than 256 MiB or more than
// 2 GiB times passes, unless a itself does. The only other error is that of a ctx which is done before it starts.
func (a Argon2id) Verify(ctx context.Context, encoded, password string) (bool, error) {
	h, err := a.parse(encoded)
	if err != nil {
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	derive := argon2.IDKey
	if h.id == "argon2i" {
		derive = argon2.Key
	}
	return inEitherForm(password, func(password string) (bool, error) {
		key := derive([]byte(password), h.salt, h.Passes, h.MemoryKiB, h.Threads, uint32(len(h.key)))
		return subtle.ConstantTimeCompare(key, h.key) == 1, nil
	})
}

// Outdated reports whether encoded is not of argon2id or was made with other parameters, stronger ones included: hashes of
// different costs would tell accounts apart by time.
func (a Argon2id) Outdated(encoded string) bool {
	h, err := a.parse(encoded)
	return err != nil || h.id != "argon2id" || h.Argon2id != a.withDefaults() ||
		len(h.salt) != argon2Salt || len(h.key) != argon2Key
}

// argon2Hash is a stored hash and the parameters that it was made with.
type argon2Hash struct {
	phc
	Argon2id
}

func (a Argon2id) parse(encoded string) (h argon2Hash, err error) {
	var ok bool
	h.phc, ok = parsePHC(encoded)
	if !ok || h.id != "argon2id" && h.id != "argon2i" {
		return h, ErrMalformed
	}
	if !h.has("v", "m", "t", "p") || h.numbers[0] != argon2.Version {
		return h, refused("argon2 of a version before 1.3, or with other parameters than m, t and p")
	}
	m, t, p := h.numbers[1], h.numbers[2], h.numbers[3]
	if t == 0 || p == 0 || p > 255 || m < 8*p {
		return h, refused("argon2 with m=%d, t=%d and p=%d", m, t, p)
	}
	own, bytes := a.withDefaults(), int64(m)<<10
	ownBytes := own.hashBytes()
	if bytes > max(maxMemory, ownBytes) || bytes*int64(t) > max(maxWork, ownBytes*int64(own.Passes)) {
		return h, refused("argon2 with m=%d and t=%d is over the limit", m, t)
	}
	h.Argon2id = Argon2id{MemoryKiB: m, Passes: t, Threads: uint8(p)}
	return h, nil
}

// burn hashes twice where Verify tries two forms.
func (a Argon2id) burn(ctx context.Context, password string) (string, error) {
	return burnEitherForm(ctx, a, password)
}

func (a Argon2id) hashBytes() int64 { return int64(a.withDefaults().MemoryKiB) << 10 }

func (a Argon2id) verifyBytes(encoded string) int64 {
	h, err := a.parse(encoded)
	if err != nil {
		return 0
	}
	return h.hashBytes()
}
