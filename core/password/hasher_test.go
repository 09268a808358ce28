package password_test

import (
	"context"
	"errors"
	"testing"
	"unicode/utf16"

	"github.com/cardea-auth/cardea/core/password"
)

func TestUTF16Len(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{
		"":         0,
		"password": 8,
		"pässwörd": 8,
		"😀":        2,
		"a😀b":      4,
		"e\u0301":  2,
		"\uffff":   1,
		"\xff\xfe": 2,
	} {
		if got := password.UTF16Len(s); got != want {
			t.Errorf("%q: got %d, want %d", s, got, want)
		}
	}
}

func FuzzUTF16Len(f *testing.F) {
	f.Add("a😀é")
	f.Add("\xf0\x9f")
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := password.UTF16Len(s), len(utf16.Encode([]rune(s))); got != want {
			t.Errorf("%q: got %d, want %d", s, got, want)
		}
	})
}

func TestBurn(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	h := &recorder{err: refused}
	if err := password.Burn(t.Context(), h, "hunter2"); !errors.Is(err, refused) {
		t.Errorf("got %v, want the hasher's error", err)
	}
	h.err = nil
	if err := password.Burn(t.Context(), h, "hunter2"); err != nil {
		t.Errorf("got %v", err)
	}
	if len(h.hashed) != 2 || h.hashed[1] != "hunter2" {
		t.Errorf("hashed %q, want the given password each time", h.hashed)
	}
}

// recorder is a Hasher that notes what it was given.
type recorder struct {
	hashed []string
	err    error
}

func (r *recorder) Hash(_ context.Context, password string) (string, error) {
	r.hashed = append(r.hashed, password)
	return "hash of " + password, r.err
}

func (r *recorder) Verify(_ context.Context, encoded, password string) (bool, error) {
	return encoded == "hash of "+password, r.err
}
