package password

import (
	"context"
	"crypto/subtle"
	"fmt"

	"golang.org/x/crypto/scrypt"
)

// ScryptPHC checks hashes of scrypt (RFC 7914) in the PHC string format, as passlib and others make them:
// $scrypt$ln=16,r=8,p=1$salt$key, where ln is the binary logarithm of N. [Scrypt] is better-auth's own form.
//
// The zero value is ready and safe for concurrent use.
type ScryptPHC struct{}

var (
	_ Verifier    = ScryptPHC{}
	_ verifySizer = ScryptPHC{}
)

// Verify reports whether encoded was made for password, in NFKC or as it is. It returns [ErrMalformed] for other forms
// and for hashes that ask for more than 256 MiB or more than 2 GiB times p. The only other errors are that of a ctx which
// is done before it starts and those of FIPS 140 mode, which forbids some hashes.
func (ScryptPHC) Verify(ctx context.Context, encoded, password string) (bool, error) {
	h, c, err := parseScryptPHC(encoded)
	if err != nil {
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return inEitherForm(password, func(password string) (bool, error) {
		key, err := c.key(password, h.salt, len(h.key))
		return subtle.ConstantTimeCompare(key, h.key) == 1, err
	})
}

func (ScryptPHC) verifyBytes(encoded string) int64 {
	_, c, err := parseScryptPHC(encoded)
	if err != nil {
		return 0
	}
	return c.bytes()
}

func parseScryptPHC(encoded string) (h phc, c scryptCost, err error) {
	h, ok := parsePHC(encoded)
	if !ok || h.id != "scrypt" {
		return h, c, ErrMalformed
	}
	if !h.has("ln", "r", "p") {
		return h, c, refused("scrypt with other parameters than ln, r and p")
	}
	c = scryptCost{logN: h.numbers[0], r: h.numbers[1], p: h.numbers[2]}
	if !c.tolerable() {
		return h, c, refused("scrypt with ln=%d, r=%d and p=%d", c.logN, c.r, c.p)
	}
	return h, c, nil
}

// scryptCost are the parameters of scrypt; N is 2 to the power of logN.
type scryptCost struct{ logN, r, p uint32 }

// tolerable reports whether the parameters are valid and the memory and the work that they ask for within bounds.
func (c scryptCost) tolerable() bool {
	const most = 1 << 16 // of r and p; with it nothing below overflows
	if c.logN == 0 || c.logN > 24 || c.r == 0 || c.r > most || c.p == 0 || c.p > most {
		return false
	}
	return c.table() <= maxMemory && c.table()*int64(c.p) <= maxWork && c.bytes()-c.table() <= maxMemory/16
}

// table is the size of V, by far the most of a hash's memory.
func (c scryptCost) table() int64 { return 128 * int64(c.r) << c.logN }

// bytes is the memory that a hash takes: V, the parallel blocks, and what is worked on.
func (c scryptCost) bytes() int64 {
	return c.table() + 128*int64(c.r)*int64(c.p) + 256*int64(c.r)
}

func (c scryptCost) key(password string, salt []byte, length int) ([]byte, error) {
	key, err := scrypt.Key([]byte(password), salt, 1<<c.logN, int(c.r), int(c.p), length)
	if err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	return key, nil
}
