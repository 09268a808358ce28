package password_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/password"
)

func TestBcryptHash(t *testing.T) {
	t.Parallel()
	h := password.Bcrypt{Cost: 4}
	first, err := h.Hash(t.Context(), "pässwörd 😀")
	if err != nil || !regexp.MustCompile(`^\$2a\$04\$[./A-Za-z0-9]{53}$`).MatchString(first) {
		t.Fatalf("got %q, %v", first, err)
	}
	for text, want := range map[string]bool{
		"pässwörd 😀": true, "pa\u0308sswo\u0308rd 😀": true, "Pässwörd 😀": false, "pässwörd 😀 ": false,
	} {
		if got, err := (password.Bcrypt{}).Verify(t.Context(), first, text); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
	if h.Outdated(first) {
		t.Error("a new hash is outdated")
	}
	for _, other := range []password.Bcrypt{{}, {Cost: 5}} {
		if !other.Outdated(first) {
			t.Errorf("%+v: a hash of another cost is not outdated", other)
		}
	}
	if (password.Bcrypt{}).Outdated("$2y$12$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe") {
		t.Error("another letter makes a hash of the default cost outdated")
	}
	if !h.Outdated("") {
		t.Error("no hash is not outdated")
	}
}

// TestBcryptCutsNothing: two passwords that differ after 72 bytes are never one.
func TestBcryptCutsNothing(t *testing.T) {
	t.Parallel()
	h := password.Bcrypt{Cost: 4}
	longest := strings.Repeat("é", 36) // 72 bytes
	encoded, err := h.Hash(t.Context(), longest)
	if err != nil {
		t.Fatal(err)
	}
	for name, long := range map[string]string{
		"73 bytes":             longest + "x",
		"80 bytes":             longest + "12345678",
		"more than 72 in NFKC": strings.Repeat("x", 60) + "ﷺ", // 18 letters
	} {
		if got, err := h.Hash(t.Context(), long); !errors.Is(err, password.ErrTooLong) {
			t.Errorf("%s: Hash: got %q, %v, want ErrTooLong", name, got, err)
		}
		if got, err := h.Verify(t.Context(), encoded, long); got || err != nil {
			t.Errorf("%s: Verify: got %v, %v, want a wrong password", name, got, err)
		}
		if err := password.Burn(t.Context(), h, long); err != nil {
			t.Errorf("%s: Burn: %v", name, err)
		}
	}
	if got, err := (password.Bcrypt{Truncates: true}).Verify(t.Context(), encoded, longest+"x"); !got || err != nil {
		t.Errorf("a hash of a system that cuts: got %v, %v", got, err)
	}
	if _, err := (password.Bcrypt{Cost: 4, Truncates: true}).Hash(t.Context(), longest+"x"); !errors.Is(err, password.ErrTooLong) {
		t.Errorf("Hash with Truncates: got %v, want ErrTooLong", err)
	}
}

func TestBcryptConfiguration(t *testing.T) {
	t.Parallel()
	for cost, want := range map[int]bool{-1: false, 0: true, 3: false, 4: true, 31: true, 32: false} {
		h := password.Bcrypt{Cost: cost}
		if err := h.Validate(); (err == nil) != want {
			t.Errorf("%d: got %v", cost, err)
		}
		if want {
			continue
		}
		if got, err := h.Hash(t.Context(), "password"); err == nil {
			t.Errorf("%d: Hash: got %q", cost, got)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (password.Bcrypt{Cost: 4}).Hash(ctx, "password"); !errors.Is(err, context.Canceled) {
		t.Errorf("a request that is over: got %v", err)
	}
}
