package origin_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/origin"
)

func newList(t testing.TB, patterns ...string) *origin.List {
	t.Helper()
	l, err := origin.NewList(patterns)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestList(t *testing.T) {
	t.Parallel()
	l := newList(t, "https://auth.example.com", "", "https://app.example.com", "https://*.tenant.example", "myapp://callback")
	for url, want := range map[string][2]bool{
		"https://app.example.com":           {true, true},
		"https://app.example.com/login?x=1": {true, true},
		"https://t1.tenant.example":         {true, true},
		"myapp://callback/x":                {true, true},
		"/home":                             {false, true},
		"//app.example.com":                 {false, false},
		"https://evil.example":              {false, false},
		"https://app.example.com@evil":      {false, false},
		"javascript:alert(1)":               {false, false},
		"null":                              {false, false},
		"":                                  {false, false},
		"home":                              {false, false},
	} {
		if got := [2]bool{l.Trusted(url), l.TrustedRedirect(url)}; got != want {
			t.Errorf("%q: got trusted, redirect %v, want %v", url, got, want)
		}
	}
}

func TestZeroListTrustsNoOrigin(t *testing.T) {
	t.Parallel()
	var l origin.List
	if l.Trusted("https://example.com") || l.Trusted("") || !l.TrustedRedirect("/home") {
		t.Error("the zero List: want no origin trusted, and safe paths allowed")
	}
}

func TestNewListError(t *testing.T) {
	t.Parallel()
	if l, err := origin.NewList([]string{"https://app.example.com", "javascript:"}); err == nil {
		t.Errorf("got %v, want an error", l)
	}
}

func TestListAdvice(t *testing.T) {
	t.Parallel()
	if got := newList(t, "https://app.example.com", "app.example.com", "*.Example.com").Advice(); len(got) != 2 {
		t.Errorf("got advice %q, want two", got)
	}
}

// FuzzTrustedRedirect holds the property everything else is for: wherever a browser ends up with an accepted target,
// itself or with a parameter appended, is trusted.
func FuzzTrustedRedirect(f *testing.F) {
	const base = "https://auth.example.com/api/auth/callback"
	l := newList(f, "https://auth.example.com", "https://app.example.com:8443", "https://*.tenant.example", "*.preview.example",
		"http://192.168.*.*:*", "http://[::1]:3000", "myapp://", "exp://*", "other://cb/done", "com.example.app:/oauth/*")
	var rows [][3]any
	readVectors(f, "trustedOriginMatching", &rows)
	for _, row := range rows {
		f.Add(row[1].(string))
	}
	var relative []struct{ URL string }
	readVectors(f, "relativeURLValidation", &relative)
	for _, r := range relative {
		f.Add(r.URL)
	}
	for _, s := range []string{"/..//evil.example", "/.//evil.example", "/%2e%2e//x", "other://cb/x//../done", "other://cb/done?x#y", "http://[::1]:3000",
		"https://a.tenant.example:443/\\", "com.example.app:/oauth/x", "com.example.app:oauth", "exp://h:8081/--/", "myapp:x", "http://192.168.1.2:80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, target string) {
		appended := origin.AppendQuery(target, "error", "x y", "error_description", "/?#&=ü")
		if u, err := origin.Resolve(base, appended); err != nil || u.Query == "" {
			t.Errorf("AppendQuery(%q) = %q, which resolves to %q, %v", target, appended, u, err)
		}
		if !l.TrustedRedirect(target) {
			return
		}
		for _, location := range []string{target, appended} {
			u, err := origin.Resolve(base, location)
			if err != nil {
				t.Fatalf("%q is accepted but %q does not resolve: %v", target, location, err)
			}
			at := u.Origin() // an app's URL has none; it is judged as it stands
			if u.Scheme != "https" && u.Scheme != "http" {
				at = u.String()
			}
			if !l.Trusted(at) {
				t.Errorf("%q is accepted but %q leads to %q", target, location, at)
			}
			if !l.TrustedRedirect(location) {
				t.Errorf("%q is accepted but %q is not", target, location)
			}
		}
	})
}
