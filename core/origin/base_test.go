package origin_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/origin"
)

func TestBaseVectors(t *testing.T) {
	t.Parallel()
	var rows []struct {
		BaseURL, BasePath string
		Resolved          json.RawMessage
	}
	readVectors(t, "baseURLs", &rows)
	for _, row := range rows {
		var want string
		throws := json.Unmarshal(row.Resolved, &want) != nil
		got, err := origin.NewBase(row.BaseURL, row.BasePath)
		if got.URL() != want || (err != nil) != throws {
			t.Errorf("NewBase(%q, %q): got %q, %v, want %q", row.BaseURL, row.BasePath, got.URL(), err, want)
		}
	}
}

func TestBase(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ url, path, wantURL, wantOrigin, wantScheme, wantHost, wantPath string }{
		{"https://Auth.Example.com:443/", "", "https://auth.example.com/api/auth", "https://auth.example.com", "https", "auth.example.com", "/api/auth"},
		{"http://[::1]:3000", "auth/", "http://[::1]:3000/auth", "http://[::1]:3000", "http", "[::1]", "/auth"},
		{"https://a.example/x/y/", "/ignored", "https://a.example/x/y", "https://a.example", "https", "a.example", "/x/y"},
		{"https://a.example/x/../y", "", "https://a.example/y", "https://a.example", "https", "a.example", "/y"},
		{"https://a.example", "//", "https://a.example", "https://a.example", "https", "a.example", ""},
		{"", "", "", "", "", "", "/api/auth"},
		{"", "/", "", "", "", "", ""},
	} {
		b, err := origin.NewBase(tt.url, tt.path)
		if err != nil {
			t.Errorf("NewBase(%q, %q): %v", tt.url, tt.path, err)
			continue
		}
		got := []string{b.URL(), b.Origin(), b.Scheme(), b.Host(), b.Path()}
		want := []string{tt.wantURL, tt.wantOrigin, tt.wantScheme, tt.wantHost, tt.wantPath}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("NewBase(%q, %q): got %q, want %q", tt.url, tt.path, got, want)
		}
	}
}

func TestBaseErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ url, path, says string }{
		{"example.com", "", "must begin with http:// or https://"},
		{"localhost:3000", "", "must begin with http:// or https://"},
		{"myapp://x", "", "must begin with http:// or https://"},
		{"https://", "", "not a URL such as"},
		{"https://bücher.example", "", "xn--"},
		{"https://user:secret@a.example", "", "leave them out"},
		{"https:a.example/x", "", `write "https://a.example/x"`},
		{" https://a.example", "", `write "https://a.example"`},
		{"http://0x7f.1", "", `write "http://127.0.0.1"`},
		{`https://a.example\x`, "", `write "https://a.example/x"`},
		{"https://a.example:0443", "", `write "https://a.example"`},
		{"https://a.example?x", "", "query or fragment"},
		{"https://a.example#x", "", "query or fragment"},
		{"https://a.example/a//b", "", "single slashes"},
		{"https://a.example/a%2fb", "", "do not encode"},
		{"https://a.example", "/a?b", "plain path"},
		{"https://a.example", "//evil", "plain path"},
		{"https://a.example", "/a/../b", "plain path"},
		{"https://a.example", `/a\b`, "plain path"},
		{"https://a.example", "/ä", "plain path"},
		{"", "/a b", "plain path"},
	} {
		b, err := origin.NewBase(tt.url, tt.path)
		if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("NewBase(%q, %q): got %q, %v, want an error that says %q", tt.url, tt.path, b.URL(), err, tt.says)
		}
	}
}

func TestStrip(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		base, path, want string
		ok               bool
	}{
		{"/api/auth", "/api/auth/sign-in/email", "/sign-in/email", true},
		{"/api/auth", "/api/auth/ok/", "/ok/", true},
		{"/api/auth", "/api/auth/", "/", true},
		{"/api/auth", "/api/auth/a%2Fb", "/a%2Fb", true},
		{"/api/auth", "/api/auth", "", false},
		{"/api/auth", "/api/authx/ok", "", false},
		{"/api/auth", "/api/auth//ok", "", false},
		{"/api/auth", "//api/auth/ok", "", false},
		{"/api/auth", "/api/auth/ok//", "", false},
		{"/api/auth", "/ok", "", false},
		{"/api/auth", "", "", false},
		{"/", "/ok", "/ok", true},
		{"/", "//ok", "", false},
		{"/", "", "", false},
	} {
		b, err := origin.NewBase("https://a.example", tt.base)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := b.Strip(tt.path); got != tt.want || ok != tt.ok {
			t.Errorf("%q: Strip(%q): got %q, %v, want %q, %v", tt.base, tt.path, got, ok, tt.want, tt.ok)
		}
	}
}

func TestTrimBaseVectors(t *testing.T) {
	t.Parallel()
	var rows []struct{ URL, BasePath, Path string }
	readVectors(t, "pathNormalization", &rows)
	for _, row := range rows {
		u, err := origin.Parse(row.URL)
		if err != nil && row.URL != "nope" {
			t.Errorf("Parse(%q): %v", row.URL, err)
		}
		if got := origin.TrimBase(u.Path, row.BasePath); got != row.Path {
			t.Errorf("TrimBase(%q, %q): got %q, want %q", u.Path, row.BasePath, got, row.Path)
		}
	}
}

func TestLoopbackVectors(t *testing.T) {
	t.Parallel()
	var rows []struct {
		Host     string
		Loopback bool
	}
	readVectors(t, "loopbackHosts", &rows)
	for _, row := range rows {
		if got := origin.Loopback(row.Host); got != row.Loopback {
			t.Errorf("Loopback(%q): got %v, want %v", row.Host, got, row.Loopback)
		}
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"LOCALHOST":              true,
		"localhost.":             true,
		"localhost:3000":         true,
		"a.LocalHost.:80":        true,
		"[::1%lo]:80":            true,
		"[::ffff:7f00:1]":        true,
		"[0:0:0:0:0:0:0:1]":      true,
		"":                       false,
		".":                      false,
		"localhost.evil.example": false,
		"evillocalhost":          false,
		"127.0.0.1.evil.example": false,
		"127.1":                  false,
		"0x7f.0.0.1":             false,
		"::":                     false,
		"localho\u017ft":         false,
	} {
		if got := origin.Loopback(host); got != want {
			t.Errorf("Loopback(%q): got %v, want %v", host, got, want)
		}
	}
}
