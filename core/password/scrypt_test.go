package password_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/scrypt"

	"github.com/cardea-auth/cardea/core/password"
)

// vectors are values made by better-auth 1.7.25 itself.
type vectors struct {
	Passwords, PasswordEquivalents []struct {
		Password, Hash string
		Verifies       bool
	}
	PasswordErrors []struct{ Hash string }
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

func TestScryptVectors(t *testing.T) {
	t.Parallel()
	v := load(t)
	if len(v.Passwords) == 0 || len(v.PasswordEquivalents) == 0 {
		t.Fatal("no vectors")
	}
	var s password.Scrypt
	for _, c := range append(v.Passwords, v.PasswordEquivalents...) {
		if got, err := s.Verify(t.Context(), c.Hash, c.Password); err != nil || got != c.Verifies {
			t.Errorf("%q: got %v, %v, want %v", c.Password, got, err, c.Verifies)
		}
	}
}

func TestMalformedHashes(t *testing.T) {
	t.Parallel()
	cases := load(t).PasswordErrors
	if len(cases) == 0 {
		t.Fatal("no vectors")
	}
	var s password.Scrypt
	for _, c := range cases {
		if got, err := s.Verify(t.Context(), c.Hash, "password"); got || !errors.Is(err, password.ErrMalformed) {
			t.Errorf("%q: got %v, %v, want ErrMalformed", c.Hash, got, err)
		}
	}
	if got, err := s.Verify(t.Context(), "salt::key", "password"); got || !errors.Is(err, password.ErrMalformed) {
		t.Errorf("nothing between two colons: got %v, %v, want ErrMalformed", got, err)
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	var s password.Scrypt
	const text = "pässwörd 😀"
	first, err := s.Hash(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	if form := regexp.MustCompile(`^[0-9a-f]{32}:[0-9a-f]{128}$`); !form.MatchString(first) {
		t.Errorf("got %q, want the form %v", first, form)
	}
	second, err := s.Hash(t.Context(), text)
	if err != nil || first[:32] == second[:32] {
		t.Errorf("got the salts %s and %s (%v), want two", first[:32], second[:32], err)
	}
	for name, c := range map[string]struct {
		encoded, text string
		want          bool
	}{
		"same":               {first, text, true},
		"decomposed":         {first, "pa\u0308sswo\u0308rd 😀", true},
		"third part ignored": {first + ":more", text, true},
		"other case":         {first, "Pässwörd 😀", false},
		"trimmed":            {first, text + " ", false},
		"key cut short":      {first[:len(first)-2], text, false},
		"key too long":       {first + "00", text, false},
		"upper-case key":     {first[:33] + strings.ToUpper(first[33:]), text, false},
		"other salt":         {second[:32] + first[32:], text, false},
	} {
		if got, err := s.Verify(t.Context(), c.encoded, c.text); err != nil || got != c.want {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, c.want)
		}
	}
}

func TestScryptHeedsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var s password.Scrypt
	if got, err := s.Hash(ctx, "password"); got != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("Hash: got %q, %v, want context.Canceled", got, err)
	}
	if got, err := s.Verify(ctx, "salt:key", "password"); got || !errors.Is(err, context.Canceled) {
		t.Errorf("Verify: got %v, %v, want context.Canceled", got, err)
	}
}

// TestConcurrentHashes shares the tables between goroutines; run it with -race.
func TestConcurrentHashes(t *testing.T) {
	t.Parallel()
	var s password.Scrypt
	want, err := scrypt.Key([]byte("password"), []byte("salt"), 64, 16, 1, 64)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 8 {
				if got, err := password.Derive(&s, "password", []byte("salt"), 64); err != nil || !bytes.Equal(got, want) {
					t.Errorf("got %x, %v, want %x", got, err, want)
				}
			}
		})
	}
	wg.Wait()
	if got := s.IdleTables(); got > 4 {
		t.Errorf("%d tables are kept after at most 4 hashes at once", got)
	}
}

// TestTableIsReusedAndReleased is about the 32 MiB of a hash: the next hash takes them, a garbage collection gives them
// back once they have been idle for a while.
// It steers the collector, so it does not run beside other tests.
func TestTableIsReusedAndReleased(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var s password.Scrypt
	hash := func() {
		if _, err := s.Hash(t.Context(), "password"); err != nil {
			t.Fatal(err)
		}
	}
	hash()
	if got := s.IdleTables(); got != 1 {
		t.Errorf("after a hash: %d idle tables, want 1", got)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	hash()
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 16<<10 {
		t.Errorf("the second hash allocated %d bytes, want at most 16 KiB", got)
	}
	runtime.GC()
	runtime.GC()
	if got := s.IdleTables(); got != 1 {
		t.Errorf("after a collection soon afterwards: %d idle tables, want 1", got)
	}
	s.RestTables(password.KeepIdle)
	for deadline := time.Now().Add(10 * time.Second); s.IdleTables() > 0 && time.Now().Before(deadline); {
		runtime.GC() // what it triggers runs a little later, in a goroutine of the runtime's
	}
	if got := s.IdleTables(); got != 0 {
		t.Errorf("after a collection much later: %d idle tables, want none", got)
	}
	hash() // a table that was given back is no obstacle
}

// TestScryptEqualsXCrypto compares at every cost from 2 to the real one.
func TestScryptEqualsXCrypto(t *testing.T) {
	t.Parallel()
	var s password.Scrypt
	for n := 2; n <= password.Cost; n *= 2 {
		want, err := scrypt.Key([]byte("password"), []byte("NaCl"), n, 16, 1, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := password.Derive(&s, "password", []byte("NaCl"), n); err != nil || !bytes.Equal(got, want) {
			t.Errorf("N=%d: got %x, %v, want %x", n, got, err, want)
		}
	}
}

// FuzzScrypt compares with x/crypto's implementation at low costs: a cost only says how often the loops run.
func FuzzScrypt(f *testing.F) {
	f.Add("", []byte(""), uint8(0))
	f.Add("password", []byte("salt"), uint8(3))
	f.Add("\x00\xff", bytes.Repeat([]byte("s"), 200), uint8(7))
	var s password.Scrypt
	f.Fuzz(func(t *testing.T, text string, salt []byte, log uint8) {
		n := 2 << (log % 8) // 2 to 256
		want, err := scrypt.Key([]byte(password.NFKC(text)), salt, n, 16, 1, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := password.Derive(&s, text, salt, n); err != nil || !bytes.Equal(got, want) {
			t.Errorf("N=%d, %q, %x: got %x, %v, want %x", n, text, salt, got, err, want)
		}
	})
}
