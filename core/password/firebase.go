package password

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
)

// Firebase checks the hashes of Firebase Authentication, a variant of scrypt
// (https://github.com/firebase/scrypt), in the form $firebase-scrypt$salt$key.
//
// salt and key are "salt" and "passwordHash" of the user as `firebase auth:export` writes them, in base64 of either
// alphabet. The fields are the password hash parameters of the project; the console shows them.
// It is safe for concurrent use.
type Firebase struct {
	// SignerKey is base64_signer_key. It is a secret.
	SignerKey string
	// SaltSeparator is base64_salt_separator. Default: "Bw==", which is that of every project.
	SaltSeparator string
	// Rounds is rounds, scrypt's r. Default: 8.
	Rounds int
	// MemCost is mem_cost, the binary logarithm of scrypt's N. Default: 14.
	MemCost int
}

var (
	_ Verifier    = Firebase{}
	_ verifySizer = Firebase{}
)

func (f Firebase) withDefaults() Firebase {
	if f.SaltSeparator == "" {
		f.SaltSeparator = "Bw=="
	}
	if f.Rounds == 0 {
		f.Rounds = 8
	}
	if f.MemCost == 0 {
		f.MemCost = 14
	}
	return f
}

// Validate explains what is wrong with the parameters, if anything is.
func (f Firebase) Validate() error {
	_, err := f.project()
	return err
}

// project is what the parameters of a project mean.
type firebaseProject struct {
	signerKey, separator []byte
	cost                 scryptCost
}

func (f Firebase) project() (p firebaseProject, err error) {
	f = f.withDefaults()
	var keyOK, separatorOK bool
	p.signerKey, keyOK = decode64(f.SignerKey)
	p.separator, separatorOK = decode64(f.SaltSeparator)
	p.cost = scryptCost{logN: uint32(max(f.MemCost, 0)), r: uint32(max(f.Rounds, 0)), p: 1}
	var problems []error
	if !keyOK || len(p.signerKey) < minKey {
		problems = append(problems, errors.New("Firebase.SignerKey is no key in base64: copy base64_signer_key from the console"))
	}
	if !separatorOK {
		problems = append(problems, errors.New("Firebase.SaltSeparator is not base64: copy base64_salt_separator from the console"))
	}
	if !p.cost.tolerable() {
		problems = append(problems, fmt.Errorf("Firebase.Rounds is %d and Firebase.MemCost %d: copy rounds and mem_cost from the console", f.Rounds, f.MemCost))
	}
	return p, errors.Join(problems...)
}

// Verify reports whether encoded was made for password, in NFKC or as it is. It returns [ErrMalformed] for other forms.
// Otherwise it fails if ctx is done before it starts, where Validate does, or in FIPS 140 mode, which forbids scrypt.
func (f Firebase) Verify(ctx context.Context, encoded, password string) (bool, error) {
	salt, want, ok := parseFirebase(encoded)
	if !ok {
		return false, ErrMalformed
	}
	p, err := f.project()
	if err := errors.Join(err, ctx.Err()); err != nil {
		return false, err
	}
	salt = slices.Concat(salt, p.separator)
	return inEitherForm(password, func(password string) (bool, error) {
		derived, err := p.cost.key(password, salt, 32)
		if err != nil {
			return false, err
		}
		block, err := aes.NewCipher(derived)
		if err != nil {
			return false, fmt.Errorf("password: %w", err)
		}
		// The hash is the signer key, encrypted with AES-256 in counter mode, where the counter begins at zero.
		got := make([]byte, len(p.signerKey))
		cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(got, p.signerKey) //nolint:gosec // as Firebase does; each key is used once
		return subtle.ConstantTimeCompare(got, want) == 1, nil
	})
}

func (f Firebase) verifyBytes(encoded string) int64 {
	p, err := f.project()
	if _, _, ok := parseFirebase(encoded); !ok || err != nil {
		return 0
	}
	return p.cost.bytes()
}

func parseFirebase(encoded string) (salt, key []byte, ok bool) {
	h, ok := parsePHC(encoded)
	return h.salt, h.key, ok && h.id == "firebase-scrypt" && h.has()
}
