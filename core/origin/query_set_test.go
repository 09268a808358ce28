package origin_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/origin"
)

// TestSetQuery: the results are what new URL(url) of Node has after searchParams.set("token", "T k/é").
func TestSetQuery(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://a.example/r":                             "https://a.example/r?token=T+k%2F%C3%A9",
		"https://a.example/r?":                            "https://a.example/r?token=T+k%2F%C3%A9",
		"https://a.example/r?x=1":                         "https://a.example/r?x=1&token=T+k%2F%C3%A9",
		"https://a.example/r?token=old&y=a%20b&token=z#f": "https://a.example/r?token=T+k%2F%C3%A9&y=a+b#f",
		"https://a.example/r?a&b=&=c&&d=%zz":              "https://a.example/r?a=&b=&=c&d=%25zz&token=T+k%2F%C3%A9",
		"myapp://reset":                                   "myapp://reset?token=T+k%2F%C3%A9",
		"https://a.example/r?y=%C3%BC~*&z=%E9":            "https://a.example/r?y=%C3%BC%7E*&z=%EF%BF%BD&token=T+k%2F%C3%A9",
		"https://a.example/?q=a+b%2Bc%27":                 "https://a.example/?q=a+b%2Bc%27&token=T+k%2F%C3%A9",
	} {
		u, err := origin.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.SetQuery("token", "T k/é").String(); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", in, got, want)
		}
	}
}

// FuzzSetQuery: whatever is set, the URL stays where it was and parses to itself.
func FuzzSetQuery(f *testing.F) {
	f.Add("https://a.example/r?x=1&token=2#f", "token", "a b")
	f.Add("myapp://reset?%zz", "?", "#")
	f.Fuzz(func(t *testing.T, raw, name, value string) {
		u, err := origin.Parse(raw)
		if err != nil {
			return
		}
		set := u.SetQuery(name, value)
		again, err := origin.Parse(set.String())
		if err != nil || again.String() != set.String() || again.Host != u.Host || again.Scheme != u.Scheme || again.Path != u.Path {
			t.Errorf("%q became %q: %v", u, set, err)
		}
	})
}
