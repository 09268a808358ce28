package password_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/cardea-auth/cardea/core/password"
)

// TestNFKCLongRuns expects what String.prototype.normalize returns, confirmed with Node.
func TestNFKCLongRuns(t *testing.T) {
	t.Parallel()
	acute, grave := func(n int) string { return strings.Repeat("\u0301", n) }, "\u0316" // above, and below the letter
	for _, c := range []struct{ name, in, want string }{
		{"composes with the first", "a" + acute(40), "á" + acute(39)},
		{"sorts by class", "a" + strings.Repeat("\u0301"+grave, 20), "á" + strings.Repeat(grave, 20) + acute(19)},
		{"blocked by a mark of the same class", "a\u0305" + acute(31), "a\u0305" + acute(31)},
		{"marks without a base", acute(31) + grave + "a\u0301", grave + acute(31) + "á"},
		{"around a run", "\ufb01\u212b\u1100\u1161\u11a8x" + strings.Repeat("\u0308", 31) + "e\u0323\u0302\uff21",
			"fiÅ각ẍ" + strings.Repeat("\u0308", 30) + "ệA"},
		{"a joiner of its own", "a\u034f\u0301" + acute(31), "a\u034f" + acute(32)},
		{"short", "A\u030a\u2460\uff71", "Å1ア"},
		{"plain", "password", "password"},
	} {
		if got := password.NFKC(c.in); got != c.want {
			t.Errorf("%s: got %+q, want %+q", c.name, got, c.want)
		}
	}
}

// TestLongRunVerifies checks a hash that Node made of a password with 40 combining marks in a row.
func TestLongRunVerifies(t *testing.T) {
	t.Parallel()
	const hash = "00112233445566778899aabbccddeeff:e268188c87b65050fe3e8ae00965818994cb3cfce6e1e01ee9304dc19695550a" +
		"ebb449097c1725da0386ea88d32f75672072362c04d59e090757a6af66ed825a"
	var s password.Scrypt
	text := "Z\u0300\u0316a" + strings.Repeat("\u0301\u0316", 20)
	if ok, err := s.Verify(t.Context(), hash, text); !ok || err != nil {
		t.Errorf("got %v, %v, want true", ok, err)
	}
}

// FuzzNFKC compares the step-by-step form with x/text's wherever that does not break up a run.
func FuzzNFKC(f *testing.F) {
	f.Add("\ufb01\u212b\u1100\u1161\u11a8 e\u0323\u0302 \u0344\u0390")
	f.Add("a\u0305\u0301")
	f.Add("\u0301\u0316a\u0327\u0301")
	f.Add("각\u11a8\u09c7\u09be\u0dd9\u0dcf\u0dca")
	f.Fuzz(func(t *testing.T, s string) {
		want := norm.NFKC.String(s)
		if !utf8.ValidString(s) || strings.Count(want, "\u034f") != strings.Count(s, "\u034f") {
			return
		}
		if got := password.NFKCUnlimited(s); got != want {
			t.Errorf("%+q: got %+q, want %+q", s, got, want)
		}
	})
}
