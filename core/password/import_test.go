package password_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/password"
)

// verifier reads what begins with its prefix, of which the rest is the password, and counts.
type verifier struct {
	prefix string
	err    error
	tried  int
}

func (v *verifier) Verify(_ context.Context, encoded, text string) (bool, error) {
	rest, ok := strings.CutPrefix(encoded, v.prefix)
	if !ok {
		return false, password.ErrMalformed
	}
	v.tried++
	return rest == text, v.err
}

// primary is a verifier that also hashes.
type primary struct{ verifier }

func (p *primary) Hash(_ context.Context, text string) (string, error) {
	p.tried++
	return p.prefix + text + "!", p.err // another password's
}

func (p *primary) Outdated(encoded string) bool { return !strings.HasPrefix(encoded, p.prefix) }

func TestImport(t *testing.T) {
	t.Parallel()
	p := &primary{verifier{prefix: "own:"}}
	a, b, same := &verifier{prefix: "a:"}, &verifier{prefix: "b:"}, &verifier{prefix: "own:pepper:"}
	h := password.Import(p, a, b, same)
	for name, c := range map[string]struct {
		encoded string
		want    bool
		tried   [4]int
	}{
		"own":                   {"own:hunter2", true, [4]int{1, 0, 0, 0}},
		"own, wrong":            {"own:hunter3", false, [4]int{1, 0, 0, 0}},
		"first":                 {"a:hunter2", true, [4]int{0, 1, 0, 0}},
		"second":                {"b:hunter2", true, [4]int{0, 0, 1, 0}},
		"second, wrong":         {"b:hunter3", false, [4]int{0, 0, 1, 0}},
		"read by two":           {"own:pepper:hunter2", true, [4]int{1, 0, 0, 1}},
		"read by two, nobody's": {"own:pepper:hunter3", false, [4]int{1, 0, 0, 1}},
	} {
		p.tried, a.tried, b.tried, same.tried = 0, 0, 0, 0
		if got, err := h.Verify(t.Context(), c.encoded, "hunter2"); err != nil || got != c.want {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, c.want)
		}
		if got := [4]int{p.tried, a.tried, b.tried, same.tried}; got != c.tried {
			t.Errorf("%s: tried %v, want %v", name, got, c.tried)
		}
	}
	for _, unknown := range []string{"", "c:hunter2", "hunter2"} {
		if got, err := h.Verify(t.Context(), unknown, "hunter2"); got || !errors.Is(err, password.ErrMalformed) {
			t.Errorf("%q: got %v, %v, want ErrMalformed", unknown, got, err)
		}
	}
	if got, err := h.Hash(t.Context(), "x"); err != nil || got != "own:x!" {
		t.Errorf("Hash: got %q, %v, want the primary's", got, err)
	}
	if h.Outdated("own:x") || !h.Outdated("a:x") || !h.Outdated("") {
		t.Error("Outdated is not the primary's")
	}

	broken := errors.New("broken")
	a.err, p.err = broken, nil
	if got, err := h.Verify(t.Context(), "a:hunter3", "hunter2"); got || !errors.Is(err, broken) {
		t.Errorf("a verifier that fails: got %v, %v", got, err)
	}
	p.err = broken
	if got, err := h.Verify(t.Context(), "own:hunter3", "hunter2"); got || !errors.Is(err, broken) {
		t.Errorf("a primary that fails: got %v, %v", got, err)
	}
	if err := password.Burn(t.Context(), h, "hunter2"); !errors.Is(err, broken) {
		t.Errorf("Burn of a primary that fails: got %v", err)
	}
}

// TestBurnOfAnImport: an unknown user costs what one of the primary's hashes does, also where others read its form.
func TestBurnOfAnImport(t *testing.T) {
	t.Parallel()
	p := &primary{verifier{prefix: "own:"}}
	other, same := &verifier{prefix: "a:"}, &verifier{prefix: "own"}
	h := password.Bounded(password.Import(p, other, same), password.Limits{})
	if err := password.Burn(t.Context(), h, "hunter2"); err != nil {
		t.Fatal(err)
	}
	if p.tried != 1 || other.tried != 0 || same.tried != 1 {
		t.Errorf("tried %d, %d and %d times, want 1, 0 and 1", p.tried, other.tried, same.tried)
	}
}

func TestImportGivesTheReason(t *testing.T) {
	t.Parallel()
	const dear = "$2a$20$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe"
	h := password.Import(new(password.Scrypt), password.PBKDF2{}, password.Bcrypt{}, password.ScryptPHC{})
	if got, err := h.Verify(t.Context(), dear, "password"); got || !errors.Is(err, password.ErrMalformed) || !strings.Contains(err.Error(), "cost of 20") {
		t.Errorf("got %v, %v, want ErrMalformed with the cost", got, err)
	}
}

// TestImportOfEveryForm verifies all the foreign hashes through one hasher, as an app has it.
func TestImportOfEveryForm(t *testing.T) {
	t.Parallel()
	for name, primary := range map[string]password.Upgrader{"scrypt": new(password.Scrypt), "argon2id": password.Argon2id{MemoryKiB: 128, Passes: 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := password.Bounded(password.Import(primary, password.Argon2id{}, password.Bcrypt{Truncates: true},
				password.Devise{Pepper: "a-pepper-of-the-app"}, password.Devise{Pepper: strings.Repeat("0123456789abcdef", 8)},
				password.PBKDF2{}, password.ScryptPHC{}, firebase), password.Limits{})
			for _, c := range foreign {
				if got, err := h.Verify(t.Context(), c.encoded, c.password); !got || err != nil {
					t.Errorf("%s: got %v, %v", c.name, got, err)
				}
				if !h.Outdated(c.encoded) {
					t.Errorf("%s: is not outdated", c.name)
				}
			}
		})
	}
}

func TestImportConfiguration(t *testing.T) {
	t.Parallel()
	err := password.Import(nil, password.Firebase{}, nil, password.Bcrypt{Cost: 99}).Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"there is no primary", "SignerKey", "verifier 2 is nil", "Bcrypt.Cost"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}

func TestScryptOutdated(t *testing.T) {
	t.Parallel()
	var s password.Scrypt
	own, err := s.Hash(t.Context(), "password")
	if err != nil {
		t.Fatal(err)
	}
	for encoded, want := range map[string]bool{
		own:                               false,
		own + ":more":                     true,
		own[1:]:                           true,
		strings.ToUpper(own):              true,
		own[:40] + "$" + own[41:]:         true,
		strings.Replace(own, ":", "0", 1): true,
		firebaseHash:                      true,
		"":                                true,
	} {
		if got := s.Outdated(encoded); got != want {
			t.Errorf("%q: got %v, want %v", encoded, got, want)
		}
	}
	if password.Bounded(&recorder{}, password.Limits{}).Outdated("anything") {
		t.Error("a hasher that does not know is said to know")
	}
}
