package origin_test

import (
	"encoding/json"
	"testing"

	"github.com/cardea-auth/cardea/core/origin"
)

func TestAppendQueryVectors(t *testing.T) {
	t.Parallel()
	var rows []struct {
		Input  string
		Params map[string]string
		Result json.RawMessage
	}
	readVectors(t, "appendQueryParams", &rows)
	for _, row := range rows {
		var kv []string
		for _, name := range []string{"error", "error_description"} {
			if value, ok := row.Params[name]; ok {
				kv = append(kv, name, value)
			}
		}
		var want string
		if json.Unmarshal(row.Result, &want) != nil {
			want = "/?error=x" // where the reference throws we stay at home
		}
		if got := origin.AppendQuery(row.Input, kv...); got != want {
			t.Errorf("AppendQuery(%q, %q): got %q, want %q", row.Input, kv, got, want)
		}
	}
}

func TestAppendQuery(t *testing.T) {
	t.Parallel()
	const added = "k=*%7E%C3%A4+b%0D%0A&empty="
	for target, want := range map[string]string{
		"/..//evil.example":     "/.//evil.example?" + added,
		"/a/../b#f":             "/b?" + added + "#f",
		"/ü?a=ü&":               "/%C3%BC?a=%C3%BC&" + added,
		"myapp:cb":              "myapp:cb?" + added,
		"myapp:///cb?x":         "myapp:///cb?x&" + added,
		"https://[::1]:3000/?":  "https://[::1]:3000/?" + added,
		"https://A.example:443": "https://a.example/?" + added,
		"/":                     "/?" + added,
	} {
		if got := origin.AppendQuery(target, "k", "*~ä b\r\n", "empty"); got != want {
			t.Errorf("AppendQuery(%q): got %q, want %q", target, got, want)
		}
	}
}

func TestAppendQueryStaysAtHome(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"", "//evil.example", `/\evil.example`, "/%2fevil.example", "javascript:alert(1)", "data:text/html,x",
		"https://a@evil.example", "https:evil.example", `https:\\evil.example`, "/a\r\nSet-Cookie: x", "https://a.example/\r\nx: y", "evil", "\xff"} {
		if got := origin.AppendQuery(target, "k", "v"); got != "/?k=v" {
			t.Errorf("AppendQuery(%q): got %q, want %q", target, got, "/?k=v")
		}
		if got := origin.AppendQuery(target); got != "/" {
			t.Errorf("AppendQuery(%q) of nothing: got %q, want /", target, got)
		}
	}
}
