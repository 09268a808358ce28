package origin_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/origin"
)

func TestWildcardVectors(t *testing.T) {
	t.Parallel()
	var rows []struct {
		Pattern, Sample string
		Matches         bool
	}
	readVectors(t, "wildcards", &rows)
	for _, row := range rows {
		if got := origin.Wildcard(row.Pattern, row.Sample); got != row.Matches {
			t.Errorf("Wildcard(%q, %q): got %v, want %v", row.Pattern, row.Sample, got, row.Matches)
		}
	}
}

// TestHostPatternVectors: lower-cased and without scheme and path, hosts are matched by the same wildcards.
func TestHostPatternVectors(t *testing.T) {
	t.Parallel()
	var rows []struct {
		Host, Pattern string
		Matches       bool
	}
	readVectors(t, "hostPatterns", &rows)
	for _, row := range rows {
		pattern, _, _ := strings.Cut(strings.TrimPrefix(row.Pattern, "https://"), "/")
		if got := origin.Wildcard(pattern, strings.ToLower(row.Host)); got != row.Matches {
			t.Errorf("%q against %q: got %v, want %v", row.Host, row.Pattern, got, row.Matches)
		}
	}
}

// TestWildcardRegexVectors compares with the expressions that the reference makes of its patterns.
func TestWildcardRegexVectors(t *testing.T) {
	t.Parallel()
	var rows []struct{ Pattern, Regex string }
	readVectors(t, "wildcardRegex", &rows)
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"/", "/", "\\", "sign-in", "a", "b", "c", "email", ".example.com", "https:", "."}
	for _, row := range rows {
		want := regexp.MustCompile(row.Regex)
		glob, err := origin.NewGlob(row.Pattern)
		if err != nil {
			t.Fatal(err)
		}
		matched := 0
		for range 20000 {
			var s string
			for range random.IntN(7) {
				s += pieces[random.IntN(len(pieces))]
			}
			if got := glob.Match(s); got != want.MatchString(s) {
				t.Errorf("%q against %q: got %v, want %v", row.Pattern, s, got, !got)
			} else if got {
				matched++
			}
		}
		if matched == 0 {
			t.Errorf("%q: no sample matched", row.Pattern)
		}
	}
}

func TestGlob(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true},
		{"", "/", true},
		{"", "a", false},
		{"**", "", true},
		{"**", "a/b\\c", true},
		{"**/a", "a", true},
		{"**/a", "b/a", true},
		{"**/a", "ba", false},
		{"/a/**/b", "/a/b", true},
		{"/a/**/b", "/a/x/y/b", true},
		{"/a/**/b", "/axb", false},
		{"/a/**/b", "/a/xb", false},
		{"/a/**/**", "/a", true},
		{"a**", "abc", true},
		{"a**", "a/b", false},
		{"/a/b", "\\a//b\\", true},
		{"/a//b", "/a/b", true},
		{"/a?", "/aü", true},
		{"*", "a\nb", true},
		{"a\\", "a", true},
		{"\\?", "?", true},
		{"\\?", "a", false},
		{"a.+(b)[c]^$|{2}", "a.+(b)[c]^$|{2}", true},
		{"A", "a", false},
	} {
		if got := origin.Wildcard(tt.pattern, tt.s); got != tt.want {
			t.Errorf("Wildcard(%q, %q): got %v, want %v", tt.pattern, tt.s, got, tt.want)
		}
	}
	if _, err := origin.NewGlob("a\xff"); err == nil {
		t.Error("NewGlob of invalid UTF-8: got no error")
	}
	if (origin.Glob{}).Match("") {
		t.Error("the zero Glob matches")
	}
}

// TestGlobIsLinear would take longer than the universe with a backtracking engine.
func TestGlobIsLinear(t *testing.T) {
	t.Parallel()
	if origin.Wildcard(strings.Repeat("*a", 40)+"/**/"+strings.Repeat("**/b/", 40)+"c", strings.Repeat("a", 5000)+strings.Repeat("/b", 5000)) {
		t.Error("got a match, want none")
	}
}

// FuzzGlob compares with a matcher that tries everything.
func FuzzGlob(f *testing.F) {
	for _, s := range [][2]string{{"*", "a/b"}, {"/a/**/b", "/a/x/y/b"}, {"**/a", "b/a"}, {"a\\*?", "a*b"}, {"/a//", "/a/"}, {"**/**", "x"}, {"*.example.com", "a.example.com"}, {"\\", ""}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern) > 12 || len(s) > 16 || strings.Count(pattern, "*") > 5 {
			return // it tries everything
		}
		glob, err := origin.NewGlob(pattern)
		if err != nil {
			return
		}
		if got, want := glob.Match(s), naive(strings.Split(pattern, "/"), 0, []rune(s)); got != want {
			t.Errorf("%q against %q: got %v, want %v", pattern, s, got, want)
		}
	})
}

func isSeparator(r rune) bool { return r == '/' || r == '\\' }

// naive matches segments[i:] against s by the description in Glob, one character at a time.
func naive(segments []string, i int, s []rune) bool {
	if i == len(segments) {
		return len(s) == 0
	}
	segment, last := segments[i], i == len(segments)-1
	switch {
	case segment == "" && i > 0:
		return naive(segments, i+1, s)
	case segment == "**" && last:
		return true
	case segment == "**" && segments[i+1] == "**":
		return naive(segments, i+1, s)
	case segment == "**":
		for n := range len(s) + 1 {
			// What it takes begins with a separator, unless it is first, and ends with one; first it may take nothing.
			here := n == 0 && i == 0 || n > 0 && isSeparator(s[n-1]) && (i == 0 || isSeparator(s[0]))
			if here && naive(segments, i+1, s[n:]) {
				return true
			}
		}
		return false
	}
	return naiveSegment([]rune(segment), s, func(rest []rune) bool {
		if !last && segments[i+1] == "**" {
			return naive(segments, i+1, rest)
		}
		for n := 0; ; n++ {
			if (n > 0 || last) && naive(segments, i+1, rest[n:]) {
				return true
			}
			if n == len(rest) || !isSeparator(rest[n]) {
				return false
			}
		}
	})
}

func naiveSegment(segment, s []rune, then func(rest []rune) bool) bool {
	switch {
	case len(segment) == 0:
		return then(s)
	case segment[0] == '\\' && len(segment) == 1:
		return then(s)
	case segment[0] == '\\':
		return len(s) > 0 && s[0] == segment[1] && naiveSegment(segment[2:], s[1:], then)
	case segment[0] == '*':
		for n := 0; ; n++ {
			if naiveSegment(segment[1:], s[n:], then) {
				return true
			}
			if n == len(s) || isSeparator(s[n]) {
				return false
			}
		}
	case len(s) == 0:
		return false
	case segment[0] == '?':
		return !isSeparator(s[0]) && naiveSegment(segment[1:], s[1:], then)
	default:
		return s[0] == segment[0] && naiveSegment(segment[1:], s[1:], then)
	}
}
