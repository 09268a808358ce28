package password_test

import (
	"context"
	"errors"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/password"
)

// light is an argon2id that costs next to nothing.
var light = password.Argon2id{MemoryKiB: 64, Passes: 1}

func TestArgon2idHash(t *testing.T) {
	t.Parallel()
	const text = "pässwörd 😀"
	for form, h := range map[string]password.Argon2id{
		`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`: {},
		`^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`:    light,
		`^\$argon2id\$v=19\$m=1024,t=3,p=4\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`:  {MemoryKiB: 1024, Passes: 3, Threads: 4},
	} {
		first, err := h.Hash(t.Context(), text)
		if err != nil || !regexp.MustCompile(form).MatchString(first) {
			t.Errorf("got %q, %v, want the form %s", first, err, form)
			continue
		}
		if second, err := h.Hash(t.Context(), text); err != nil || second == first {
			t.Errorf("got %q twice (%v)", second, err)
		}
		for name, c := range map[string]struct {
			text string
			want bool
		}{
			"same":       {text, true},
			"decomposed": {"pa\u0308sswo\u0308rd 😀", true},
			"other case": {"Pässwörd 😀", false},
			"trimmed":    {text + " ", false},
		} {
			if got, err := (password.Argon2id{}).Verify(t.Context(), first, c.text); err != nil || got != c.want {
				t.Errorf("%s: %s: got %v, %v, want %v", form, name, got, err, c.want)
			}
		}
		if h.Outdated(first) {
			t.Errorf("%s: a new hash is outdated", form)
		}
		if other := (password.Argon2id{MemoryKiB: 2048}); !other.Outdated(first) {
			t.Errorf("%s: not outdated for other parameters", form)
		}
	}
}

func TestArgon2idOutdated(t *testing.T) {
	t.Parallel()
	const salt, key = "MDEyMzQ1Njc4OWFiY2RlZg", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for encoded, want := range map[string]bool{
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + key:           false,
		"$argon2id$v=19$m=19455,t=2,p=1$" + salt + "$" + key:           true,
		"$argon2id$v=19$m=19457,t=2,p=1$" + salt + "$" + key:           true, // stronger
		"$argon2id$v=19$m=19456,t=3,p=1$" + salt + "$" + key:           true,
		"$argon2id$v=19$m=19456,t=2,p=2$" + salt + "$" + key:           true,
		"$argon2i$v=19$m=19456,t=2,p=1$" + salt + "$" + key:            true,
		"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$" + key:            true, // a short salt
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + key[:22]:      true, // a short key
		"$2a$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe": true,
		"": true,
	} {
		if got := (password.Argon2id{}).Outdated(encoded); got != want {
			t.Errorf("%q: got %v, want %v", encoded, got, want)
		}
	}
}

func TestArgon2idConfiguration(t *testing.T) {
	t.Parallel()
	few := password.Argon2id{MemoryKiB: 31, Threads: 4}
	if err := few.Validate(); err == nil || !strings.Contains(err.Error(), "at least 32") {
		t.Errorf("got %v", err)
	}
	if got, err := few.Hash(t.Context(), "password"); err == nil {
		t.Errorf("Hash: got %q", got)
	}
	few.MemoryKiB++
	if err := few.Validate(); err != nil {
		t.Error(err)
	}
	if err := (password.Argon2id{}).Validate(); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := light.Hash(ctx, "password"); !errors.Is(err, context.Canceled) {
		t.Errorf("a request that is over: got %v", err)
	}
}

// TestBurnCostsWhatVerifyDoes measures the work by the memory that it allocates, and so runs alone.
func TestBurnCostsWhatVerifyDoes(t *testing.T) {
	h := password.Argon2id{MemoryKiB: 4096, Passes: 1}
	encoded, err := h.Hash(t.Context(), "password")
	if err != nil {
		t.Fatal(err)
	}
	hashes := func(f func()) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) >> 22
	}
	for wrong, want := range map[string]uint64{"wrong": 1, "ﬁsh": 2, "": 1} { // not in NFKC, "ﬁsh" is tried in both forms
		for name, hasher := range map[string]password.Hasher{
			"alone": h, "bounded": password.Bounded(h, password.Limits{}), "imported": password.Import(h, password.Bcrypt{}),
			"imported and bounded": password.Bounded(password.Import(h), password.Limits{}),
		} {
			verify := hashes(func() {
				if ok, err := hasher.Verify(t.Context(), encoded, wrong); ok || err != nil {
					t.Errorf("%s: Verify: got %v, %v", name, ok, err)
				}
			})
			burn := hashes(func() {
				if err := password.Burn(t.Context(), hasher, wrong); err != nil {
					t.Errorf("%s: Burn: %v", name, err)
				}
			})
			if verify != want || burn != want {
				t.Errorf("%s: %q: Verify cost %d hashes and Burn %d, want %d", name, wrong, verify, burn, want)
			}
		}
	}
}
