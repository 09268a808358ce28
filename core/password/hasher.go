package password

import (
	"context"
	"errors"
	"unicode/utf8"
)

// Hasher makes and checks the text that is stored for a password. Implementations are safe for concurrent use.
//
// ctx bounds waiting; an implementation may finish a hash it has begun although ctx is done. An error means that
// nothing is known about the password: it must not be reported as a wrong one.
type Hasher interface {
	// Hash returns the text to store for password, another one each time.
	Hash(ctx context.Context, password string) (encoded string, err error)
	// Verify reports whether encoded was made for password. It returns [ErrMalformed] for text it cannot read.
	Verify(ctx context.Context, encoded, password string) (ok bool, err error)
}

// Upgrader is a Hasher that knows which stored hashes it would make differently today.
type Upgrader interface {
	Hasher
	// Outdated reports whether encoded is anything but what Hash makes today: of another form, or of other
	// parameters. It costs next to nothing. Whoever has just verified a password against an outdated hash hashes it
	// again and replaces the hash; core's UpgradePassword does.
	Outdated(encoded string) bool
}

// Verifier checks hashes that another system made; every [Hasher] is one. Implementations are safe for concurrent use.
type Verifier interface {
	// Verify is Verify of [Hasher]. What is not of its form it refuses with [ErrMalformed], at once.
	Verify(ctx context.Context, encoded, password string) (ok bool, err error)
}

var (
	// ErrMalformed says that a stored hash does not have the form of one, or would cost more than is tolerable to
	// check. better-auth answers 500 to that, not 401.
	ErrMalformed = errors.New("password: malformed hash")
	// ErrTooLong says that a password was not hashed because the hash cannot take all of it ([Bcrypt]).
	ErrTooLong = errors.New("password: too long for the hash")
)

// Burn does the work of verifying password and throws the result away.
//
// Call it where no stored hash is found, so that the time of an answer does not tell whether an account exists. Its
// only errors are those of h.Hash, such as [ErrBusy]; treat them as you treat those of Verify.
func Burn(ctx context.Context, h Hasher, password string) error {
	_, err := burn(ctx, h, password)
	return err
}

// burner is a Hasher of which Hash is not as much work as Verify of another password.
type burner interface {
	// burn does the work of Verify and returns some hash as Hash makes them.
	burn(ctx context.Context, password string) (encoded string, err error)
}

func burn(ctx context.Context, h Hasher, password string) (string, error) {
	if b, ok := h.(burner); ok {
		return b.burn(ctx, password)
	}
	return h.Hash(ctx, password)
}

// hashSizer is a Hasher that knows how many bytes of memory Hash takes.
type hashSizer interface{ hashBytes() int64 }

// verifySizer is a Verifier that knows how many bytes of memory Verify takes, 0 for a hash that it refuses.
type verifySizer interface{ verifyBytes(encoded string) int64 }

// UTF16Len returns the length of s as JavaScript counts it, in UTF-16 units: the unit of the configured minimum and
// maximum length of passwords. A character beyond U+FFFF counts twice; a byte that is not UTF-8 counts once.
func UTF16Len(s string) int {
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if r > 0xffff {
			n++
		}
	}
	return n
}
