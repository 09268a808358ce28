package cookie_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/cookie"
)

func TestEncodeURIComponent(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                  "",
		"AZaz09-_.!~*'()":   "AZaz09-_.!~*'()",
		" +/=%;,?:@&$#\"[]": "%20%2B%2F%3D%25%3B%2C%3F%3A%40%26%24%23%22%5B%5D",
		"é🚀":                "%C3%A9%F0%9F%9A%80",
		"\x00\x7f":          "%00%7F",
	} {
		if got := cookie.EncodeURIComponent(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

// FuzzEncodeURIComponent compares with net/url, whose escaping differs in six characters only.
func FuzzEncodeURIComponent(f *testing.F) {
	f.Add("a b+c/=é!~*'()")
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.NewReplacer("+", "%20", "%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*").Replace(url.QueryEscape(s))
		if got := cookie.EncodeURIComponent(s); got != want {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
		if got, _ := cookie.Get([]string{"n=" + want}, "n"); utf8.ValidString(s) && got != s {
			t.Errorf("decoding %s: got %q, want %q", want, got, s)
		}
	})
}
