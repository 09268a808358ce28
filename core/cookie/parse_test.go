package cookie_test

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/cookie"
)

func TestHeaderVectors(t *testing.T) {
	t.Parallel()
	for _, c := range some(t, load(t).CookieHeaderParsing) {
		headers := []string{c.Header}
		for name, want := range c.RequestContextParser {
			if got, ok := cookie.Get(headers, name); !ok || got != want {
				t.Errorf("%q: Get(%q): got %q, %v, want %q", c.Header, name, got, ok, want)
			}
		}
		if got := asMap(cookie.Parse(headers)); !maps.Equal(got, c.CookieUtilsParser) {
			t.Errorf("%q: Parse: got %v, want %v", c.Header, got, c.CookieUtilsParser)
		}
		for name, want := range c.CookieUtilsParser {
			if got, ok := cookie.Last(headers, name); !ok || got != want {
				t.Errorf("%q: Last(%q): got %q, %v, want %q", c.Header, name, got, ok, want)
			}
		}
	}
}

func asMap(pairs []cookie.Pair) map[string]string {
	m := make(map[string]string)
	for _, p := range pairs {
		m[p.Name] = p.Value
	}
	return m
}

func TestGet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		headers []string
		want    string
		ok      bool
	}{
		{"no header", nil, "", false},
		{"empty header", []string{""}, "", false},
		{"other name", []string{"nn=1; n2=1; xn=1"}, "", false},
		{"name alone", []string{"n"}, "", false},
		{"empty", []string{"n="}, "", true},
		{"second line", []string{"a=1", "n=2"}, "2", true},
		{"first line wins", []string{"n=1", "n=2"}, "1", true},
		{"white space", []string{"\t n\t=\r\n 1 2 \v\f"}, "1 2", true},
		{"quoted and encoded", []string{`n="%22"`}, `"`, true},
		{"lone quote", []string{`n="`}, "", true},
		{"no closing quote", []string{`n="abc`}, "ab", true}, // better-call cuts the last character unseen
		{"closing quote only", []string{`n=abc"`}, `abc"`, true},
		{"truncated escape", []string{"n=%41%4"}, "%41%4", true},
		{"not UTF-8", []string{"n=%41%ff"}, "%41%ff", true},
		{"overlong", []string{"n=%C0%80"}, "%C0%80", true},
		{"surrogate", []string{"n=%ED%A0%80"}, "%ED%A0%80", true},
		{"character split by a plain byte", []string{"n=%C3\xa9"}, "%C3\xa9", true},
		{"plus stays", []string{"n=a+b%20c"}, "a+b c", true},
	} {
		if got, ok := cookie.Get(c.headers, "n"); got != c.want || ok != c.ok {
			t.Errorf("%s: got %q, %v, want %q, %v", c.name, got, ok, c.want, c.ok)
		}
	}
	if got, ok := cookie.Get([]string{"a; b=1"}, ""); ok {
		t.Errorf("empty name: got %q, want none", got)
	}
}

func TestAll(t *testing.T) {
	t.Parallel()
	got := slices.Collect(cookie.All([]string{"n=1; m=0; n=%32", `n="3"`}, "n"))
	if want := []string{"1", "2", "3"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseKeepsOrder(t *testing.T) {
	t.Parallel()
	got := cookie.Parse([]string{"b=1; a=2; \x01=3; c=\"; b=%33", "d=4,5 6"})
	if want := []cookie.Pair{{"b", "3"}, {"a", "2"}, {"d", "4,5 6"}}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, ok := cookie.Last([]string{"a=1"}, "n"); ok || got != "" {
		t.Errorf("Last of an absent name: got %q, %v, want none", got, ok)
	}
}

// The naive parsers below do what the reference's do, in the most obvious way.

func naiveAll(headers []string, name string) []string {
	var values []string
	for _, part := range strings.Split(strings.Join(headers, ";"), ";") {
		key, value, ok := strings.Cut(part, "=")
		if !ok || strings.Trim(key, " \t\n\v\f\r") != name {
			continue
		}
		value = strings.Trim(value, " \t\n\v\f\r")
		if strings.HasPrefix(value, `"`) {
			value = value[1:]
			if value != "" {
				value = value[:len(value)-1]
			}
		}
		values = append(values, naiveDecode(value))
	}
	return values
}

var (
	naiveName  = regexp.MustCompile("^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+$")
	naiveValue = regexp.MustCompile(`^[ !#-:<-\[\]-~]*$`)
	naiveQuote = regexp.MustCompile(`(?s)^"(.*)"$`)
	naiveRun   = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2})+`)
)

func naiveParse(headers []string) map[string]string {
	values := make(map[string]string)
	for _, part := range strings.Split(strings.Join(headers, ";"), ";") {
		key, value, ok := strings.Cut(part, "=")
		key, value = strings.Trim(key, " \t"), naiveQuote.ReplaceAllString(strings.Trim(value, " \t"), "$1")
		if ok && naiveName.MatchString(key) && naiveValue.MatchString(value) {
			values[key] = naiveDecode(value)
		}
	}
	return values
}

func naiveDecode(s string) string {
	good := true
	decoded := naiveRun.ReplaceAllStringFunc(s, func(run string) string {
		var b []byte
		for _, digits := range strings.Split(run, "%")[1:] {
			n, err := strconv.ParseUint(digits, 16, 8)
			good = good && err == nil
			b = append(b, byte(n))
		}
		good = good && utf8.Valid(b)
		return string(b)
	})
	if !good || strings.Contains(naiveRun.ReplaceAllString(s, ""), "%") {
		return s
	}
	return decoded
}

func FuzzHeader(f *testing.F) {
	for _, c := range load(f).CookieHeaderParsing {
		f.Add(c.Header, "", "a")
	}
	f.Add("n=\"x", "n=%C3%A9%", "n")
	f.Add(" =1;;==;", "", "")
	f.Fuzz(func(t *testing.T, first, second, name string) {
		headers := []string{first, second}
		if got, want := slices.Collect(cookie.All(headers, name)), naiveAll(headers, name); !slices.Equal(got, want) {
			t.Errorf("All: got %q, want %q", got, want)
		}
		if got, want := asMap(cookie.Parse(headers)), naiveParse(headers); !maps.Equal(got, want) {
			t.Errorf("Parse: got %q, want %q", got, want)
		}
		wantLast, wantOK := naiveParse(headers)[name]
		if got, ok := cookie.Last(headers, name); got != wantLast || ok != wantOK {
			t.Errorf("Last: got %q, %v, want %q, %v", got, ok, wantLast, wantOK)
		}
	})
}
