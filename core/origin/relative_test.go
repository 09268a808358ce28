package origin_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/origin"
)

func TestSafeRelativeVectors(t *testing.T) {
	t.Parallel()
	var rows []struct {
		URL                                 string
		Allowed, AllowedWithoutRelativeFlag bool
	}
	readVectors(t, "relativeURLValidation", &rows)
	var none origin.List
	for _, row := range rows {
		if got := origin.SafeRelative(row.URL); got != row.Allowed {
			t.Errorf("SafeRelative(%q): got %v, want %v", row.URL, got, row.Allowed)
		}
		if got := none.Trusted(row.URL); got != row.AllowedWithoutRelativeFlag {
			t.Errorf("Trusted(%q): got %v, want %v", row.URL, got, row.AllowedWithoutRelativeFlag)
		}
	}
}

func TestSafeRelative(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/a?x=\\":           false,
		"/a#\r\nLocation:x": false,
		"/\u202eabc":        true,
		"/\xff":             false,
		"/a%2":              true,
		"/a%252fb":          true,
		"/a%2F?x":           false,
		"/a?%5C":            true,
		"/%%2f":             false,
		" /a":               false,
		"/\u009f":           false,
		"/a\x7f":            false,
	} {
		if got := origin.SafeRelative(path); got != want {
			t.Errorf("SafeRelative(%q): got %v, want %v", path, got, want)
		}
	}
}

// FuzzSafeRelative: a safe path never leaves the page's origin, whatever page it is on.
func FuzzSafeRelative(f *testing.F) {
	for _, s := range []string{"/", "//evil.example", "/\\evil.example", "/\t/evil.example", "/..//evil.example", "/a?x=//evil.example", "/%2Fevil.example", "/@evil.example", "/:80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if !origin.SafeRelative(path) {
			return
		}
		for _, base := range []string{"https://auth.example.com/a/b", "http://localhost:3000"} {
			page, err := origin.Parse(base)
			if err != nil {
				t.Fatal(err)
			}
			u, err := origin.Resolve(base, path)
			if err != nil || u.Origin() != page.Origin() {
				t.Errorf("%q on %s: got %q, %v", path, base, u, err)
			}
		}
	})
}
