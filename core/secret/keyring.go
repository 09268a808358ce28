package secret

import (
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// Default is the secret better-auth falls back to when none is configured. Everybody knows it: it may serve in
// development, must be refused in production, and never becomes a legacy secret.
const Default = "better-auth-secret-12345678901234567890"

// Key is one of several configured secrets.
//
// Version is what ciphertexts are labelled with, not negative; Value is the secret as UTF-8 text, not empty. Printing
// or logging a Key shows its version only.
type Key struct {
	Version int
	Value   string `json:"-"`
}

// Format implements [fmt.Formatter] without the secret, whatever the verb.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "secret.Key{Version:%d}", k.Version) }

// Keyring is the configured secret, or several of them. The first one is current: it alone signs and encrypts. The
// others only open what was encrypted before a rotation, and so does the legacy secret for ciphertexts without a
// version.
//
// A Keyring never changes and is safe for concurrent use. Printing or logging one shows nothing.
type Keyring struct {
	current  *entry
	retired  []*entry // in the order configured
	legacy   *entry   // nil without one
	labelled bool     // several secrets are configured: ciphertexts carry their version

	acceptRetired bool
}

// entry is one secret with what is costly to prepare.
type entry struct {
	Key
	aead cipher.AEAD
	macs sync.Pool // of *mac
}

// New returns the keyring of an installation with a single secret, any text that is not empty.
func New(value string) (*Keyring, error) {
	if value == "" {
		return nil, errors.New("secret: the secret is empty")
	}
	return &Keyring{current: newEntry(0, value)}, nil
}

// NewRotating returns the keyring of an installation with several secrets, the current one first.
//
// legacy is the secret of the time before versions, empty if there was none; [Default] counts as none. It fails unless
// there is at least one key, every version is used once and none is negative, and no value is empty.
func NewRotating(keys []Key, legacy string) (*Keyring, error) {
	if len(keys) == 0 {
		return nil, errors.New("secret: no secrets are configured")
	}
	all := make([]*entry, 0, len(keys))
	seen := make(map[int]bool, len(keys))
	for _, k := range keys {
		switch {
		case k.Version < 0:
			return nil, fmt.Errorf("secret: version %d is negative", k.Version)
		case k.Value == "":
			return nil, fmt.Errorf("secret: version %d is empty", k.Version)
		case seen[k.Version]:
			return nil, fmt.Errorf("secret: version %d is configured twice", k.Version)
		}
		seen[k.Version] = true
		all = append(all, newEntry(k.Version, k.Value))
	}
	k := &Keyring{current: all[0], retired: all[1:], labelled: true}
	if legacy != "" && legacy != Default {
		k.legacy = newEntry(0, legacy)
	}
	return k, nil
}

func newEntry(version int, value string) *entry {
	key := sha256.Sum256([]byte(value))
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic(err) // a SHA-256 digest has the length of a key
	}
	e := &entry{Key: Key{Version: version, Value: value}, aead: aead}
	e.macs.New = func() any { return newMAC(value) }
	return e
}

// Current returns the current secret itself, for the formats that use it as their key: HS256 tokens shared with Node.
// Anything else has a method here.
func (k *Keyring) Current() string { return k.current.Value }

// AcceptRetired returns a keyring like k whose Verify also accepts signatures made with the other configured secrets
// and the legacy one, so that a rotation signs nobody out.
//
// better-auth accepts the current secret only, which is why this is not the default: whoever rotates because a secret
// leaked, yet keeps it to read old ciphertexts, relies on that.
func (k *Keyring) AcceptRetired() *Keyring {
	c := *k
	c.acceptRetired = true
	return &c
}

// Format implements [fmt.Formatter] without the secrets, whatever the verb.
func (k *Keyring) Format(f fmt.State, _ rune) { fmt.Fprint(f, "secret.Keyring{…}") }

// find returns the configured secret of a version, or nil.
func (k *Keyring) find(version int) *entry {
	if k.current.Version == version {
		return k.current
	}
	for _, e := range k.retired {
		if e.Version == version {
			return e
		}
	}
	return nil
}
