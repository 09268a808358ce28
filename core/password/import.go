package password

import (
	"context"
	"errors"
	"fmt"
)

// Importer is a [Hasher] that makes hashes of one form and also checks those of others; [Import] makes one. It is safe for
// concurrent use and bounds nothing: put it behind [Bounded].
type Importer struct {
	primary Upgrader
	others  []Verifier
}

var (
	_ Upgrader    = (*Importer)(nil)
	_ burner      = (*Importer)(nil)
	_ hashSizer   = (*Importer)(nil)
	_ verifySizer = (*Importer)(nil)
)

// Import returns a Hasher that hashes with primary and verifies what primary or any of the others can read. Where a hash
// is replaced after it has verified a password ([Upgrader]), users who come from another system get primary's hash with
// their next sign-in.
//
//	password.Import(new(password.Scrypt), password.Bcrypt{Truncates: true}, password.PBKDF2{})
//
// A wrong password costs what the stored hash costs, an unknown user what primary costs. Until a user's hash is replaced,
// the difference between the two tells that there is an account.
func Import(primary Upgrader, others ...Verifier) *Importer {
	return &Importer{primary, others}
}

// Validate explains what is wrong with the configuration of primary and the others, if anything is.
func (i *Importer) Validate() error {
	var problems []error
	check := func(v any) {
		if v, ok := v.(interface{ Validate() error }); ok {
			problems = append(problems, v.Validate())
		}
	}
	if i.primary == nil {
		problems = append(problems, errors.New("password.Import: there is no primary: give it new(password.Scrypt)"))
	}
	check(i.primary)
	for n, v := range i.others {
		if v == nil {
			problems = append(problems, fmt.Errorf("password.Import: verifier %d is nil: remove it", n+1))
		}
		check(v)
	}
	return errors.Join(problems...)
}

// Hash is Hash of the primary.
func (i *Importer) Hash(ctx context.Context, password string) (string, error) {
	return i.primary.Hash(ctx, password)
}

// Verify reports whether any of those who can read encoded accept password, the primary first. It returns [ErrMalformed]
// if nobody can read it, and any other error at once.
func (i *Importer) Verify(ctx context.Context, encoded, password string) (bool, error) {
	ok, err := i.primary.Verify(ctx, encoded, password)
	if ok || err != nil && !errors.Is(err, ErrMalformed) {
		return ok, err
	}
	// Somebody else may read the primary's form in another way: Devise and Bcrypt look the same.
	for _, v := range i.others {
		ok, otherErr := v.Verify(ctx, encoded, password)
		switch {
		case !errors.Is(otherErr, ErrMalformed):
			if ok || otherErr != nil {
				return ok, otherErr
			}
			err = nil // it is a hash, if not of this password
		case err != nil && otherErr != ErrMalformed: //nolint:errorlint // the bare one gives no reason
			err = otherErr
		}
	}
	return false, err
}

// Outdated is Outdated of the primary: whatever it would not make itself is.
func (i *Importer) Outdated(encoded string) bool { return i.primary.Outdated(encoded) }

// burn does the work of Verify for a hash of the primary's, which the others may read too.
func (i *Importer) burn(ctx context.Context, password string) (string, error) {
	encoded, err := burn(ctx, i.primary, password)
	if err != nil {
		return "", err
	}
	for _, v := range i.others {
		if _, err := v.Verify(ctx, encoded, password); err != nil && !errors.Is(err, ErrMalformed) {
			return "", err
		}
	}
	return encoded, nil
}

func (i *Importer) hashBytes() int64 { return hashBytes(i.primary) }

func (i *Importer) verifyBytes(encoded string) int64 {
	most := verifyBytes(i.primary, encoded)
	for _, v := range i.others {
		most = max(most, verifyBytes(v, encoded))
	}
	return most
}
