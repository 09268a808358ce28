package origin_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/origin"
)

func compile(t testing.TB, pattern string) origin.Pattern {
	t.Helper()
	p, err := origin.Compile(pattern)
	if err != nil {
		t.Fatalf("Compile(%q): %v", pattern, err)
	}
	return p
}

// TestTrustedOriginVectors is the contract's matrix but for what is never trusted here: userinfo, a backslash before
// the query, and an app's URL under a pattern that names no scheme.
func TestTrustedOriginVectors(t *testing.T) {
	t.Parallel()
	var rows [][3]any
	readVectors(t, "trustedOriginMatching", &rows)
	stricter := 0
	for _, row := range rows {
		pattern, url, want := row[0].(string), row[1].(string), row[2].(bool)
		app := !strings.HasPrefix(strings.ToLower(url), "http")
		if want && (strings.ContainsAny(url, `@\`) || app && !strings.Contains(pattern, "://")) {
			want = false
			stricter++
		}
		if got := compile(t, pattern).Match(url, false); got != want {
			t.Errorf("%q matches %q: got %v, want %v", pattern, url, got, want)
		}
	}
	if stricter == 0 || stricter > 25 {
		t.Errorf("stricter than the vectors in %d of %d rows: the exceptions are not what they were", stricter, len(rows))
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern string
		yes, no []string
	}{
		{"https://app.example.com", []string{
			"https://app.example.com", "https://app.example.com/", "HTTPS://APP.EXAMPLE.COM:443/x?y#z", "https://app.example.com?@evil.example",
			"https://app.example.com#@evil.example", "https://app.example.com/a b", "https://app.example.com/@evil.example", `https://app.example.com/?a\b`,
		}, []string{
			"https://app.example.com.", "https://app.example.com.evil.example", "https://app.example.com@evil.example", "https://evil.example@app.example.com",
			"https://@app.example.com", "https:app.example.com", "https:/app.example.com", "https:///app.example.com", `https:\\app.example.com`,
			`https://app.example.com\`, `https://app.example.com\.evil.example`, `https://evil.example\@app.example.com`, `https://app.example.com/a\b`,
			" https://app.example.com", "https://app.example.com ", "ht\ttps://app.example.com", "https://app.exam\nple.com", "https://app.example.com/\r\nSet-Cookie: x",
			"https://app.example.com/\x00", "https://app.example.com/\u0085", "https://app.example.com/\xff", "https://app%2eexample.com", "https://%61pp.example.com",
			"https://app。example.com", "https://ａpp.example.com", "https://app.example.com:80", "https://app.example.com:0443", "https://app.example.com:", "http://app.example.com", "//app.example.com", "app.example.com", "",
			"null", "https://", "https:", "blob:https://app.example.com/1", "wss://app.example.com", "view-source:https://app.example.com",
		}},
		{"*.example.com", []string{"https://a.example.com", "http://a.b.example.com/x"}, []string{
			"https://example.com", "https://evil.example/a.example.com", "https://evil.example?.example.com", "https://evil.example#.example.com",
			"https://evil.example/?x=.example.com", "https://a.example.com@evil.example", "https://evil.example:80@a.example.com", "https://a.example.com.evil.example",
			"https://evilexample.com", "https://a.example.com:8443", `https://evil.example\.example.com`, "https://evil.example%2f.example.com",
			"https://evil.example%23.example.com", "https://evil.example;.example.com:1", "ftp://a.example.com", "myapp://a.example.com", "wss://a.example.com",
		}},
		{"https://*.example.com", []string{"https://a.example.com"}, []string{"http://a.example.com", "https://evil.example/.example.com", "https://evil.example?.example.com", "myapp://a.example.com"}},
		{"*", []string{"https://anything.example", "http://localhost:3000"}, []string{"myapp://x", "ftp://x", "javascript:alert(1)", "data:text/html,x", "blob:https://x/1", "vbscript:x", "intent://x", "file:///x", "https://a@b"}},
		{"192.168.*.*", []string{"http://192.168.0.1", "https://192.168.255.255/x", "http://192.168.0.1:3000"}, []string{"http://192.168.evil.example", "http://192.168.1.evil", "http://192.168.1.evil:3000", "http://0xc0a80001", "http://192.168.1", "exp://192.168.0.7"}},
		{"http://192.168.*.*:*", []string{"http://192.168.0.1:3000"}, []string{"http://192.168.evil.example:3000", "https://192.168.0.1:3000"}},
		{"http://192.168.*.*/**", []string{"http://192.168.0.1"}, []string{"http://192.168.evil.example", "http://192.168.0.1.evil.example"}},
		{"http://1?.0.0.1", []string{"http://10.0.0.1"}, []string{"http://1a.0.0.1", "http://1.0.0.1"}},
		{"*://app.example.com", []string{"https://app.example.com", "http://app.example.com"}, []string{"myapp://app.example.com", "ftp://app.example.com"}},
		{"myapp://", []string{"myapp://", "myapp://anything/x", "myapp:x", "MYAPP://x", "myapp:///x?y#z"}, []string{"myappx://", "myap://", "myapp://user@x", " myapp://x", "my\napp://x", "myapp://x\\y", "myapp://x y", "https://myapp", "myapp://ünï"}},
		{"myapp://cb", []string{"myapp://cb", "myapp://CB/x", "myapp://cb?x#y", "myapp://cb/../x"}, []string{"myapp://cb.other", "myapp://cbx", "myapp://cb:80", "myapp://cb:", "myapp://x@cb", "myapp://cb@x", "myapp:cb", "myapp:/cb", "myapp:///cb", "myapp://%63b", "other://cb"}},
		{"myapp://cb/done", []string{"myapp://cb/done", "myapp://cb/done/x", "myapp://cb/./done/", "myapp://cb/x/../done", "myapp://cb/d%6fne?x"}, []string{
			"myapp://cb", "myapp://cb/doneX", "myapp://cb/done/../x", "myapp://cb/done/%2e%2e/x", "myapp://cb/done%2f..%2fx", "myapp://cb/done/..%2fx", "myapp://cb/x//../done",
			"myapp://cb/done/%2e%2e/x/%zz", "myapp://cb/done/%ff", `myapp://cb/done/..\x`, "myapp://cb/done/..%5cx", "myapp://cb/done/%00", "myapp://other/done", "myapp:/done"}},
		{"com.example.app:/oauth", []string{"com.example.app:/oauth", "com.example.app:/oauth/x"}, []string{"com.example.app://evil/oauth", "com.example.app:/other"}},
		{"exp://*", []string{"exp://192.168.0.7:8081/--/x", "exp://host"}, []string{"exp://user@host", "exps://host", "https://host"}},
		{"exp://192.168.*.*:*/**", []string{"exp://192.168.0.7:8081/--/x", "exp://192.168.0.7:8081"}, []string{"exp://192.168.evil.example:8081/x", "exp://192.168.0.7/x"}},
		{"myapp://*/cb/*", []string{"myapp://x/cb/y", "myapp://x.y/cb/y?z=/"}, []string{"myapp://x/cb/y/z", "myapp://x/cb", "myapp://x/cb/../z", "myapp://x@y/cb/z"}},
		{"https://[::1]:3000", []string{"https://[::1]:3000/x"}, []string{"https://[0:0:0:0:0:0:0:1]:3000", "https://[::1]", "https://[::1]x:3000"}},
		{"https://app.example.com:443", nil, []string{"https://app.example.com", "https://app.example.com:443"}},
		{"null", nil, []string{"null", "data:,x"}},
	} {
		p := compile(t, tt.pattern)
		for _, url := range tt.yes {
			if !p.Match(url, false) {
				t.Errorf("%q matches %q: got false, want true", tt.pattern, url)
			}
		}
		for _, url := range tt.no {
			if p.Match(url, true) {
				t.Errorf("%q matches %q: got true, want false", tt.pattern, url)
			}
		}
	}
}

func TestMatchRelative(t *testing.T) {
	t.Parallel()
	p := compile(t, "https://app.example.com")
	if !p.Match("/dashboard", true) || p.Match("/dashboard", false) || p.Match("//app.example.com", true) {
		t.Errorf("relative: got %v, %v, %v, want true, false, false",
			p.Match("/dashboard", true), p.Match("/dashboard", false), p.Match("//app.example.com", true))
	}
}

func TestZeroPatternMatchesNothing(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "https://example.com", "myapp://x", "null"} {
		if (origin.Pattern{}).Match(url, false) {
			t.Errorf("zero pattern matches %q", url)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"", "javascript:", "JavaScript://*", "data:", "blob:https://example.com", "vbscript://**",
		"https://a.example\n", "https://*.a\x00", "*\xff", "myapp://x/%zz", "myapp://*/%zz"} {
		if p, err := origin.Compile(pattern); err == nil {
			t.Errorf("Compile(%q): got %v, want an error", pattern, p)
		}
	}
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"app.example.com":              `"https://app.example.com"`,
		"https://app.example.com/":     `write "https://app.example.com"`,
		"https://APP.example.com":      `write "https://app.example.com"`,
		"https://app.example.com:443":  `write "https://app.example.com"`,
		"https://app.example.com/path": `write "https://app.example.com"`,
		"https://":                     "not a valid URL",
		"localhost:3000":               `"http://localhost:3000"`,
		"*.Example.com":                "lower case",
		"https://*.Example.com":        "lower case",
		"https://*.example.com/":       "slash",
		" https://app.example.com":     "space",
		"https://app.example.com":      "",
		"https://*.example.com":        "",
		"*.example.com":                "",
		"myapp://":                     "",
		"MyApp://callback":             "",
		"com.example.app:/oauth":       "",
		"exp://192.168.*.*:*/**":       "",
		"http://localhost:*":           "",
	} {
		got := compile(t, pattern).Advice()
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: got advice %q, want it to say %q", pattern, got, want)
		}
	}
}

// FuzzMatch: no pattern whatever trusts a URL that deceives or runs code, nor a scheme that it does not name.
func FuzzMatch(f *testing.F) {
	var rows [][3]any
	readVectors(f, "trustedOriginMatching", &rows)
	for _, row := range rows {
		f.Add(row[0].(string), row[1].(string))
	}
	f.Add("a:/b/**", "a:/b/%2e%2e/c")
	f.Add("*://\\*/?", "a://b")
	f.Fuzz(func(t *testing.T, pattern, url string) {
		p, err := origin.Compile(pattern)
		if err != nil || !p.Match(url, false) {
			return
		}
		u, err := origin.Parse(url)
		if err != nil || u.Userinfo {
			t.Fatalf("%q matches %q, which is %+v, %v", pattern, url, u, err)
		}
		switch u.Scheme {
		case "http", "https":
		case "javascript", "data", "blob", "vbscript":
			t.Errorf("%q matches %q", pattern, url)
		default:
			if !strings.HasPrefix(strings.ToLower(pattern), u.Scheme+":") {
				t.Errorf("%q matches %q without naming its scheme", pattern, url)
			}
		}
		if l, err := origin.NewList([]string{pattern}); err != nil || !l.Trusted(url) {
			t.Errorf("%q matches %q, but its list does not: %v", pattern, url, err)
		}
	})
}
