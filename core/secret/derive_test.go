package secret_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/cardea-auth/cardea/core/secret"
)

func TestPurposeVectors(t *testing.T) {
	t.Parallel()
	for _, c := range some(t, load(t).PurposeKeys) {
		if got := keyring(t, c.Secret).Purpose(c.Purpose).Current(); got != c.DerivedSecret {
			t.Errorf("%s: got %s, want %s", c.Purpose, got, c.DerivedSecret)
		}
	}
}

func TestPurposeKeepsTheRotation(t *testing.T) {
	t.Parallel()
	const purpose = "oauth-state-cookie"
	v := load(t)
	c := v.SecretRotation.Config
	k := rotating(t, v).Purpose(purpose)
	current := keyring(t, c.Secrets[0].Value).Purpose(purpose).Encrypt("now")
	retired := keyring(t, c.Secrets[1].Value).Purpose(purpose).Encrypt("before")
	legacy := keyring(t, c.LegacySecret).Purpose(purpose).Encrypt("long ago")
	for ciphertext, want := range map[string]string{"$ba$2$" + current: "now", "$ba$1$" + retired: "before", legacy: "long ago"} {
		if got, err := k.Decrypt(ciphertext); err != nil || got != want {
			t.Errorf("Decrypt(%s): got %q, %v, want %q", ciphertext, got, err, want)
		}
	}
	if got, err := rotating(t, v).Decrypt("$ba$2$" + current); err == nil {
		t.Errorf("the plain keyring opened a purpose's ciphertext: %q", got)
	}
}

func TestJWEKeyVectors(t *testing.T) {
	t.Parallel()
	for _, c := range some(t, load(t).JWEKeys) {
		keys := keyring(t, c.Secret).JWEKeys(c.Salt)
		if len(keys) != 1 {
			t.Fatalf("got %d keys, want 1", len(keys))
		}
		if got := hex.EncodeToString(keys[0].Bytes); got != c.KeyHex || keys[0].ID != c.Kid {
			t.Errorf("%s: got %s %s, want %s %s", c.Salt, keys[0].ID, got, c.Kid, c.KeyHex)
		}
	}
}

func TestJWEKeysOfEverySecret(t *testing.T) {
	t.Parallel()
	const salt = "better-auth-session"
	id := func(value string) string { return keyring(t, value).JWEKeys(salt)[0].ID }
	for _, c := range []struct {
		name, legacy string
		want         []string
	}{
		{"no legacy", "", []string{"two", "one"}},
		{"legacy", "old", []string{"two", "one", "old"}},
		{"legacy is current", "two", []string{"two", "one"}},
		{"legacy is retired", "one", []string{"two", "one"}},
	} {
		k, err := secret.NewRotating([]secret.Key{{Version: 2, Value: "two"}, {Version: 1, Value: "one"}}, c.legacy)
		if err != nil {
			t.Fatal(err)
		}
		keys := k.JWEKeys(salt)
		if len(keys) != len(c.want) {
			t.Errorf("%s: got %d keys, want %d", c.name, len(keys), len(c.want))
			continue
		}
		for i, value := range c.want {
			if keys[i].ID != id(value) {
				t.Errorf("%s: key %d is not that of %q", c.name, i, value)
			}
		}
	}
}

// TestDerive pins one key: changing salt or algorithm would make values written by an earlier release unreadable.
// The expected bytes were computed with openssl kdf (HKDF, SHA2-256).
func TestDerive(t *testing.T) {
	t.Parallel()
	k := keyring(t, "correct horse battery staple")
	const want = "0bdf8df3b8f4202538916efb6f6f7ea15fb93630a580640c016d7ca3bd7b892b"
	if got := hex.EncodeToString(k.Derive("test/one", 32)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if a, b := k.Derive("test/one", 32), k.Derive("test/two", 32); bytes.Equal(a, b) {
		t.Error("two labels share a key")
	}
	if a, b := k.Derive("test/one", 32), keyring(t, "other").Derive("test/one", 32); bytes.Equal(a, b) {
		t.Error("two secrets share a key")
	}
	if got := len(k.Derive("test/one", 8160)); got != 8160 {
		t.Errorf("got %d bytes, want 8160", got)
	}
}

func TestDeriveRefuses(t *testing.T) {
	t.Parallel()
	k := keyring(t, "a secret")
	for _, c := range []struct {
		label string
		n     int
	}{{"", 32}, {"x", 0}, {"x", -1}, {"x", 8161}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Derive(%q, %d) returned, want a panic", c.label, c.n)
				}
			}()
			k.Derive(c.label, c.n)
		}()
	}
}
