package wire_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/wire"
)

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{a:1}`, `{'a':1}`, `{"a" 1}`, `{"a":1 "b":2}`, `{1:2}`,
		"tru", "truex", "nul", "True", "undefined", "NaN", "Infinity", "-Infinity", "1 2", "{}{}", "[]x", "null\x00", "\x00",
		"+1", "01", "-", "-01", "1.", ".5", "1.e5", "1e", "1e+", "0x10", "1_0", "--1", "1,2",
		`"`, `"a`, `"\`, `"\x"`, `"\u12"`, `"\u123g"`, `"\u"`, `"\'"`, "\"\n\"", "\"\t\"", "\"\x1f\"", "\"\\n\n\"", `'a'`, `"\u00`,
		"\ufeff{}", "\u00a0{}", "\v{}", "\f{}", "\u2028{}", "/**/{}", "{}//",
		"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\xff",
	} {
		v, err := wire.Parse([]byte(text), wire.Limits{})
		if !errors.Is(err, wire.ErrSyntax) || v != nil {
			t.Errorf("Parse(%q): got %v, %v, want ErrSyntax", text, v, err)
		}
	}
}

func TestParseStrings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`""`:                          "",
		`"plain"`:                     "plain",
		`"é😀"`:                        "é😀",
		`"a\u0000b"`:                  "a\x00b",
		`"\uD83D\uDE00!"`:             "😀!",
		`"\ud800"`:                    "\uFFFD",
		`"\udc00"`:                    "\uFFFD",
		`"\ud800x"`:                   "\uFFFDx",
		`"\ud800\n"`:                  "\uFFFD\n",
		`"\ud800\u0041"`:              "\uFFFDA",
		`"\ud800\ud83d\ude00"`:        "\uFFFD😀",
		`"\udc00\ud800"`:              "\uFFFD\uFFFD",
		`"tail \\ after\u00e9 é end"`: "tail \\ afteré é end",
		"\"\u007f\u2028\"":            "\u007f\u2028",
	} {
		if got := parse(t, text); got != want {
			t.Errorf("Parse(%s): got %q, want %q", text, got, want)
		}
	}
}

func TestParseNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{
		"0": 0, "7": 7, "-7": -7, "999999999999999": 999999999999999, "1234567890123456789": 1234567890123456789,
		"0.1": 0.1, "-0.5": -0.5, "1e2": 100, "1E+2": 100, "1e-2": 0.01, "1.5e1": 15, "1e400": math.Inf(1), "-1e400": math.Inf(-1), "1e-400": 0,
		"9007199254740993": 9007199254740992,
	} {
		if got := parse(t, text); got != want {
			t.Errorf("Parse(%s): got %v, want %v", text, got, want)
		}
	}
	if f, _ := parse(t, "-0").(float64); f != 0 || !math.Signbit(f) {
		t.Errorf("Parse(-0): got %v, want negative zero", f)
	}
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	o, _ := parse(t, `{"role":"user","ROLE":"admin","role":"owner","n":null}`).(*wire.Object)
	if got, ok := o.Get("role"); got != "owner" || !ok {
		t.Errorf("duplicate key: got %v, want the last", got)
	}
	if got, ok := o.Get("Role"); ok {
		t.Errorf("key in another case: got %v, want none", got)
	}
	if got, ok := o.Get("n"); got != nil || !ok {
		t.Errorf("null member: got %v, %v, want nil, true", got, ok)
	}
	if got := fmt.Sprint(keys(o)); got != "[role ROLE n]" {
		t.Errorf("order: got %s, want [role ROLE n]", got)
	}
}

func TestParseDepth(t *testing.T) {
	t.Parallel()
	nest := func(n int) []byte {
		return []byte(strings.Repeat(`{"a":[`, n/2) + strings.Repeat("[", n%2) + strings.Repeat("]", n%2) + strings.Repeat("]}", n/2))
	}
	for _, c := range []struct {
		nesting, limit int
		want           error
	}{
		{64, 0, nil}, {65, 0, wire.ErrDepth}, {64, -1, nil}, {65, 65, nil}, {1, 1, nil}, {2, 1, wire.ErrDepth}, {1 << 19, 0, wire.ErrDepth},
	} {
		if _, err := wire.Parse(nest(c.nesting), wire.Limits{Depth: c.limit}); !errors.Is(err, c.want) {
			t.Errorf("nesting %d, limit %d: got %v, want %v", c.nesting, c.limit, err, c.want)
		}
	}
	// Depth is about what is open at one time.
	if _, err := wire.Parse([]byte("["+strings.Repeat("[],", 200)+"[]]"), wire.Limits{Depth: 2}); err != nil {
		t.Errorf("many siblings: got %v, want none", err)
	}
}

// TestParseManyKeys would take minutes if members were searched one by one.
func TestParseManyKeys(t *testing.T) {
	t.Parallel()
	const n = 200_000
	var b strings.Builder
	b.WriteString("{")
	for i := range n {
		fmt.Fprintf(&b, `"%d":0,`, i)
	}
	b.WriteString(`"0":1}`)
	o, _ := parse(t, b.String()).(*wire.Object)
	if o.Len() != n {
		t.Errorf("got %d members, want %d", o.Len(), n)
	}
	if got, _ := o.Get("0"); got != 1.0 {
		t.Errorf("duplicate among many: got %v, want the last", got)
	}
}

func TestParseTimeRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "2020", "2020-01", "2020-1-1", "2020-01-1", "20-01-01", "+12020-01-01", "20200101", "2020-01-01Z", "2020-01-01 00:00:00Z", "2020-01-01t00:00:00z",
		"2020-01-01T00:00:00+0100", "2020-01-01T00:00:00.1234567890Z", " 2020-01-01", "2020-01-01 ", "2020-01-01T00:00:00Z\n", "2020-01-01T-1:00", "2020-01-01T00:00:0ä",
	} {
		if at, ok := wire.ParseTime(s); ok {
			t.Errorf("ParseTime(%q): got %v, want none", s, at)
		}
	}
	want := time.Date(2020, 1, 1, 0, 0, 0, 123456789, time.UTC)
	if got, ok := wire.ParseTime("2020-01-01T00:00:00.123456789Z"); !ok || !got.Equal(want) {
		t.Errorf("nanoseconds: got %v, %v, want %v", got, ok, want)
	}
}

func keys(o *wire.Object) []string {
	var list []string
	for k := range o.All() {
		list = append(list, k)
	}
	return list
}
