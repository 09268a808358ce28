package origin

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
)

// nodeURLs is what testdata/urls.mjs wrote.
type nodeURLs struct {
	Parse, Resolve [][]string
}

func readNodeURLs(t *testing.T) nodeURLs {
	t.Helper()
	data, err := os.ReadFile("testdata/urls.json")
	if err != nil {
		t.Fatal(err)
	}
	var v nodeURLs
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Parse) < 4000 || len(v.Resolve) < 1000 {
		t.Fatalf("testdata/urls.json has %d and %d rows: it is not complete", len(v.Parse), len(v.Resolve))
	}
	return v
}

func TestParseLikeNode(t *testing.T) {
	t.Parallel()
	for _, row := range readNodeURLs(t).Parse {
		u, err := Parse(row[0])
		compareWithNode(t, u, err, row[:1], row[1:])
	}
}

func TestResolveLikeNode(t *testing.T) {
	t.Parallel()
	for _, row := range readNodeURLs(t).Resolve {
		u, err := Resolve(row[0], row[1])
		compareWithNode(t, u, err, row[:2], row[2:])
	}
}

// compareWithNode wants the same URL as Node, or the same refusal, but for the differences that Parse documents.
func compareWithNode(t *testing.T, u URL, err error, in, node []string) {
	t.Helper()
	switch {
	case errors.Is(err, errNonASCIIHost) || errors.Is(err, errFile):
		if last := in[len(in)-1]; errors.Is(err, errNonASCIIHost) && isASCII(last) && !strings.Contains(last, "%") {
			t.Errorf("%q: refused for a host that is not ASCII, but it is", in)
		}
	case len(node) == 0 && err == nil && strings.Contains(u.Host, "xn--"):
		// Bad Punycode: no browser goes there.
	case len(node) == 0:
		if err == nil {
			t.Errorf("%q: got %q, want an error", in, u)
		}
	case err != nil:
		t.Errorf("%q: got error %v, want %q", in, err, node)
	default:
		wantOrigin := node[1]
		if wantOrigin == "null" || u.Scheme == "blob" { // a blob's origin is that of the URL inside; we never need it
			wantOrigin = ""
		}
		if u.String() != node[0] || u.Origin() != wantOrigin || u.HostPort() != node[2] {
			t.Errorf("%q: got %q, origin %q, host %q, want %q", in, u, u.Origin(), u.HostPort(), node)
		}
	}
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7f }) < 0
}

func TestParseErrorsDoNotRepeatTheURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]error{
		"secret":                 errRelative,
		"/secret":                errRelative,
		"":                       errRelative,
		"file:///secret":         errFile,
		"https://secret\xff/":    errUTF8,
		"https://secret secret/": errHost,
		"https://bücher.example": errNonASCIIHost,
		"https://\u212aey.com":   errNonASCIIHost,
		"https://a:secret":       errPort,
	} {
		u, err := Parse(raw)
		if !errors.Is(err, want) || u != (URL{}) {
			t.Errorf("Parse(%q): got %q, %v, want error %v", raw, u, err, want)
		}
	}
	if _, err := Resolve("not absolute", "https://a.example"); err == nil {
		t.Error("Resolve against a base that is not absolute: got no error")
	}
}

func TestUserinfo(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		"https://a.example/@x": false,
		"https://a.example?@x": false,
		"https://u@a.example":  true,
		"https://@a.example":   true,
		"myapp://u:p@x":        true,
	} {
		if u, err := Parse(raw); err != nil || u.Userinfo != want {
			t.Errorf("Parse(%q): got userinfo %v, %v, want %v", raw, u.Userinfo, err, want)
		}
	}
}

// FuzzParse: the normal form is ASCII, parses to itself, and says the same to net/url about the host, so that nothing
// behind us is led elsewhere.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"https://app.example.com/a?b#c", `https:\\a@b\c`, "http://0x7f.1:80", "myapp://cb/..//x", "a:b", "http://[::ffff:1.2.3.4]", "x:/..//y", "ht\ttp:a", "https://%61.example", "a:///"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := Parse(raw)
		if err != nil {
			return
		}
		s := u.String()
		if !isASCII(s) || hasControl(s) {
			t.Errorf("Parse(%q): %q is not printable ASCII", raw, s)
		}
		again, err := Parse(s)
		if err != nil || again.String() != s || again.Origin() != u.Origin() {
			t.Errorf("Parse(%q) = %q, which parses to %q, %v", raw, s, again, err)
		}
		if again.repaired {
			t.Errorf("Parse(%q) = %q, which is still spelt in an unusual way", raw, s)
		}
		if !u.isWeb() {
			return
		}
		if std, err := url.Parse(s); err == nil && std.Host != u.HostPort() {
			t.Errorf("Parse(%q) = %q: host %q, net/url says %q", raw, s, u.HostPort(), std.Host)
		}
	})
}
