package options

import (
	"errors"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
)

// decode decodes a description of options and plugins.
func decode(t *testing.T, text string, r reader) (core.Config, error) {
	t.Helper()
	doc, err := strict.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c := r.decode(doc.Root(), core.Config{})
	return c, doc.Err()
}

func standard() reader { return reader{known: pluginReaders, strip: "options."} }

func mustDecode(t *testing.T, options string) core.Config {
	t.Helper()
	c, err := decode(t, `{"options":`+options+`}`, standard())
	if err != nil {
		t.Fatalf("%s: %v", options, err)
	}
	return c
}

func wantUnsupported(t *testing.T, err error, paths ...string) {
	t.Helper()
	var unsupported *strict.UnsupportedError
	if !errors.As(err, &unsupported) || !slices.Equal(unsupported.Paths, paths) {
		t.Errorf("got %v, want unsupported %q", err, paths)
	}
}
