package origin_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/origin"
)

func hosts(t testing.TB, o origin.HostsOptions) *origin.Hosts {
	t.Helper()
	h, err := origin.NewHosts(o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// base returns the base URL of a request, or "" if it has none.
func base(h *origin.Hosts, scheme, host string) string {
	b, ok := h.Base(scheme, host)
	if !ok {
		return ""
	}
	return b.URL()
}

// TestDynamicBaseURLVectors replays what better-auth resolved.
func TestDynamicBaseURLVectors(t *testing.T) {
	t.Parallel()
	var rows []struct {
		Config struct {
			AllowedHosts       []string
			Protocol, Fallback string
		}
		URL                 string
		Headers             map[string]string
		TrustedProxyHeaders bool
		Resolved            any
	}
	readVectors(t, "dynamicBaseURL", &rows)
	if len(rows) != 8 {
		t.Fatalf("got %d vectors, want 8", len(rows))
	}
	for _, r := range rows {
		h := hosts(t, origin.HostsOptions{Allowed: r.Config.AllowedHosts, Protocol: r.Config.Protocol, Fallback: r.Config.Fallback})
		u, err := url.Parse(r.URL)
		if err != nil {
			t.Fatal(err)
		}
		scheme, host := u.Scheme, r.Headers["host"]
		if forwarded := r.Headers["x-forwarded-host"]; r.TrustedProxyHeaders && origin.ForwardedHost(forwarded) {
			host = forwarded
		}
		if forwarded := r.Headers["x-forwarded-proto"]; r.TrustedProxyHeaders && forwarded != "" {
			scheme = forwarded
		}
		want, _ := r.Resolved.(string) // it throws otherwise
		if got := base(h, scheme, host); got != want {
			t.Errorf("%+v: got %q, want %q", r, got, want)
		}
	}
}

func TestHostsPatternVectors(t *testing.T) {
	t.Parallel()
	var rows []struct {
		Host, Pattern string
		Matches       bool
	}
	readVectors(t, "hostPatterns", &rows)
	for _, r := range rows {
		_, ok := hosts(t, origin.HostsOptions{Allowed: []string{r.Pattern}}).Base("https", r.Host)
		if ok != r.Matches {
			t.Errorf("%s against %s: got %v, want %v", r.Host, r.Pattern, ok, r.Matches)
		}
	}
}

// TestHostsRefuse: a host that one parser may take for another is not allowed, whatever the patterns.
func TestHostsRefuse(t *testing.T) {
	t.Parallel()
	h := hosts(t, origin.HostsOptions{Allowed: []string{"*.example.com", "**.example.com", "192.168.*.*", "[::1]:*", "*:8080"}})
	for _, host := range []string{
		"", " ", "example.com", "evil.example", "evil.example/.example.com", "evil.example#.example.com", "evil.example?.example.com",
		`evil.example\.example.com`, "user@a.example.com", "a.example.com@evil.example", "a.example.com.", "a.example.com:", "a.example.com:443:1",
		"a.example.com:99999", "a.example.com:080", "a.example.com:8081", "a.example.com/", "a.example.com\n", "a.example.com\x00", "a\t.example.com",
		"192.168.evil.example", "192.168.1.evil", "0x7f.1:8080", "2130706433:8080", "[::1", "[::ffff:127.0.0.1]:1", "%61.example.com", "ａ.example.com",
	} {
		if got := base(h, "https", host); got != "" {
			t.Errorf("%q: got %s, want none", host, got)
		}
	}
	for host, want := range map[string]string{
		"a.example.com": "https://a.example.com", "A.Example.COM": "https://a.example.com", "a.b.example.com": "https://a.b.example.com",
		"192.168.1.2": "https://192.168.1.2", "[::1]:8443": "https://[::1]:8443", "x.test:8080": "https://x.test:8080",
	} {
		if got := base(h, "https", host); got != want+"/api/auth" {
			t.Errorf("%q: got %q, want %s/api/auth", host, got, want)
		}
	}
}

func TestHostsProtocol(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		protocol     string
		strict       bool
		scheme, host string
		want         string
	}{
		{"", false, "http", "a.example.com", "http://a.example.com"},
		{"", true, "http", "a.example.com", "https://a.example.com"},
		{"", true, "http", "localhost:3000", "http://localhost:3000"},
		{"", true, "https", "localhost:3000", "https://localhost:3000"},
		{"auto", true, "http", "a.example.com", "http://a.example.com"},
		{"https", false, "http", "localhost:3000", "https://localhost:3000"},
		{"http", true, "https", "a.example.com", "http://a.example.com"},
	} {
		h := hosts(t, origin.HostsOptions{Allowed: []string{"*.example.com", "localhost:*"}, Protocol: c.protocol, Strict: c.strict, BasePath: "/"})
		if got := base(h, c.scheme, c.host); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

func TestHostsTrustedOrigins(t *testing.T) {
	t.Parallel()
	allowed := []string{"*.example.com", "localhost:*", "http://plain.example"}
	for protocol, want := range map[string]string{
		"":      "https://*.example.com https://localhost:* http://localhost:* http://plain.example https://f.example",
		"https": "https://*.example.com https://localhost:* http://localhost:* http://plain.example https://f.example",
		"http":  "http://*.example.com http://localhost:* http://plain.example https://f.example",
		"auto":  "https://*.example.com http://*.example.com https://localhost:* http://localhost:* http://plain.example https://f.example",
	} {
		h := hosts(t, origin.HostsOptions{Allowed: allowed, Protocol: protocol, Fallback: "https://f.example/"})
		if got := strings.Join(h.TrustedOrigins(), " "); got != want {
			t.Errorf("%q: got  %s\nwant %s", protocol, got, want)
		}
	}
}

func TestNewHostsProblems(t *testing.T) {
	t.Parallel()
	ok := []string{"*.example.com"}
	for want, o := range map[string]origin.HostsOptions{
		"no allowed hosts": {},
		"no host":          {Allowed: []string{"a.example.com", ""}},
		"is no host":       {Allowed: []string{"https://"}},
		"the protocol":     {Allowed: ok, Protocol: "ftp"},
		"the fallback":     {Allowed: ok, Fallback: "f.example"},
		"has a path":       {Allowed: ok, Fallback: "https://f.example/x"},
		"base path":        {Allowed: ok, BasePath: "/a//b"},
	} {
		if _, err := origin.NewHosts(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q in it", o, err, want)
		}
	}
}

func TestForwardedHost(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"example.com", "a-b.Example.com:8443", "localhost", "127.0.0.1:80", "[::1]", "[2001:db8::1]:443"} {
		if !origin.ForwardedHost(host) {
			t.Errorf("%q: got false", host)
		}
	}
	for _, host := range []string{
		"", " ", "a, b", "a b", "a..b", ".a", "a.", "-a", "a-", "a:", "a:b", "a:123456", "a/b", "a?b", "a#b", "u@a", `a\b`, "<a>", "a_b", "[::1", "[::1]x", "[x]", "é", "a\x00",
		strings.Repeat("a", 64),
	} {
		if origin.ForwardedHost(host) {
			t.Errorf("%q: got true", host)
		}
	}
}

// FuzzHosts: what is allowed is an origin that the trusted origins of the same hosts agree with, on the host that was
// asked for.
func FuzzHosts(f *testing.F) {
	for _, host := range []string{"a.example.com", "a.example.com:8080", "localhost:1", "evil.example#.example.com", "[::1]:1"} {
		f.Add("https", host)
		f.Add("http", host)
	}
	h := hosts(f, origin.HostsOptions{Allowed: []string{"*.example.com", "localhost:*", "[::1]:*"}, Protocol: "auto"})
	trusted, err := origin.NewList(h.TrustedOrigins())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, scheme, host string) {
		if !slices.Contains([]string{"http", "https"}, scheme) {
			return
		}
		b, ok := h.Base(scheme, host)
		if !ok {
			return
		}
		defaultPort := map[string]string{"http": ":80", "https": ":443"}[scheme]
		host, hadDefault := strings.CutSuffix(strings.ToLower(host), defaultPort)
		if want := scheme + "://" + host; b.Origin() != want {
			t.Errorf("%s %q: got %q", scheme, host, b.Origin())
		}
		// Browsers leave that port out, and so does a trusted origin that has to have one.
		if !hadDefault && !trusted.Trusted(b.Origin()) {
			t.Errorf("%q is not trusted", b.Origin())
		}
	})
}
