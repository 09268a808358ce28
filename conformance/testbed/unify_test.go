package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/cardea-auth/cardea/core/wire"
)

// unifier compares answers with a transcript, in which placeholders stand for what differs each time. A placeholder
// stands for the same value wherever it occurs, and different ones for different values.
type unifier struct {
	bound map[string]string // placeholder → value
	taken map[string]string // value → placeholder
}

func newUnifier() *unifier { return &unifier{map[string]string{}, map[string]string{}} }

var (
	anyPlaceholder  = regexp.MustCompile(`^<(?:str:(\d+)|(uuid|jwt|jwe))#\d+>$`)
	isoMilliseconds = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
)

// shapes are those of values that are more than some text of a length.
var shapes = map[string]*regexp.Regexp{
	"uuid": regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`),
	"jwt":  regexp.MustCompile(`^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$`),
	"jwe":  regexp.MustCompile(`^eyJ[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$`),
}

// fits reports whether a placeholder can stand for a value.
func fits(want, value string) bool {
	m := anyPlaceholder.FindStringSubmatch(want)
	if shape := shapes[m[2]]; shape != nil {
		return shape.MatchString(value)
	}
	return strconv.Itoa(len(utf16.Encode([]rune(value)))) == m[1]
}

// text compares two texts, of which want may be a placeholder.
func (u *unifier) text(want, got string) error {
	if want == "<iso8601ms>" {
		if !isoMilliseconds.MatchString(got) {
			return fmt.Errorf("got %q, want a date", got)
		}
		return nil
	}
	if composed.MatchString(want) && !anyPlaceholder.MatchString(want) {
		return u.parts(want, got)
	}
	if !anyPlaceholder.MatchString(want) {
		if got != want {
			return fmt.Errorf("got %q, want %q", got, want)
		}
		return nil
	}
	if !fits(want, got) {
		return fmt.Errorf("got %q of %d characters for %s", got, len(utf16.Encode([]rune(got))), want)
	}
	if value, ok := u.bound[want]; ok && value != got {
		return fmt.Errorf("got %q, want %q, which %s was before", got, value, want)
	}
	if placeholder, ok := u.taken[got]; ok && placeholder != want {
		return fmt.Errorf("got %q for %s, which %s was before", got, want, placeholder)
	}
	u.bound[want], u.taken[got] = got, want
	return nil
}

var partShapes = map[string]string{
	"digits": `[0-9]`, "alnum": `[A-Za-z0-9]`, "rand": `[A-Za-z0-9_-]`, "base64url": `[A-Za-z0-9_-]`, "hmac:base64": `[A-Za-z0-9+/=]`,
}

// composed finds placeholders that are parts of a text. Those without a number stand for any text of their kind.
var composed = regexp.MustCompile(`<(?:(digits|alnum|rand|base64url|hmac:base64):(\d+)|(base32)|str:(\d+)#\d+)>`)

// parts compares a text with one that has placeholders among others.
func (u *unifier) parts(want, got string) error {
	var pattern strings.Builder
	var bound []string
	rest := want
	for _, m := range composed.FindAllStringSubmatch(want, -1) {
		before, after, _ := strings.Cut(rest, m[0])
		rest = after
		pattern.WriteString(regexp.QuoteMeta(before))
		switch {
		case m[3] != "":
			pattern.WriteString(`[A-Z2-7]+`)
		case m[4] != "":
			bound = append(bound, m[0])
			pattern.WriteString(`(.{` + m[4] + `})`)
		default:
			pattern.WriteString(partShapes[m[1]] + `{` + m[2] + `}`)
		}
	}
	found := regexp.MustCompile("^" + pattern.String() + regexp.QuoteMeta(rest) + "$").FindStringSubmatch(got)
	if found == nil {
		return fmt.Errorf("got %q, want %s", got, want)
	}
	for i, placeholder := range bound {
		if err := u.text(placeholder, found[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// value compares two JSON values, the order of members included.
func (u *unifier) value(want, got any) error {
	switch want := want.(type) {
	case *wire.Object:
		got, ok := got.(*wire.Object)
		if !ok {
			return fmt.Errorf("got %v, want an object", got)
		}
		if g, w := keys(got), keys(want); g != w {
			return fmt.Errorf("got the members %s, want %s", g, w)
		}
		for key, w := range want.All() {
			g, _ := got.Get(key)
			if err := u.value(w, g); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
		return nil
	case []any:
		got, ok := got.([]any)
		if !ok || len(got) != len(want) {
			return fmt.Errorf("got %v, want %d items", got, len(want))
		}
		for i := range want {
			if err := u.value(want[i], got[i]); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
		return nil
	case string:
		if got, ok := got.(string); ok {
			return u.text(want, got)
		}
	}
	if got != want {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	return nil
}

func keys(o *wire.Object) string {
	var names []string
	for name := range o.All() {
		names = append(names, name)
	}
	return strings.Join(names, ",")
}

// cookie compares a cookie's value: signed(x) is x with its signature, percent-encoded.
func (u *unifier) cookie(want, got, secret string) error {
	payload, ok := strings.CutPrefix(want, "signed(")
	if !ok {
		return u.text(want, got)
	}
	value, err := url.PathUnescape(got)
	if err != nil {
		return err
	}
	dot := strings.LastIndex(value, ".")
	if dot < 0 {
		return fmt.Errorf("got %q, want it signed", value)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(value[:dot]))
	if want := base64.StdEncoding.EncodeToString(mac.Sum(nil)); value[dot+1:] != want {
		return fmt.Errorf("got the signature %q, want %q", value[dot+1:], want)
	}
	return u.text(strings.TrimSuffix(payload, ")"), value[:dot])
}

// TestUnifier: what compares must be able to fail.
func TestUnifier(t *testing.T) {
	t.Parallel()
	parse := func(text string) any {
		v, err := wire.Parse([]byte(text), wire.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		want, got string
		same      bool
	}{
		{`{"a":"<str:2#1>","b":"<str:2#1>"}`, `{"a":"xy","b":"xy"}`, true},
		{`{"a":"<str:2#1>","b":"<str:2#1>"}`, `{"a":"xy","b":"xz"}`, false},
		{`{"a":"<str:2#1>","b":"<str:2#2>"}`, `{"a":"xy","b":"xy"}`, false},
		{`{"a":"<str:2#1>"}`, `{"a":"xyz"}`, false},
		{`{"a":"<uuid#1>"}`, `{"a":"3f0c2b1e-7a64-4d0f-9b1a-0123456789ab"}`, true},
		{`{"a":"<uuid#1>"}`, `{"a":"3f0c2b1e7a644d0f9b1a0123456789ab"}`, false},
		{`{"a":"<jwt#1>"}`, `{"a":"eyJhIjoxfQ.eyJhIjoxfQ.AAAA"}`, true},
		{`{"a":"<jwt#1>"}`, `{"a":"eyJhIjoxfQ..AAAA.AAAA.AAAA"}`, false},
		{`{"a":"<jwe#1>"}`, `{"a":"eyJhIjoxfQ..AAAA.AAAA.AAAA"}`, true},
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`, false},
		{`{"a":1}`, `{"a":1,"b":2}`, false},
		{`{"a":null}`, `{}`, false},
		{`{"a":"<iso8601ms>"}`, `{"a":"2026-01-02T03:04:05.678Z"}`, true},
		{`{"a":"<iso8601ms>"}`, `{"a":"2026-01-02T03:04:05Z"}`, false},
		{`[1,[true]]`, `[1,[true]]`, true},
		{`[1,[true]]`, `[1,[false]]`, false},
		{`[1]`, `[1,2]`, false},
		{`null`, `{}`, false},
	} {
		if err := newUnifier().value(parse(c.want), parse(c.got)); (err == nil) != c.same {
			t.Errorf("%s and %s: got %v", c.want, c.got, err)
		}
	}
	if err := newUnifier().cookie("signed(true)", "true.rubbish", "secret"); err == nil {
		t.Error("a wrong signature passes")
	}
}
