package secret_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/secret"
)

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool drop things at random")
	}
	k := keyring(t, "a secret for counting allocations")
	token := secret.ID()
	sig := k.Sign(token)
	wrong := keyring(t, "another secret").Sign(token)
	dst := make([]byte, 0, 128)
	for _, c := range []struct {
		name string
		want float64
		run  func()
	}{
		{"ID", 1, func() { secret.ID() }},
		{"String", 1, func() { secret.String(128) }},
		{"Sign", 1, func() { k.Sign(token) }},
		{"AppendSign", 0, func() { k.AppendSign(dst, token) }},
		{"Verify", 0, func() { k.Verify(token, sig) }},
		{"Verify wrong", 0, func() { k.Verify(token, wrong) }},
	} {
		if got := testing.AllocsPerRun(500, c.run); got > c.want {
			t.Errorf("%s: got %v allocations, want at most %v", c.name, got, c.want)
		}
	}
}

func BenchmarkID(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		secret.ID()
	}
}

func BenchmarkSign(b *testing.B) {
	k, token := keyring(b, "a secret"), secret.ID()
	b.ReportAllocs()
	for b.Loop() {
		k.Sign(token)
	}
}

func BenchmarkVerify(b *testing.B) {
	k, token := keyring(b, "a secret"), secret.ID()
	sig := k.Sign(token)
	b.ReportAllocs()
	for b.Loop() {
		k.Verify(token, sig)
	}
}

func BenchmarkDecrypt(b *testing.B) {
	k := keyring(b, "a secret")
	sealed := k.Encrypt(secret.String(32))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Decrypt(sealed); err != nil {
			b.Fatal(err)
		}
	}
}
