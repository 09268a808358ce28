package cookie_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
)

func TestSerializationVectors(t *testing.T) {
	t.Parallel()
	for _, v := range some(t, load(t).CookieSerialization) {
		c := v.Options.cookie(t, v.Name, v.Value)
		if got, err := c.SetCookie(); err != nil || got != v.SetCookie {
			t.Errorf("%+v:\n got %s, %v\nwant %s", v.Options, got, err, v.SetCookie)
		}
		if got, err := cookie.AppendSetCookie([]byte("x"), c); err != nil || string(got) != "x"+v.SetCookie {
			t.Errorf("AppendSetCookie: got %s, %v, want x%s", got, err, v.SetCookie)
		}
	}
}

func TestMaxAgeLimitVector(t *testing.T) {
	t.Parallel()
	limit := time.Duration(load(t).CookieMaxAgeLimit.MaxSeconds) * time.Second
	if cookie.MaxAgeLimit != limit {
		t.Errorf("MaxAgeLimit: got %v, want %v", cookie.MaxAgeLimit, limit)
	}
	for age, want := range map[time.Duration]string{
		limit:                   "n=; Max-Age=34560000",
		limit + time.Nanosecond: "",
		1<<63 - 1:               "",
		0:                       "n=; Max-Age=0",
		999 * time.Millisecond:  "n=; Max-Age=0",
		-1:                      "n=",
	} {
		got, err := cookie.Cookie{Name: "n", Attributes: cookie.Attributes{MaxAge: cookie.For(age)}}.SetCookie()
		if got != want || errors.Is(err, cookie.ErrInvalid) != (want == "") {
			t.Errorf("Max-Age %v: got %q, %v, want %q", age, got, err, want)
		}
	}
}

func TestForcedAttributes(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]cookie.Cookie{
		"__HOST-a=; Path=/; Secure":  {Name: "__HOST-a", Attributes: cookie.Attributes{Domain: "example.com"}},
		"__secure-a=; Secure":        {Name: "__secure-a"},
		"a=; Secure; SameSite=None":  {Name: "a", Attributes: cookie.Attributes{SameSite: cookie.None}},
		"a=; Secure; Partitioned":    {Name: "a", Attributes: cookie.Attributes{Partitioned: true}},
		"__Secur=":                   {Name: "__Secur"},
		"a=; Domain=.b.example":      {Name: "a", Attributes: cookie.Attributes{Domain: ".b.example"}},
		"a=; Path=/with space/and,x": {Name: "a", Attributes: cookie.Attributes{Path: "/with space/and,x"}},
	} {
		if got, err := c.SetCookie(); err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
}

func TestInvalidCookies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]cookie.Cookie{
		"empty name":        {Value: "v"},
		"name with equals":  {Name: "a=b"},
		"name with space":   {Name: "a b"},
		"name with newline": {Name: "a\r\nSet-Cookie: b"},
		"name not ASCII":    {Name: "é"},
		"name with NUL":     {Name: "a\x00"},
		"value not UTF-8":   {Name: "a", Value: "secret\xff"},
		"path with newline": {Name: "a", Value: "secret", Attributes: cookie.Attributes{Path: "/\r\nx"}},
		"path with NUL":     {Name: "a", Attributes: cookie.Attributes{Path: "/\x00"}},
		"path ends":         {Name: "a", Attributes: cookie.Attributes{Path: "/; Domain=evil.example"}},
		"path not ASCII":    {Name: "a", Attributes: cookie.Attributes{Path: "/é"}},
		"path with delete":  {Name: "a", Attributes: cookie.Attributes{Path: "/\x7f"}},
		"domain ends":       {Name: "a", Attributes: cookie.Attributes{Domain: "a.example; Secure"}},
		"domain with CR":    {Name: "a", Attributes: cookie.Attributes{Domain: "a\rb"}},
		"domain with space": {Name: "a", Attributes: cookie.Attributes{Domain: "a b"}},
		"domain with comma": {Name: "a", Attributes: cookie.Attributes{Domain: "a,b"}},
		"unknown SameSite":  {Name: "a", Attributes: cookie.Attributes{SameSite: 9}},
		"expires too early": {Name: "a", Attributes: cookie.Attributes{Expires: time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)}},
		"expires too late":  {Name: "a", Attributes: cookie.Attributes{Expires: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}},
		"age above 400 d":   {Name: "a", Attributes: cookie.Attributes{MaxAge: cookie.For(401 * 24 * time.Hour)}},
	} {
		got, err := cookie.AppendSetCookie([]byte("x"), c)
		if !errors.Is(err, cookie.ErrInvalid) || string(got) != "x" {
			t.Errorf("%s: got %q, %v, want ErrInvalid and nothing appended", name, got, err)
			continue
		}
		if c.Value != "" && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows the value: %v", name, err)
		}
	}
}

// FuzzRoundTrip checks that whatever is written stays on one line, in its place, and is read back the same.
func FuzzRoundTrip(f *testing.F) {
	f.Add("better-auth.session_token", "a b+c/=é;\"\r\n", "/", "example.com")
	f.Add("n", "%41%", "/x;y", "")
	f.Add("a=b", "\xff", "", "\x00")
	f.Fuzz(func(t *testing.T, name, value, path, domain string) {
		c := cookie.Cookie{Name: name, Value: value, Attributes: cookie.Attributes{Path: path, Domain: domain}}
		line, err := c.SetCookie()
		if err != nil {
			return
		}
		for i := range len(line) {
			if line[i] < ' ' || line[i] >= 0x7f {
				t.Fatalf("%q contains byte %#x", line, line[i])
			}
		}
		pair, _, _ := strings.Cut(line, ";")
		for _, parse := range []func([]string, string) (string, bool){cookie.Get, cookie.Last} {
			if got, ok := parse([]string{"first=1; " + pair, "other=2"}, name); name != "first" && name != "other" && (!ok || got != value) {
				t.Errorf("%q: got %q, %v, want %q", line, got, ok, value)
			}
		}
		attributes := 0
		if path != "" {
			attributes++
		}
		if domain != "" {
			attributes++
		}
		if lower := strings.ToLower(name); !strings.HasPrefix(lower, "__host-") && !strings.HasPrefix(lower, "__secure-") {
			if got := strings.Count(line, ";"); got != attributes {
				t.Errorf("%q has %d attributes, want %d", line, got, attributes)
			}
		}
	})
}
