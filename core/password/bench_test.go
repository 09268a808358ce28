package password_test

import (
	"context"
	"testing"

	"golang.org/x/crypto/scrypt"

	"github.com/cardea-auth/cardea/core/password"
)

// Compare the two with benchstat: the work is the same.

func BenchmarkHash(b *testing.B) {
	var s password.Scrypt
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Hash(b.Context(), "correct horse battery staple"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkXCrypto(b *testing.B) {
	salt := []byte("00112233445566778899aabbccddeeff")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scrypt.Key([]byte("correct horse battery staple"), salt, 16384, 16, 1, 64); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBounded(b *testing.B) {
	l := password.Bounded(free{}, password.Limits{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Hash(b.Context(), "x"); err != nil {
			b.Fatal(err)
		}
	}
}

// free is a Hasher that costs nothing, so that only the limiter is measured.
type free struct{ *recorder }

func (free) Hash(context.Context, string) (string, error) { return "", nil }
