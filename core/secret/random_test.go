package secret_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/cardea-auth/cardea/core/secret"
)

func TestRandomVectors(t *testing.T) {
	t.Parallel()
	for _, c := range some(t, load(t).RandomStrings) {
		raw, err := hex.DecodeString(c.RandomBytesHex)
		if err != nil {
			t.Fatal(err)
		}
		got, err := secret.Random(bytes.NewReader(raw), c.Length, c.Alphabet)
		if err != nil || got != c.Output {
			t.Errorf("%s: got %q, %v, want %q", c.Use, got, err, c.Output)
		}
	}
	if v := load(t).RandomStrings; v[0].Alphabet != secret.AlphabetID || v[1].Alphabet != secret.AlphabetString {
		t.Error("the two base alphabets are not better-auth's")
	}
}

func TestRandomSkipsBiasedBytesAndRedraws(t *testing.T) {
	t.Parallel()
	// 62 characters: 248 is the first byte to skip. The first draw of four bytes yields one character only.
	source := bytes.NewReader([]byte{248, 255, 250, 61, 62, 0, 0, 0})
	got, err := secret.Random(source, 2, secret.AlphabetID)
	if want := "9a"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if source.Len() != 0 {
		t.Errorf("%d bytes were not drawn, want two draws of four", source.Len())
	}
}

func TestRandomErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, c := range []struct {
		name     string
		r        io.Reader
		n        int
		alphabet string
		want     error // nil: any
	}{
		{"zero length", nil, 0, "ab", nil},
		{"negative length", nil, -1, "ab", nil},
		{"no alphabet", nil, 1, "", nil},
		{"alphabet too large", nil, 1, strings.Repeat("x", 257), nil},
		{"short source", strings.NewReader("abc"), 2, "ab", io.ErrUnexpectedEOF},
		{"broken source", iotest.ErrReader(broken), 2, "ab", broken},
	} {
		got, err := secret.Random(c.r, c.n, c.alphabet)
		if err == nil || got != "" || (c.want != nil && !errors.Is(err, c.want)) {
			t.Errorf("%s: got %q, %v, want an error (%v)", c.name, got, err, c.want)
		}
	}
}

// TestRandomStringsAreRandom draws enough characters that a missing one, or one twice as likely as it should be, is
// out of the question: with 64 characters and 64 000 draws each is expected 1000 times, give or take 32.
func TestRandomStringsAreRandom(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, alphabet string
		draw           func() (string, error)
	}{
		{"ID", secret.AlphabetID, func() (string, error) { return secret.ID(), nil }},
		{"String", secret.AlphabetString, func() (string, error) { return secret.String(128), nil }},
		{"long String", secret.AlphabetString, func() (string, error) { return secret.String(1000), nil }},
		{"Random", secret.AlphabetDigits, func() (string, error) { return secret.Random(nil, 6, secret.AlphabetDigits) }},
	} {
		count := make(map[rune]int)
		seen := make(map[string]bool)
		total := 0
		for want := 1000 * len(c.alphabet); total < want; {
			s, err := c.draw()
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if seen[s] && len(s) > 6 {
				t.Fatalf("%s: %q twice", c.name, s)
			}
			seen[s] = true
			total += len(s)
			for _, r := range s {
				count[r]++
			}
		}
		for _, r := range c.alphabet {
			if n := count[r]; n < 750 || n > 1250 {
				t.Errorf("%s: %q was drawn %d times, want about 1000", c.name, r, n)
			}
			delete(count, r)
		}
		if len(count) != 0 {
			t.Errorf("%s: characters outside the alphabet: %v", c.name, count)
		}
	}
	if got := len(secret.ID()); got != 32 {
		t.Errorf("ID has %d characters, want 32", got)
	}
}

func TestStringRefusesNoLength(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("String(0) returned, want a panic")
		}
	}()
	secret.String(0)
}
