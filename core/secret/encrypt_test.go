package secret_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/secret"
)

func TestEncryptVectors(t *testing.T) {
	t.Parallel()
	for _, c := range some(t, load(t).SymmetricEncrypt) {
		k := keyring(t, c.Secret)
		if got, err := k.Decrypt(c.Ciphertext); err != nil || got != c.Plaintext {
			t.Errorf("Decrypt(%s): got %q, %v, want %q", c.Ciphertext, got, err, c.Plaintext)
		}
		if got, err := k.Decrypt(strings.ToUpper(c.Ciphertext)); err != nil || got != c.Plaintext {
			t.Errorf("Decrypt of upper-case hex: got %q, %v, want %q", got, err, c.Plaintext)
		}
		nonce, err := hex.DecodeString(c.NonceHex)
		if err != nil {
			t.Fatal(err)
		}
		if got := secret.Seal(k, nonce, c.Plaintext); got != c.Ciphertext {
			t.Errorf("encrypting %q with the vector's nonce: got %s, want %s", c.Plaintext, got, c.Ciphertext)
		}
	}
}

func TestRotationVectors(t *testing.T) {
	t.Parallel()
	v := load(t)
	k := rotating(t, v)
	for _, c := range some(t, v.SecretRotation.Cases) {
		got, err := k.Decrypt(c.Data)
		if c.OK && (err != nil || got != c.Plaintext) {
			t.Errorf("Decrypt(%s): got %q, %v, want %q", c.Data, got, err, c.Plaintext)
		}
		if !c.OK && !errors.Is(err, secret.ErrDecrypt) {
			t.Errorf("Decrypt(%s): got %q, %v, want ErrDecrypt", c.Data, got, err)
		}
	}
	single := keyring(t, v.SecretRotation.Config.Secrets[0].Value)
	if got, err := single.Decrypt(v.SecretRotation.Cases[0].Data); !errors.Is(err, secret.ErrDecrypt) {
		t.Errorf("a single secret opened an envelope: got %q, %v, want ErrDecrypt", got, err)
	}
	if got := k.Encrypt("text"); !strings.HasPrefix(got, "$ba$2$") {
		t.Errorf("Encrypt with several secrets: got %s, want the label of version 2", got)
	}
	if got := single.Encrypt("text"); strings.Contains(got, "$") {
		t.Errorf("Encrypt with one secret: got %s, want bare hex", got)
	}
}

func TestEnvelopeVectors(t *testing.T) {
	t.Parallel()
	for _, c := range some(t, load(t).SecretRotation.EnvelopeParsing) {
		version, text, ok := secret.ParseEnvelope(c.Data)
		switch {
		case ok != (c.Parsed != nil):
			t.Errorf("%s: got an envelope: %v, want %v", c.Data, ok, c.Parsed != nil)
		case ok && (version != c.Parsed.Version || text != c.Parsed.Ciphertext):
			t.Errorf("%s: got version %d, %q, want %+v", c.Data, version, text, *c.Parsed)
		}
	}
	for label, want := range map[string]int{" 7": 7, "+7": 7, "7.9": 7, "-0": 0, "007": 7} {
		if got, _, ok := secret.ParseEnvelope("$ba$" + label + "$x"); !ok || got != want {
			t.Errorf("version %q: got %d, %v, want %d as parseInt reads it", label, got, ok, want)
		}
	}
}

func TestDecryptRefuses(t *testing.T) {
	t.Parallel()
	k := keyring(t, "a secret")
	sealed := k.Encrypt("text")
	for name, c := range map[string]string{
		"empty":         "",
		"not hex":       "zz" + sealed[2:],
		"odd length":    sealed[1:],
		"nonce only":    sealed[:48],
		"short nonce":   sealed[:20],
		"truncated":     sealed[:len(sealed)-2],
		"altered":       sealed[:50] + flip(sealed[50]) + sealed[51:],
		"other secret":  keyring(t, "another").Encrypt("text"),
		"huge version":  "$ba$99999999999999999999$" + sealed,
		"labelled":      "$ba$0$" + sealed,
		"trailing junk": sealed + "00",
	} {
		if got, err := k.Decrypt(c); !errors.Is(err, secret.ErrDecrypt) {
			t.Errorf("%s: got %q, %v, want ErrDecrypt", name, got, err)
		}
	}
	noLegacy, err := secret.NewRotating([]secret.Key{{Version: 0, Value: "a secret"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := noLegacy.Decrypt(sealed); !errors.Is(err, secret.ErrDecrypt) {
		t.Errorf("bare hex without a legacy secret: got %q, %v, want ErrDecrypt", got, err)
	}
	if got, err := noLegacy.Decrypt("$ba$0$" + sealed); err != nil || got != "text" {
		t.Errorf("version 0: got %q, %v, want text", got, err)
	}
}

// flip returns another hex digit.
func flip(digit byte) string {
	if digit == '0' {
		return "1"
	}
	return "0"
}

func TestEncryptUsesANewNonce(t *testing.T) {
	t.Parallel()
	k := keyring(t, "a secret")
	if a, b := k.Encrypt("text"), k.Encrypt("text"); a[:48] == b[:48] {
		t.Errorf("two ciphertexts share the nonce %s", a[:48])
	}
}

func FuzzDecrypt(f *testing.F) {
	k, err := secret.NewRotating([]secret.Key{{Version: 2, Value: "two"}, {Version: 1, Value: "one"}}, "legacy")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(k.Encrypt("text"))
	f.Add("$ba$1$00")
	f.Add("$ba$")
	f.Add("deadbeef")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := k.Decrypt(s); err != nil && (got != "" || !errors.Is(err, secret.ErrDecrypt)) {
			t.Errorf("Decrypt(%q): got %q, %v, want ErrDecrypt alone", s, got, err)
		}
		if got, err := k.Decrypt(k.Encrypt(s)); err != nil || got != s {
			t.Errorf("round trip of %q: got %q, %v", s, got, err)
		}
	})
}
