package twofactor

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/secret"
)

// Storage is the form in which codes are stored. The zero value is the default of the option that has it.
type Storage struct {
	// Form is one that is built in.
	Form Form
	// Hash, if set, makes the stored form of one code in place of Form; it must always make the same of the same code.
	Hash func(ctx context.Context, code string) (string, error)
	// Encrypt and Decrypt, if set, take the place of Form. text is a code, or a JSON list of codes.
	Encrypt, Decrypt func(ctx context.Context, text string) (string, error)
}

// Form is a built-in form of stored codes.
type Form uint8

const (
	// DefaultForm is that of the option.
	DefaultForm Form = iota
	// Plain stores codes as they are.
	Plain
	// Encrypted stores them encrypted with the installation's secret.
	Encrypted
	// Hashed stores SHA-256 in base64url. Backup codes can then be neither shown again nor used by a Node server, which has
	// no such form for them.
	Hashed
)

func (s Storage) orForm(f Form) Storage {
	if s.Form == DefaultForm {
		s.Form = f
	}
	return s
}

func (s *Storage) validate(name string) error {
	switch {
	case (s.Encrypt == nil) != (s.Decrypt == nil):
		return fmt.Errorf("%s needs both, Encrypt and Decrypt", name)
	case s.Encrypt != nil && s.Hash != nil:
		return fmt.Errorf("%s has Hash as well as Encrypt: choose one", name)
	case s.Form > Hashed:
		return fmt.Errorf("%s.Form is none of the forms", name)
	}
	return nil
}

// oneWay reports whether stored codes cannot be read back.
func (s *Storage) oneWay() bool { return s.Hash != nil || s.Encrypt == nil && s.Form == Hashed }

// digest returns the stored form of a code where that is one-way.
func (s *Storage) digest(ctx context.Context, code string) (string, error) {
	if s.Hash != nil {
		return s.Hash(ctx, code)
	}
	return secret.Digest(code), nil
}

// seal returns the stored form of a text where it can be read back.
func (s *Storage) seal(ctx context.Context, keys *secret.Keyring, text string) (string, error) {
	switch {
	case s.Encrypt != nil:
		return s.Encrypt(ctx, text)
	case s.Form == Encrypted:
		return keys.Encrypt(text), nil
	default:
		return text, nil
	}
}

// open is the reverse of seal.
func (s *Storage) open(ctx context.Context, keys *secret.Keyring, stored string) (string, error) {
	switch {
	case s.Decrypt != nil:
		return s.Decrypt(ctx, stored)
	case s.Form == Encrypted:
		return keys.Decrypt(stored)
	default:
		return stored, nil
	}
}
