package provider_test

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugin/internal/recorded"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// TestDocumentation holds the table of docs/social-providers.md to what the providers do. It names no provider that has no
// row of recorded exchanges.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/social-providers.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| `provider\\.").FindAllSubmatch(page, -1)
	if len(listed) != len(rows) {
		t.Errorf("the page lists %d providers, the table of tests %d", len(listed), len(rows))
	}
	names := map[string]string{} // by id
	for _, name := range constructors(t) {
		id := strings.ToLower(name)
		names[id] = name
	}
	for id := range rows {
		p := build(id, usual(recorded.Child(record(), "providers", id)))
		u, err := p.AuthorizationURL(t.Context(), nil, provider.AuthorizationRequest{State: "S", CodeVerifier: "V", RedirectURI: "https://app.example/"})
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := url.Parse(u)
		if err != nil {
			t.Fatal(err)
		}
		scopes := strings.ReplaceAll(parsed.Query().Get("scope"), ",", " ")
		if scopes != "" {
			scopes = "`" + scopes + "`"
		}
		if p.PKCE != parsed.Query().Has("code_challenge") {
			t.Errorf("%s: PKCE is %v", id, p.PKCE)
		}
		mark := func(yes bool) string {
			if yes {
				return "yes"
			}
			return ""
		}
		want := fmt.Sprintf("| `%s` | `provider.%s` | %s | %s | %s | %s |", id, names[id], scopes,
			mark(parsed.Query().Has("code_challenge")), mark(p.Refresh != nil), mark(p.VerifyIDToken != nil))
		if !strings.Contains(string(page), regexp.MustCompile(` +`).ReplaceAllString(want, " ")) {
			t.Errorf("the page has no line that begins\n%s", regexp.MustCompile(` +`).ReplaceAllString(want, " "))
		}
	}
}
