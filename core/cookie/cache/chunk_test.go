package cache_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/cookie/cache"
)

func TestChunkingVectors(t *testing.T) {
	t.Parallel()
	v := loadVectors(t).CookieChunking
	if v.MaxCookieBytes != cache.MaxCookieBytes || v.MaxChunks != cache.MaxChunks {
		t.Errorf("got limits %d and %d, want %d and %d", cache.MaxCookieBytes, cache.MaxChunks, v.MaxCookieBytes, v.MaxChunks)
	}
	for _, example := range some(t, v.Examples) {
		c := cookie.Cookie{Name: example.Name, Attributes: cookie.Attributes{
			Path: "/", HttpOnly: true, SameSite: cookie.Lax, Secure: example.Attributes.Secure, Domain: example.Attributes.Domain,
		}}
		if age := example.Attributes.MaxAge; age != nil {
			c.MaxAge = cookie.For(time.Duration(*age) * time.Second)
		}
		for _, count := range some(t, example.Counts) {
			want := 0 // skipped
			switch n := count.Chunks.(type) {
			case float64:
				want = int(n)
			case string:
				if strings.HasPrefix(n, "single") {
					want = 1
				}
			}
			c.Value = strings.Repeat("v", count.ValueLength)
			parts, err := cache.Split(c)
			if len(parts) != want || errors.Is(err, cache.ErrTooLarge) != (want == 0) {
				t.Errorf("%s, %d bytes: got %d parts, %v, want %d", c.Name, count.ValueLength, len(parts), err, want)
			}
			checkParts(t, c, parts, example.ChunkSize)
		}
	}
}

// checkParts checks that the parts are those of c: named in order, none too long, whole together.
func checkParts(t *testing.T, c cookie.Cookie, parts []cookie.Cookie, size int) {
	t.Helper()
	if len(parts) == 0 {
		return
	}
	var joined strings.Builder
	for i, part := range parts {
		want := fmt.Sprintf("%s.%d", c.Name, i)
		if len(parts) == 1 {
			want = c.Name
		}
		line, err := part.SetCookie()
		if part.Name != want || err != nil || len(line) > cache.MaxCookieBytes || part.Attributes != c.Attributes {
			t.Errorf("part %d is %q with %d bytes, %v, want %q with the same attributes", i, part.Name, len(line), err, want)
		}
		if i < len(parts)-1 && len(part.Value) != size {
			t.Errorf("%s has %d bytes, want %d", part.Name, len(part.Value), size)
		}
		joined.WriteString(part.Value)
	}
	if joined.String() != c.Value {
		t.Errorf("%s: the parts are not the whole", c.Name)
	}
}

// TestNodeSpread: the same cookies, set and deleted in the same order.
func TestNodeSpread(t *testing.T) {
	t.Parallel()
	for _, v := range some(t, loadNode(t).Spread) {
		c := cookie.Cookie{Name: "n", Value: strings.Repeat("v", v.Length), Attributes: cookie.Attributes{
			Path: "/", HttpOnly: true, SameSite: cookie.Lax, MaxAge: cookie.For(5 * time.Minute),
		}}
		got, err := cache.Update([]string{v.Header}, c)
		if want := v.Length > 400000; errors.Is(err, cache.ErrTooLarge) != want {
			t.Errorf("%d bytes: got %v, want too large %v", v.Length, err, want)
		}
		if len(got) != len(v.Cookies) {
			t.Errorf("%d bytes over %q: got %d cookies, want %d", v.Length, v.Header, len(got), len(v.Cookies))
			continue
		}
		for i, want := range v.Cookies {
			age, _ := got[i].MaxAge.Duration()
			if got[i].Name != want.Name || len(got[i].Value) != want.Length || age != time.Duration(want.MaxAge)*time.Second {
				t.Errorf("%d bytes over %q: got %s, %d bytes, %v, want %+v", v.Length, v.Header, got[i].Name, len(got[i].Value), age, want)
			}
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]cookie.Cookie{
		"bad name":     {Name: "a b", Value: "v"},
		"age too long": {Name: "a", Attributes: cookie.Attributes{MaxAge: cookie.For(401 * 24 * time.Hour)}},
	} {
		if parts, err := cache.Split(c); !errors.Is(err, cookie.ErrInvalid) || parts != nil {
			t.Errorf("%s: Split: got %v, %v", name, parts, err)
		}
		if cookies, err := cache.Update([]string{c.Name + "=old"}, c); !errors.Is(err, cookie.ErrInvalid) || cookies != nil {
			t.Errorf("%s: Update: got %v, %v", name, cookies, err)
		}
	}
	crowded := cookie.Cookie{Name: "a", Attributes: cookie.Attributes{Path: "/" + strings.Repeat("p", cache.MaxCookieBytes)}}
	if _, err := cache.Split(crowded); !errors.Is(err, cache.ErrTooLarge) {
		t.Errorf("a cookie full of attributes: got %v, want %v", err, cache.ErrTooLarge)
	}
}

// TestClear: what a browser was given goes away with the attributes it came with, however odd the request is.
func TestClear(t *testing.T) {
	t.Parallel()
	c := cookie.Cookie{Name: "n", Value: "v", Attributes: cookie.Attributes{Path: "/", Secure: true, MaxAge: cookie.For(time.Hour)}}
	for request, want := range map[string]string{
		"": "",
		"a=b; nn=c; n.x=d; n.01=e; n.+1=f; n.-1=g": "",
		"n=v":                      "n",
		"n.1=a; n=b; n.0=c; n.1=d": "n.1 n n.0",
		"n.99=a; n.100=b; n.9007199254740993=c; n.99999999999999999999=d": "n.99",
		"n.3":            "",
		`n.3="quoted;`:   "",
		" n.3 = spaces ": "n.3",
	} {
		var names []string
		for _, got := range cache.Clear([]string{request}, c) {
			names = append(names, got.Name)
			line, err := got.SetCookie()
			if wantLine := got.Name + "=; Max-Age=0; Path=/; Secure"; line != wantLine || err != nil {
				t.Errorf("%q: got %q, %v, want %q", request, line, err, wantLine)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q: got %q, want %q", request, got, want)
		}
	}
}

// TestClearIsBounded: no request makes an answer of more cookies than we could have set.
func TestClearIsBounded(t *testing.T) {
	t.Parallel()
	var request strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&request, "n.%d=v; n=v; ", i%2500)
	}
	if got, want := len(cache.Clear([]string{request.String()}, cookie.Cookie{Name: "n"})), cache.MaxChunks+1; got != want {
		t.Errorf("got %d cookies, want %d", got, want)
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		header []string
		want   []string
	}{
		{"nothing", nil, nil},
		{"others", []string{"a=b; nn=c; n.=d; n.x=e; n.00=f; n.01=g"}, nil},
		{"whole", []string{"a=b; n=v; c=d"}, []string{"v"}},
		{"empty", []string{"n="}, nil},
		{"every whole one", []string{"n=v; n=w", "n=x"}, []string{"v", "w", "x"}},
		{"chunks", []string{"n.0=a; n.1=b; n.2=c"}, []string{"abc"}},
		{"one chunk", []string{"n.0=a"}, []string{"a"}},
		{"header order does not matter", []string{"n.2=c; n.0=a", "n.1=b"}, []string{"abc"}},
		{"ten and more", []string{"n.10=k; n.9=j; n.8=i; n.7=h; n.6=g; n.5=f; n.4=e; n.3=d; n.2=c; n.1=b; n.0=a"}, []string{"abcdefghijk"}},
		{"whole before chunks", []string{"n.0=a; n=v; n.1=b"}, []string{"v", "ab"}},
		{"empty whole, chunks", []string{"n=; n.0=a"}, []string{"a"}},
		{"first missing", []string{"n.1=b; n.2=c"}, nil},
		{"middle missing", []string{"n.0=a; n.2=c"}, nil},
		{"far chunk besides", []string{"n.0=a; n.1=b; n.7=x"}, nil},
		{"chunk beyond the limit", []string{"n.0=a; n.100=x"}, nil},
		{"chunk beyond all numbers", []string{"n.0=a; n.9007199254740991=x"}, nil},
		{"no number", []string{"n.0=a; n.-1=x; n.1e1=x; n.0x1=x; n.1.0=x; n. 1=x"}, []string{"a"}},
		{"the later of two", []string{"n.0=old; n.0=a; n.1=b"}, []string{"ab"}},
		{"malformed chunk", []string{"n.0=a; n.1=b\x01"}, []string{"a"}},
		{"empty chunk", []string{"n.0=a; n.1=; n.2=c"}, []string{"ac"}},
	} {
		if got := slices.Collect(cache.Values(c.header, "n")); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestValuesAreBounded(t *testing.T) {
	t.Parallel()
	var request strings.Builder
	for i := range cache.MaxChunks {
		fmt.Fprintf(&request, "n.%d=%s; ", i, strings.Repeat("v", cache.MaxCookieBytes))
	}
	if got := slices.Collect(cache.Values([]string{request.String()}, "n")); len(got) != 1 || len(got[0]) != cache.MaxValueBytes {
		t.Errorf("at the limit: got %d values", len(got))
	}
	request.WriteString("n.5=" + strings.Repeat("v", cache.MaxCookieBytes+1))
	if got := slices.Collect(cache.Values([]string{request.String()}, "n")); len(got) != 0 {
		t.Errorf("one byte more: got %d values, want none", len(got))
	}
}

// TestChunksOfACookie drops, doubles and swaps chunks of a genuine value.
func TestChunksOfACookie(t *testing.T) {
	t.Parallel()
	for _, s := range strategies {
		c := codec(t, nodeSecret, s)
		in := content()
		in.User = cache.Raw(strings.Replace(userText(t), `{`, `{"bio":"`+strings.Repeat("b", 9000)+`",`, 1))
		parts, err := cache.Split(cookie.Cookie{Name: dataName, Value: encode(t, c, in, time.Minute)})
		if err != nil || len(parts) < 3 {
			t.Fatalf("%v: got %d parts, %v", s, len(parts), err)
		}
		find := func(parts []cookie.Cookie) error {
			_, err := c.Find([]string{header(parts)}, dataName, sampleToken, nodeNow)
			return err
		}
		if err := find(parts); err != nil {
			t.Errorf("%v: %v", s, err)
		}
		reversed := slices.Clone(parts)
		slices.Reverse(reversed)
		if err := find(reversed); err != nil {
			t.Errorf("%v, sent in another order: %v", s, err)
		}
		swapped := slices.Clone(parts)
		swapped[0].Value, swapped[1].Value = swapped[1].Value, swapped[0].Value
		if err := find(swapped); err != cache.ErrInvalid {
			t.Errorf("%v, contents swapped: got %v, want %v", s, err, cache.ErrInvalid)
		}
		for i := range parts {
			if err := find(slices.Delete(slices.Clone(parts), i, i+1)); err == nil {
				t.Errorf("%v without chunk %d is accepted", s, i)
			}
		}
		for _, extra := range []string{dataName + "." + itoa(len(parts)), dataName + ".50"} {
			if err := find(append(slices.Clone(parts), cookie.Cookie{Name: extra, Value: parts[0].Value})); err == nil {
				t.Errorf("%v with %s is accepted", s, extra)
			}
		}
	}
}

const sampleToken = "gNflukrk4fVAaphCu7JRfm5nYTLvcmvo"

func userText(t testing.TB) string {
	t.Helper()
	_, u := sample()
	text, err := u.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAny(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"": false, "a=1": false, "sd=": false, "sd=x": true, "a=1; sd.3=x": true, "sd.3=": false, "sd.x=1": false, "sdx=1": false,
	} {
		if got := cache.Any([]string{header}, "sd"); got != want {
			t.Errorf("%q: got %v", header, got)
		}
	}
}
