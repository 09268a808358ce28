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

// ErrMalformed says that a stored hash does not have the form of one. better-auth answers 500 to that, not 401.
var ErrMalformed = errors.New("password: malformed hash")

// Burn does the work of verifying password and throws the result away.
//
// Call it where no stored hash is found, so that the time of an answer does not tell whether an account exists. Its
// only errors are those of h.Hash, such as [ErrBusy]; treat them as you treat those of Verify.
func Burn(ctx context.Context, h Hasher, password string) error {
	_, err := h.Hash(ctx, password)
	return err
}

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
