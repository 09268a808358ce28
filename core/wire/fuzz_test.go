package wire_test

import (
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"regexp"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/wire"
)

// FuzzParse compares with encoding/json what is JSON, and reads what was written again.
func FuzzParse(f *testing.F) {
	for _, c := range readJS(f).Texts {
		f.Add([]byte(c.in))
	}
	for _, s := range []string{"", "[1,]", `{"a":1}x`, `"\ud800\u0041"`, "[[[[]]]]", "\xff", "\"\xff\"", "-", "01", "1e", `{"a":{"b":[null,true,false,"\u0000"]}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := wire.Parse(data, wire.Limits{})
		if errors.Is(err, wire.ErrDepth) {
			return // encoding/json's limit is far away
		}
		if want := json.Valid(data) && utf8.Valid(data); (err == nil) != want {
			t.Fatalf("Parse(%q): got error %v, want valid %v", data, err, want)
		}
		if err != nil {
			return
		}
		out, err := wire.Append(nil, v)
		if err != nil {
			t.Fatalf("Append(Parse(%q)): %v", data, err)
		}
		again, err := wire.Parse(out, wire.Limits{})
		if err != nil {
			t.Fatalf("Parse(Append(Parse(%q))) of %q: %v", data, out, err)
		}
		if !same(withoutInfinity(v), again) {
			t.Fatalf("%q was written as %q", data, out)
		}
	})
}

// withoutInfinity replaces the numbers that JSON can be read to but has no form for.
func withoutInfinity(v any) any {
	switch v := v.(type) {
	case float64:
		if math.IsInf(v, 0) {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = withoutInfinity(v[i])
		}
	case *wire.Object:
		for k, e := range v.All() {
			v.Set(k, withoutInfinity(e))
		}
	}
	return v
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", "\"\\\b\f\n\r\t\x00\x1f\x7f", "é😀\u2028\uFFFD", "\xff", "\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := wire.AppendString(nil, s)
		var got string
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("AppendString(%q): %q is no JSON: %v", s, out, err)
		}
		if want := string([]rune(s)); got != want { // []rune makes U+FFFD of each bad byte, too
			t.Fatalf("AppendString(%q): reads as %q, want %q", s, got, want)
		}
		if back := parse(t, string(out)); back != got {
			t.Fatalf("Parse(%q): got %q, want %q", out, back, got)
		}
	})
}

func FuzzAppendNumber(f *testing.F) {
	for _, c := range readJS(f).Numbers {
		f.Add(math.Float64bits(float(f, c.in)))
	}
	f.Fuzz(func(t *testing.T, bits uint64) {
		n := math.Float64frombits(bits)
		out := string(wire.AppendNumber(nil, n))
		if math.IsNaN(n) || math.IsInf(n, 0) {
			if out != "null" {
				t.Fatalf("AppendNumber(%g): got %s, want null", n, out)
			}
			return
		}
		if got := parse(t, out); got != n {
			t.Fatalf("AppendNumber(%g): %s reads as %v", n, out, got)
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, c := range readJS(f).Dates {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, ok := wire.ParseTime(s)
		if !ok {
			return
		}
		out := string(wire.AppendTime(nil, at))
		if len(out) < 2 || out == "null" {
			t.Fatalf("ParseTime(%q): %v has no form in JSON", s, at)
		}
		again, ok := wire.ParseTime(out[1 : len(out)-1])
		if !ok || !again.Equal(at.Truncate(time.Millisecond)) {
			t.Fatalf("ParseTime(%q): %s reads as %v, %v", s, out, again, ok)
		}
	})
}

// zodEmail is zod's own expression (contract/endpoints.json, signUpEmail).
var zodEmail = regexp.MustCompile(`^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$`)

func FuzzIsEmail(f *testing.F) {
	for _, s := range []string{"a@b.co", "a.b@c.de", "a..b@c.de", "a'@b.co", "a@b-.co", "a@b.c1", "", "@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := wire.IsEmail(s), zodEmail.MatchString(s); got != want {
			t.Fatalf("IsEmail(%q): got %v, want %v", s, got, want)
		}
	})
}

// everything has a field of each sort that Bind knows.
type everything struct {
	_ struct{} `wire:"strict-query"`
	described
	A string           `json:"a" coerce:"true"`
	B float64          `json:"b" coerce:"true"`
	C *bool            `json:"c" coerce:"true"`
	D []strictB        `json:"d" check:"max=3"`
	E map[string][]int `json:"e" optional:"true"`
	F wire.Opt[withB]  `json:"f"`
	G [][]any          `json:"g" optional:"true"`
	H params           `json:"h" optional:"true"`
	I float64          `query:"i" coerce:"true" check:"min=0"`
	J []string         `query:"j" optional:"true"`
	K *string          `query:"k" check:"email"`
	L []reader         `json:"l" optional:"true"`
}

// FuzzBind never panics, and what it takes has the types and constraints of the struct: taken once more from its own
// JSON, there is nothing to say about it.
func FuzzBind(f *testing.F) {
	plan := compile(f, everything{})
	f.Add([]byte(`{}`), "")
	f.Add([]byte(`[]`), "limit=1&limit=2&i=x&z=1")
	f.Add([]byte(`{"email":"a@b.co","name":"N","logo":null,"scopes":["read"],"seen":"2024-01-02T03:04:05Z","data":{"k":"v"},"any":1,"self":"me","a":1,"b":"2","d":[{"b":"x"}]}`), "i=1")
	f.Add([]byte(`{"a":[{},null],"b":{},"d":[1,{"b":1,"c":1}],"e":{"x":[1,"2",1e300]},"f":{"b":1},"g":[[1],2],"h":{"state":"x"},"l":[[],["never",1]],"nested":{"q":1},"scopes":"x"}`), "j=1&j=2&k=x")
	f.Fuzz(func(t *testing.T, data []byte, query string) {
		src := wire.Source{Params: func(name string) string { return name }}
		src.Query, _ = url.ParseQuery(query)
		if v, err := wire.Parse(data, wire.Limits{}); err == nil {
			src.Body, src.HasBody = v, true
		}
		var in everything
		problems := plan.Bind(&in, src)
		issues := plan.Check(&in, problems)
		if len(issues) > 5000 {
			t.Fatalf("got %d issues", len(issues))
		}
		if len(issues) == 0 {
			if again := plan.CheckTyped(&in); len(again) > 0 {
				t.Fatalf("%s was taken, but then: %s", data, again.Message())
			}
		}
		if _, err := wire.Parse(wire.AppendString(nil, issues.Message()), wire.Limits{}); err != nil {
			t.Fatalf("message %q: %v", issues.Message(), err)
		}
	})
}
