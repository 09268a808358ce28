package secret_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core/secret"
)

func TestSignVectors(t *testing.T) {
	t.Parallel()
	for _, c := range some(t, load(t).Signatures) {
		k := keyring(t, c.Secret)
		if got := k.Sign(c.Value); got != c.SignatureBase64 {
			t.Errorf("Sign(%q): got %s, want %s", c.Value, got, c.SignatureBase64)
		}
		if got, want := string(k.AppendSign([]byte("x."), c.Value)), "x."+c.SignatureBase64; got != want {
			t.Errorf("AppendSign(%q): got %s, want %s", c.Value, got, want)
		}
		if !k.Verify(c.Value, c.SignatureBase64) {
			t.Errorf("Verify(%q, %s): got false", c.Value, c.SignatureBase64)
		}
		mac := k.MAC(c.Value)
		if got := base64.StdEncoding.EncodeToString(mac[:]); got != c.SignatureBase64 {
			t.Errorf("MAC(%q): got %s, want %s", c.Value, got, c.SignatureBase64)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	k := keyring(t, "the secret of this test, long enough")
	sig := k.Sign("value")
	// The last character before the padding carries two bits that mean nothing.
	alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	last := strings.IndexByte(alphabet, sig[42])
	loose := sig[:42] + string(alphabet[last^1]) + "="
	for name, c := range map[string]struct{ value, sig string }{
		"other value":          {"valuf", sig},
		"empty signature":      {"value", ""},
		"signature of nothing": {"", sig},
		"no padding":           {"value", sig[:43]},
		"longer":               {"value", sig + "="},
		"first bit flipped":    {"value", string(sig[0]^1) + sig[1:]},
		"other trailing bits":  {"value", loose},
		"other secret":         {"value", keyring(t, "another secret").Sign("value")},
	} {
		if k.Verify(c.value, c.sig) {
			t.Errorf("%s: %q with %q verifies", name, c.value, c.sig)
		}
	}
	if !k.Verify("value", sig) {
		t.Error("its own signature does not verify")
	}
}

func TestVerifyAfterRotation(t *testing.T) {
	t.Parallel()
	v := load(t)
	k := rotating(t, v)
	c := v.SecretRotation.Config
	for _, old := range []string{c.Secrets[1].Value, c.LegacySecret} {
		sig := keyring(t, old).Sign("value")
		if k.Verify("value", sig) {
			t.Errorf("a signature of %q verifies by default", old)
		}
		if !k.AcceptRetired().Verify("value", sig) {
			t.Errorf("a signature of %q does not verify after AcceptRetired", old)
		}
	}
	if k.AcceptRetired().Verify("value", keyring(t, "stranger").Sign("value")) {
		t.Error("a stranger's signature verifies after AcceptRetired")
	}
	if got, want := k.AcceptRetired().Sign("value"), keyring(t, c.Secrets[0].Value).Sign("value"); got != want {
		t.Errorf("AcceptRetired changed the signing secret: got %s, want %s", got, want)
	}
}

// TestSignConcurrently lets goroutines share the pooled hash states; run it with -race.
func TestSignConcurrently(t *testing.T) {
	t.Parallel()
	const key = "shared"
	k := keyring(t, key)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 200 {
				value := strings.Repeat(string(rune('a'+g)), i*40) // the longest are beyond what a pool keeps
				m := hmac.New(sha256.New, []byte(key))
				m.Write([]byte(value))
				want := base64.StdEncoding.EncodeToString(m.Sum(nil))
				if got := k.Sign(value); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
				if !k.Verify(value, want) {
					t.Errorf("%d bytes: the right signature does not verify", len(value))
				}
			}
		})
	}
	wg.Wait()
}

func TestDigestVectors(t *testing.T) {
	t.Parallel()
	for _, c := range some(t, load(t).HashedIdentifiers) {
		if got := secret.Digest(c.Identifier); got != c.Hashed {
			t.Errorf("Digest(%q): got %s, want %s", c.Identifier, got, c.Hashed)
		}
	}
}

func TestBase64Vectors(t *testing.T) {
	t.Parallel()
	for _, c := range some(t, load(t).Base64Forms) {
		raw, err := hex.DecodeString(c.Hex)
		if err != nil {
			t.Fatal(err)
		}
		if got := secret.SignatureEncoding.EncodeToString(raw); got != c.Base64 {
			t.Errorf("signature of %s: got %q, want %q", c.Hex, got, c.Base64)
		}
		if got := secret.DigestEncoding.EncodeToString(raw); got != c.Base64urlNoPad {
			t.Errorf("digest of %s: got %q, want %q", c.Hex, got, c.Base64urlNoPad)
		}
	}
}

func FuzzVerify(f *testing.F) {
	k := keyring(f, "fuzzed")
	f.Add("value", k.Sign("value"))
	f.Add("value", "")
	f.Add("", strings.Repeat("A", 43)+"=")
	f.Fuzz(func(t *testing.T, value, sig string) {
		m := hmac.New(sha256.New, []byte("fuzzed"))
		m.Write([]byte(value))
		want := bytes.Equal([]byte(sig), []byte(base64.StdEncoding.EncodeToString(m.Sum(nil))))
		if got := k.Verify(value, sig); got != want {
			t.Errorf("Verify(%q, %q): got %v, want %v", value, sig, got, want)
		}
	})
}
