package options

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
)

func TestIdentifiers(t *testing.T) {
	t.Parallel()
	hashed := core.HashIdentifier("reset-password:abc")
	for option, want := range map[string]string{
		`"plain"`:                               "",
		`"hashed"`:                              hashed,
		`{"hash":{"$const":"always"}}`:          "always",
		`{"hash":{"$webhook":"h"}}`:             `webhook h ["reset-password:abc"]`,
		`{"default":"hashed"}`:                  hashed,
		`{"default":{"hash":{"$const":"own"}}}`: "own",
	} {
		c, err := decode(t, `{"options":{"verification":{"storeIdentifier":`+option+`}}}`, withFunctions())
		if err != nil {
			t.Fatalf("%s: %v", option, err)
		}
		got := ""
		if f := c.Verification.Identifiers; f != nil {
			got = f("reset-password:abc")
		}
		if got != want || c.Verification.Overrides != nil {
			t.Errorf("%s: got %q, %v, want %q", option, got, c.Verification.Overrides, want)
		}
	}

	const overrides = `{"options":{"verification":{"storeIdentifier":{"default":"plain","overrides":{"b:":"hashed","a:":"plain"}}}}}`
	c, err := decode(t, overrides, withFunctions())
	if err != nil {
		t.Fatal(err)
	}
	o := c.Verification.Overrides
	if len(o) != 2 || o[0].Prefix != "b:" || o[0].Identifiers("x") != core.HashIdentifier("x") || o[1].Prefix != "a:" || o[1].Identifiers != nil {
		t.Errorf("got %+v, want b: hashed, then a: plain", o)
	}
}
