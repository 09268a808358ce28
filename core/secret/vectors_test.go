package secret_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/cardea-auth/cardea/core/secret"
)

// vectors are values made by better-auth 1.7.25 itself.
type vectors struct {
	RandomStrings []struct {
		Use, Alphabet, RandomBytesHex, Output string
		Length                                int
	}
	SymmetricEncrypt []struct {
		Secret, Plaintext, NonceHex, Ciphertext string
	}
	SecretRotation struct {
		Config struct {
			Secrets []struct {
				Version int
				Value   string
			}
			LegacySecret string
		}
		Cases []struct {
			Data, Plaintext string
			OK              bool
		}
		EnvelopeParsing []struct {
			Data   string
			Parsed *struct {
				Version    int
				Ciphertext string
			}
		}
	}
	PurposeKeys       []struct{ Secret, Purpose, DerivedSecret string }
	JWEKeys           []struct{ Secret, Salt, KeyHex, Kid string }
	Base64Forms       []struct{ Hex, Base64, Base64urlNoPad string }
	HashedIdentifiers []struct{ Identifier, Hashed string }
	Signatures        []struct{ Secret, Value, SignatureBase64 string }
}

func load(t *testing.T) *vectors {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	v := new(vectors)
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
	return v
}

// some fails the test if a list of vectors is empty, so that a renamed key cannot make it pass.
func some[T any](t *testing.T, list []T) []T {
	t.Helper()
	if len(list) == 0 {
		t.Fatal("no vectors")
	}
	return list
}

func keyring(t testing.TB, value string) *secret.Keyring {
	t.Helper()
	k, err := secret.New(value)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return k
}

// rotating returns the keyring of the secretRotation vectors: versions 2 and 1, and a legacy secret.
func rotating(t *testing.T, v *vectors) *secret.Keyring {
	t.Helper()
	c := v.SecretRotation.Config
	var keys []secret.Key
	for _, s := range some(t, c.Secrets) {
		keys = append(keys, secret.Key{Version: s.Version, Value: s.Value})
	}
	k, err := secret.NewRotating(keys, c.LegacySecret)
	if err != nil {
		t.Fatalf("NewRotating: %v", err)
	}
	return k
}
