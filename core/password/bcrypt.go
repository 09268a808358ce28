package password

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

const (
	// maxBcrypt is how many bytes of a password bcrypt looks at.
	maxBcrypt = 72
	// maxBcryptCost is the highest cost of a stored hash, a few seconds.
	maxBcryptCost = 16
	bcryptBytes   = 8 << 10
)

// Bcrypt is the hash bcrypt in its usual form, $2a$12$…, 60 characters, of the password in Unicode form NFKC.
//
// bcrypt looks at 72 bytes only. Hash refuses a longer password ([ErrTooLong], which users see as 400
// PASSWORD_TOO_LONG) rather than to hash it by another function first: who chooses bcrypt wants hashes that other systems
// can read. Where that is no reason, [Argon2id] is the better hash. bcrypt also takes what follows a NUL for a
// repetition if it is one: "a" and "a\x00a" are one password to it.
//
// The zero value is ready; one hash takes about a quarter of a second. It is safe for concurrent use, but bounds nothing:
// put it behind [Bounded]. Servers of better-auth cannot read these hashes.
type Bcrypt struct {
	// Cost is the binary logarithm of the number of rounds, 4 to 31. Default: 12.
	Cost int
	// Truncates lets Verify accept a password of more than 72 bytes by its first 72, as most systems do: for the
	// hashes of one that did. Hash refuses such a password all the same. Default: it is a wrong one.
	Truncates bool
}

var (
	_ Upgrader    = Bcrypt{}
	_ burner      = Bcrypt{}
	_ hashSizer   = Bcrypt{}
	_ verifySizer = Bcrypt{}
)

func (b Bcrypt) cost() int {
	if b.Cost == 0 {
		return 12
	}
	return b.Cost
}

// Validate explains what is wrong with the cost, if anything is.
func (b Bcrypt) Validate() error {
	if c := b.cost(); c < bcrypt.MinCost || c > bcrypt.MaxCost {
		return fmt.Errorf("Bcrypt.Cost is %d: choose one from %d to %d", c, bcrypt.MinCost, bcrypt.MaxCost)
	}
	return nil
}

// Hash returns the text to store for password, with a new random salt. It returns [ErrTooLong] for a password that has
// more than 72 bytes in NFKC. Otherwise it fails if ctx is done before it starts, or where Validate does.
func (b Bcrypt) Hash(ctx context.Context, password string) (string, error) {
	if err := errors.Join(ctx.Err(), b.Validate()); err != nil {
		return "", err
	}
	password = nfkc(password)
	if len(password) > maxBcrypt {
		return "", ErrTooLong
	}
	encoded, err := bcrypt.GenerateFromPassword([]byte(password), b.cost())
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	return string(encoded), nil
}

// Verify reports whether encoded was made for password, in NFKC or as it is.
//
// encoded may have another cost than b's and begin with $2a$, $2b$ or $2y$, which mean the same; so this also imports
// bcrypt hashes of other systems. It returns [ErrMalformed] for other forms and for a cost over 16, unless b's is as high.
// The only other error is that of a ctx which is done before it starts.
func (b Bcrypt) Verify(ctx context.Context, encoded, password string) (bool, error) {
	return b.verify(ctx, encoded, password, "")
}

// verify checks password followed by pepper. A text of more than 72 bytes costs as much as any other.
func (b Bcrypt) verify(ctx context.Context, encoded, password, pepper string) (bool, error) {
	if _, err := b.parse(encoded); err != nil {
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return inEitherForm(password, func(password string) (bool, error) {
		text := password + pepper
		whole := len(text) <= maxBcrypt
		err := bcrypt.CompareHashAndPassword([]byte(encoded), []byte(text[:min(len(text), maxBcrypt)]))
		if errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("password: %w", err)
		}
		return whole || b.Truncates, nil
	})
}

// Outdated reports whether encoded is not of bcrypt or has another cost, be it a higher one: hashes of different costs
// would tell accounts apart by time.
func (b Bcrypt) Outdated(encoded string) bool {
	cost, err := b.parse(encoded)
	return err != nil || cost != b.cost()
}

// parse checks the form of a hash and returns its cost.
func (b Bcrypt) parse(encoded string) (cost int, err error) {
	const (
		prefix   = len("$2a$12$")
		alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	)
	if len(encoded) != prefix+22+31 || encoded[:2] != "$2" || !strings.Contains("aby", encoded[2:3]) ||
		encoded[3] != '$' || encoded[6] != '$' || strings.Trim(encoded[prefix:], alphabet) != "" {
		return 0, ErrMalformed
	}
	cost64, err := strconv.ParseUint(encoded[4:6], 10, 8)
	if err != nil {
		return 0, ErrMalformed
	}
	cost = int(cost64)
	if cost < bcrypt.MinCost || cost > max(maxBcryptCost, b.cost()) {
		return 0, refused("bcrypt with a cost of %d", cost)
	}
	return cost, nil
}

// burn hashes twice where Verify tries two forms.
func (b Bcrypt) burn(ctx context.Context, password string) (string, error) {
	return burnEitherForm(ctx, b, password)
}

func (b Bcrypt) hashBytes() int64 { return bcryptBytes }

func (b Bcrypt) verifyBytes(string) int64 { return bcryptBytes }

// Devise checks the hashes of Devise, the authentication of Ruby on Rails: bcrypt of the password followed by a pepper.
// The zero value is ready for an app that sets none.
//
// Devise lets bcrypt cut password and pepper at 72 bytes, and so does Verify; after the upgrade the whole password counts.
type Devise struct {
	// Pepper is Devise's config.pepper. Default: none.
	Pepper string
}

var (
	_ Verifier    = Devise{}
	_ verifySizer = Devise{}
)

// Verify reports whether encoded was made for password, with the errors of [Bcrypt.Verify].
func (d Devise) Verify(ctx context.Context, encoded, password string) (bool, error) {
	return Bcrypt{Truncates: true}.verify(ctx, encoded, password, d.Pepper)
}

func (d Devise) verifyBytes(string) int64 { return bcryptBytes }
