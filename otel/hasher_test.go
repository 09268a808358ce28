package authotel_test

import (
	"slices"
	"strings"
	"testing"

	authotel "github.com/cardea-auth/cardea/otel"
)

func TestHasher(t *testing.T) {
	t.Parallel()
	c := newCollector()
	h := authotel.Hasher(plainHasher{}, c.options)
	encoded, err := h.Hash(t.Context(), "password-1")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := h.Verify(t.Context(), encoded, "password-1"); !ok || err != nil {
		t.Errorf("the password: got %v, %v", ok, err)
	}
	if ok, err := h.Verify(t.Context(), encoded, "password-2"); ok || err != nil {
		t.Errorf("another password: got %v, %v", ok, err)
	}
	if _, err := h.Verify(t.Context(), encoded, "broken"); err == nil {
		t.Error("got nil, want the hasher's error")
	}
	c.wantSpans(t, "password hash {}", "password verify {}", "password verify {}", "password verify {error.type=_OTHER} Error")
	want := []string{
		"cardea.password.duration{cardea.password.operation=hash} 1",
		"cardea.password.duration{cardea.password.operation=verify error.type=_OTHER} 1",
		"cardea.password.duration{cardea.password.operation=verify} 2",
	}
	if got := c.metrics(t); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHasherOfNothingIsTheDefault(t *testing.T) {
	t.Parallel()
	encoded, err := authotel.Hasher(nil, authotel.Options{}).Hash(t.Context(), "password-1")
	salt, key, ok := strings.Cut(encoded, ":")
	if err != nil || !ok || len(salt) != 32 || len(key) != 128 {
		t.Errorf("got %q, %v, want better-auth's scrypt", encoded, err)
	}
}
