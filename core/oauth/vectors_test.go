package oauth_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core/oauth"
)

// vectors are values made by better-auth 1.7.25 itself.
type vectors struct {
	BasicCredentials []struct{ ClientID, ClientSecret, Header string }
	PKCE             []struct{ CodeVerifier, CodeChallenge string }
	ScopeParsing     []struct {
		Scope  any
		Parsed []string
	}
	ScopeMerging []struct {
		Stored   string
		Incoming []string
		Merged   string
	}
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.BasicCredentials) < 3 || len(v.PKCE) < 3 || len(v.ScopeParsing) < 5 || len(v.ScopeMerging) < 4 {
		t.Fatal("vectors are missing")
	}
	return v
}

func TestVectors(t *testing.T) {
	t.Parallel()
	v := readVectors(t)
	for _, c := range v.BasicCredentials {
		if got := oauth.BasicCredentials(c.ClientID, c.ClientSecret); got != c.Header {
			t.Errorf("BasicCredentials(%q, %q): got %q, want %q", c.ClientID, c.ClientSecret, got, c.Header)
		}
	}
	for _, c := range v.PKCE {
		if got := oauth.Challenge(c.CodeVerifier); got != c.CodeChallenge {
			t.Errorf("Challenge(%q): got %q, want %q", c.CodeVerifier, got, c.CodeChallenge)
		}
	}
	for _, c := range v.ScopeParsing {
		if got := oauth.ParseScopes(c.Scope); !slices.Equal(got, c.Parsed) || got == nil {
			t.Errorf("ParseScopes(%v): got %q, want %q", c.Scope, got, c.Parsed)
		}
	}
	for _, c := range v.ScopeMerging {
		if got := oauth.MergeScopes(c.Stored, c.Incoming); got != c.Merged {
			t.Errorf("MergeScopes(%q, %q): got %q, want %q", c.Stored, c.Incoming, got, c.Merged)
		}
	}
}
