package ratelimit_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/ratelimit"
)

// FuzzRules: no pattern and no path brings the rules down; a rule that was found in advance is the one that would be
// found anew; and a custom rule applies where its path matches, and nowhere else.
func FuzzRules(f *testing.F) {
	f.Add("/sign-in/*", "/sign-in", "/sign-in/email")
	f.Add("/**", "/ok", "/ok")
	f.Add("*", "/phone-number", "")
	f.Add("/a?c", "/a", "/abc")
	f.Add("/*\\", "//", "/*")
	f.Add("/sign-up/email", "/sign", "/sign-up/email/")
	custom, plugin := rule(77, 7), rule(88, 8)
	f.Fuzz(func(t *testing.T, pattern, prefix, path string) {
		if len(pattern) > 1000 {
			return // the time to compile would be all that is measured
		}
		c := ratelimit.Config{
			Plugins: []ratelimit.PathRule{{Rule: plugin, Prefixes: []string{prefix}}},
			Custom:  []ratelimit.CustomRule{{Path: pattern, Rule: custom}},
		}
		rules, err := ratelimit.Compile(c)
		if err != nil {
			return
		}
		c.Routes = []string{path}
		known := compile(t, c)
		var found [2]ratelimit.Rule
		for i, r := range []*ratelimit.Rules{rules, known} {
			var seen recorder
			limiter := ratelimit.New(r, &seen, ratelimit.Options{Exact: true})
			if _, ok, err := limiter.Allow(t.Context(), ratelimit.Request{IP: "192.0.2.1", Path: path}); !ok || err != nil {
				t.Fatalf("got allowed %v, %v", ok, err)
			}
			found[i] = seen.rule
			if len(seen.key) > 255 || !strings.HasPrefix(seen.key, "192.0.2.1|") {
				t.Errorf("got the key %q", seen.key)
			}
		}
		if found[0] != found[1] {
			t.Errorf("got %+v for a new path and %+v for a known one", found[0], found[1])
		}
		if path == "" {
			path = "*" // what no endpoint takes
		}
		matches := pattern == path
		if strings.Contains(pattern, "*") {
			matches = origin.Wildcard(pattern, path)
		}
		switch {
		case matches != (found[0] == custom):
			t.Errorf("pattern %q, path %q: got %+v, want the custom rule: %v", pattern, path, found[0], matches)
		case !matches && strings.HasPrefix(path, prefix) != (found[0] == plugin):
			t.Errorf("prefix %q, path %q: got %+v", prefix, path, found[0])
		}
	})
}
