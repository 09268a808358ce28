package secret

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrDecrypt says that a ciphertext cannot be opened: it is malformed or altered, or the secret it needs is not
// configured.
var ErrDecrypt = errors.New("secret: cannot decrypt")

// envelopePrefix starts a ciphertext that names the version of its secret: $ba$<version>$<hex>.
const envelopePrefix = "$ba$"

// Encrypt returns plaintext encrypted with the current secret, in better-auth's format: the lower-case hex of a random
// 24-byte nonce and the XChaCha20-Poly1305 ciphertext under the SHA-256 of the secret, preceded by $ba$<version>$ if
// several secrets are configured. Two calls give different results. plaintext may be empty.
func (k *Keyring) Encrypt(plaintext string) string {
	nonce := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(plaintext)+chacha20poly1305.Overhead)
	rand.Read(nonce)
	return k.seal(nonce, plaintext)
}

func (k *Keyring) seal(nonce []byte, plaintext string) string {
	text := hex.EncodeToString(k.current.aead.Seal(nonce, nonce, []byte(plaintext), nil))
	if !k.labelled {
		return text
	}
	return envelopePrefix + strconv.Itoa(k.current.Version) + "$" + text
}

// Decrypt returns the plaintext of a ciphertext made by [Keyring.Encrypt] or by better-auth.
//
// With several secrets, a ciphertext with a version is opened by the secret of that version and one without by the
// legacy secret; no other secret is tried. With a single secret, a ciphertext with a version cannot be opened. Hex
// digits may be of either case. The only error is [ErrDecrypt], wrapped with the reason.
func (k *Keyring) Decrypt(ciphertext string) (string, error) {
	if !k.labelled {
		return k.current.open(ciphertext)
	}
	if version, text, ok := parseEnvelope(ciphertext); ok {
		e := k.find(version)
		if e == nil {
			return "", fmt.Errorf("%w: no secret of version %d is configured", ErrDecrypt, version)
		}
		return e.open(text)
	}
	if k.legacy == nil {
		return "", fmt.Errorf("%w: the ciphertext has no version and no legacy secret is configured", ErrDecrypt)
	}
	return k.legacy.open(ciphertext)
}

func (e *entry) open(text string) (string, error) {
	data, err := hex.DecodeString(text)
	if err != nil {
		return "", fmt.Errorf("%w: not hexadecimal", ErrDecrypt) // err would quote a byte of the ciphertext
	}
	if len(data) < chacha20poly1305.NonceSizeX {
		return "", fmt.Errorf("%w: too short", ErrDecrypt)
	}
	nonce, sealed := data[:chacha20poly1305.NonceSizeX], data[chacha20poly1305.NonceSizeX:]
	plain, err := e.aead.Open(sealed[:0], nonce, sealed, nil)
	if err != nil {
		return "", fmt.Errorf("%w: altered, or made with another secret", ErrDecrypt)
	}
	return string(plain), nil
}

// parseEnvelope splits $ba$<version>$<text>. The version is read as JavaScript's parseInt reads it, so that what Node
// opens is opened here: digits after optional space and sign, ignoring what follows them.
func parseEnvelope(s string) (version int, text string, ok bool) {
	rest, ok := strings.CutPrefix(s, envelopePrefix)
	if !ok {
		return 0, "", false
	}
	label, text, ok := strings.Cut(rest, "$")
	if !ok {
		return 0, "", false
	}
	version, ok = parseInt(label)
	if !ok || version < 0 {
		return 0, "", false
	}
	return version, text, true
}

// parseInt is JavaScript's parseInt(s, 10) for integers; beyond the range of int it returns the nearest one, which is
// no version anybody configured.
func parseInt(s string) (int, bool) {
	s = strings.TrimLeft(s, " \t\n\v\f\r\u00a0\ufeff")
	end := 0
	if end < len(s) && (s[end] == '+' || s[end] == '-') {
		end++
	}
	digits := end
	for end < len(s) && '0' <= s[end] && s[end] <= '9' {
		end++
	}
	if end == digits {
		return 0, false
	}
	n, _ := strconv.Atoi(s[:end]) // out of range: the nearest int
	return n, true
}
