package cookie_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/cookie"
)

func TestSignVectors(t *testing.T) {
	t.Parallel()
	for _, c := range some(t, load(t).SignedCookies) {
		k := keyring(t, c.Secret)
		signed := cookie.Sign(k, c.Value)
		if want := c.Value + "." + c.SignatureBase64; signed != want {
			t.Errorf("Sign(%q): got %q, want %q", c.Value, signed, want)
		}
		if got := cookie.EncodeURIComponent(signed); got != c.Cookie {
			t.Errorf("encoded: got %s, want %s", got, c.Cookie)
		}
		if got, result := cookie.Unsign(k, signed); got != c.Value || result != cookie.OK {
			t.Errorf("Unsign(%q): got %q, %v, want %q, ok", signed, got, result, c.Value)
		}
	}
}

func TestSignedParsingVectors(t *testing.T) {
	t.Parallel()
	for _, c := range some(t, load(t).SignedCookieParsing) {
		var value string
		want := cookie.Absent
		switch r := c.Result.(type) {
		case string:
			value, want = r, cookie.OK
		case bool:
			want = cookie.Bad
		}
		k, headers := keyring(t, c.Secret), []string{c.CookieHeader}
		raw, _ := cookie.Get(headers, c.Name)
		if got, result := cookie.Unsign(k, raw); got != value || result != want {
			t.Errorf("%s: Unsign: got %q, %v, want %q, %v", c.Case, got, result, value, want)
		}
		if c.Case == "later duplicate ignored" { // where GetSigned differs on purpose
			value, want = "tok123", cookie.OK
		}
		if got, result := cookie.GetSigned(k, headers, c.Name); got != value || result != want {
			t.Errorf("%s: GetSigned: got %q, %v, want %q, %v", c.Case, got, result, value, want)
		}
	}
}

func TestGetSignedAmongStrangers(t *testing.T) {
	t.Parallel()
	k := keyring(t, "a secret")
	mine := "n=" + cookie.EncodeURIComponent(cookie.Sign(k, "mine"))
	second := "n=" + cookie.EncodeURIComponent(cookie.Sign(k, "second"))
	forged := "n=" + cookie.EncodeURIComponent(cookie.Sign(keyring(t, "other"), "forged"))
	for _, c := range []struct {
		name, header, want string
		result             cookie.Result
	}{
		{"forged first", forged + ";" + mine, "mine", cookie.OK},
		{"junk around", "n=; n=x; " + mine + "; n=y", "mine", cookie.OK},
		{"first good one wins", mine + ";" + second, "mine", cookie.OK},
		{"forged only", "n=x; " + forged, "", cookie.Bad},
		{"forged then junk", forged + "; n=x", "", cookie.Bad},
		{"junk only", "n=x; n=", "", cookie.Absent},
		{"another name", "m" + mine[1:], "", cookie.Absent},
		{"nothing", "", "", cookie.Absent},
	} {
		if got, result := cookie.GetSigned(k, []string{c.header}, "n"); got != c.want || result != c.result {
			t.Errorf("%s: got %q, %v, want %q, %v", c.name, got, result, c.want, c.result)
		}
	}
}

func FuzzUnsign(f *testing.F) {
	k := keyring(f, "fuzzed")
	f.Add(cookie.Sign(k, "value"))
	f.Add(cookie.Sign(k, "a.b"))
	f.Add("." + strings.Repeat("A", 43) + "=")
	f.Add("x." + strings.Repeat("A", 43) + "=")
	f.Add("x")
	f.Fuzz(func(t *testing.T, raw string) {
		value, result := cookie.Unsign(k, raw)
		switch {
		case result == cookie.OK && (value == "" || cookie.Sign(k, value) != raw):
			t.Errorf("%q: got %q, which signs to %q", raw, value, cookie.Sign(k, value))
		case result != cookie.OK && value != "":
			t.Errorf("%q: got %q although %v", raw, value, result)
		}
		if raw != "" {
			if got, result := cookie.Unsign(k, cookie.Sign(k, raw)); got != raw || result != cookie.OK {
				t.Errorf("round trip of %q: got %q, %v", raw, got, result)
			}
		}
	})
}
