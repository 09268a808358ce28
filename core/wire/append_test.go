package wire_test

import (
	"encoding/json"
	"errors"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/wire"
)

type role string

type self struct{ text string }

func (s *self) AppendJSON(dst []byte) ([]byte, error) {
	if s.text == "" {
		return dst, errors.New("nothing to say")
	}
	return wire.AppendString(append(dst, `["self",`...), s.text), nil
}

// byValue writes itself without a pointer.
type byValue int

func (v byValue) AppendJSON(dst []byte) ([]byte, error) { return append(dst, `"by value"`...), nil }

type base struct {
	ID     string `json:"id"`
	Shared string `json:"shared"`
}

type Exported struct {
	E      int `json:"e"`
	Shared string
}

type tree struct {
	Name  string          `json:"name"`
	Kids  []tree          `json:"kids"`
	Named map[string]tree `json:"named,omitempty"`
	Up    *tree           `json:"up,omitempty"`
}

type list []list

func TestAppend(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 2, 29, 23, 59, 58, 7_999_999, time.FixedZone("", 3600))
	text := "x"
	object := wire.NewObject()
	object.Set("z", 1.0)
	object.Set("a", []any{nil})
	for _, c := range []struct {
		name string
		v    any
		want string
	}{
		{"nil", nil, "null"},
		{"bool", true, "true"},
		{"string", "<é\u2028\">", "\"<é\u2028\\\">\""},
		{"bytes that are not UTF-8", "a\xff\xc3b\xed\xa0\x80", "\"a\uFFFD\uFFFDb\uFFFD\uFFFD\uFFFD\""},
		{"int64", int64(math.MaxInt64), "9223372036854775807"},
		{"uint64", uint64(math.MaxUint64), "18446744073709551615"},
		{"small ints", []int8{-1, 2}, "[-1,2]"},
		{"float32", float32(0.5), "0.5"},
		{"NaN", math.NaN(), "null"},
		{"named string", role("admin"), `"admin"`},
		{"time", at, `"2024-02-29T22:59:58.007Z"`},
		{"pointer to time", &at, `"2024-02-29T22:59:58.007Z"`},
		{"zero time", time.Time{}, `"0001-01-01T00:00:00.000Z"`},
		{"time beyond JavaScript", time.Unix(1<<60, 0), "null"},
		{"nil slice", []string(nil), "[]"},
		{"nil list", []any(nil), "[]"},
		{"nil map", map[string]int(nil), "{}"},
		{"nil map of any", map[string]any(nil), "{}"},
		{"nil pointer", (*string)(nil), "null"},
		{"nil struct pointer", (*base)(nil), "null"},
		{"nil appender", (*self)(nil), "null"},
		{"nil object", (*wire.Object)(nil), "null"},
		{"pointer to pointer", ptr(&text), `"x"`},
		{"object", object, `{"z":1,"a":[null]}`},
		{"object by value", *object, `{"z":1,"a":[null]}`},
		{"array", [2]bool{true}, "[true,false]"},
		{"map", map[role]int{"b": 1, "a": 2}, `{"a":2,"b":1}`},
		{"map of any", map[string]any{"b": 1, "a": nil, "\"": []any{}}, `{"\"":[],"a":null,"b":1}`},
		{"map of structs", map[string]base{"x": {ID: "1"}}, `{"x":{"id":"1","shared":""}}`},
		{"map of appenders", map[string]self{"x": {"y"}}, `{"x":["self","y"}`},
		{"appender", &self{"a"}, `["self","a"`},
		{"appender by value", self{"a"}, `["self","a"`},
		{"appenders", []self{{"a"}}, `[["self","a"]`},
		{"named appender", byValue(1), `"by value"`},
		{"pointer to named appender", ptr(byValue(1)), `"by value"`},
		{"appender fields", &struct {
			S self
			P *self
			N *self
			V byValue
			I wire.Appender
		}{self{"s"}, &self{"p"}, nil, 1, &self{"i"}}, `{"S":["self","s","P":["self","p","N":null,"V":"by value","I":["self","i"}`},
		{"names", struct {
			A int
			B int `json:"b"`
			C int `json:"-"`
			D int `json:"-,"`
			E int `json:",omitempty"`
			F int `json:"f\"<"`
			g int
		}{1, 2, 3, 4, 0, 6, 7}, `{"A":1,"b":2,"-":4,"f\"<":6}`},
		{"omitempty leaves out what is zero", &struct {
			P *int            `json:"p,omitempty"`
			S string          `json:"s,omitempty"`
			T time.Time       `json:"t,omitempty"`
			N []int           `json:"n,omitempty"`
			E []int           `json:"e,omitempty"`
			M map[string]int  `json:"m,omitzero"`
			Z struct{ X int } `json:"z,omitempty"`
			O *int            `json:"o,omitempty"`
			Q []int           `json:"q"`
		}{E: []int{}, O: new(int)}, `{"e":[],"o":0,"q":[]}`},
		{"opt", &struct {
			A wire.Opt[string]    `json:"a"`
			B wire.Opt[string]    `json:"b"`
			C wire.Opt[time.Time] `json:"c"`
			D wire.Opt[*self]     `json:"d"`
		}{B: wire.Null[string](), C: wire.Some(at), D: wire.Some[*self](nil)}, `{"b":null,"c":"2024-02-29T22:59:58.007Z","d":null}`},
		{"opt alone", []wire.Opt[int]{{}, wire.Null[int](), wire.Some(3)}, "[null,null,3]"},
		{"embedded", struct {
			base
			*Exported
			Shared string `json:"shared"`
		}{base: base{"i", "inner"}, Shared: "outer"}, `{"id":"i","shared":"outer"}`},
		{"embedded pointer", struct {
			*Exported
			After int
		}{&Exported{E: 5, Shared: "s"}, 6}, `{"e":5,"Shared":"s","After":6}`},
		{"embedded under a name", struct {
			Exported `json:"base"`
		}{Exported{1, "s"}}, `{"base":{"e":1,"Shared":"s"}}`},
		{"embedded with one name twice", struct {
			Exported
			struct2
		}{Exported{5, "s"}, struct2{"t"}}, `{"e":5}`},
		{"interfaces", struct {
			A any
			B any
			C error
		}{B: []any{base{"1", "2"}}}, `{"A":null,"B":[{"id":"1","shared":"2"}],"C":null}`},
		{"recursive struct", tree{"a", []tree{{Name: "b"}}, map[string]tree{"n": {}}, &tree{}}, `{"name":"a","kids":[{"name":"b","kids":[]}],"named":{"n":{"name":"","kids":[]}},"up":{"name":"","kids":[]}}`},
		{"recursive list", list{list{}, nil}, "[[],[]]"},
		{"MarshalJSON of others", []json.RawMessage{[]byte(` {"b" : "\u003c", "a":1.0} `)}, `[{"b":"<","a":1}]`},
		{"MarshalText of others", map[string]netip.Addr{"ip": netip.MustParseAddr("::1")}, `{"ip":"::1"}`},
		{"empty struct", struct{}{}, "{}"},
	} {
		got, err := wire.Append([]byte("> "), c.v)
		if err != nil || string(got) != "> "+c.want {
			t.Errorf("%s: got %s, %v, want %s", c.name, got, err, c.want)
		}
	}
}

// TestAppendStringAtEveryPlace puts each byte in each place of strings that are looked at eight bytes at a time; a string
// of one byte is not.
func TestAppendStringAtEveryPlace(t *testing.T) {
	t.Parallel()
	for b := range 256 {
		alone := string(wire.AppendString(nil, string([]byte{byte(b)})))
		for at := range 17 {
			for _, filler := range []string{"a", " ", "!", "\x7f", "#", "[", "]"} {
				before, after := strings.Repeat(filler, at), strings.Repeat(filler, 16-at)
				got := string(wire.AppendString(nil, before+string([]byte{byte(b)})+after))
				if want := `"` + before + alone[1:len(alone)-1] + after + `"`; got != want {
					t.Errorf("byte %#x at %d among %q: got %s, want %s", b, at, filler, got, want)
				}
			}
		}
	}
}

type struct2 struct{ Shared string }

func ptr[T any](v T) *T { return &v }

func TestAppendErrors(t *testing.T) {
	t.Parallel()
	loop := &tree{}
	loop.Up = loop
	selfish := []any{nil}
	selfish[0] = selfish
	object := wire.NewObject()
	object.Set("o", object)
	m := map[string]any{}
	m["m"] = m
	typed := map[string]map[string]any{"m": m}
	for name, v := range map[string]any{
		"channel":           make(chan int),
		"function":          func() {},
		"complex":           1i,
		"bytes":             []byte("x"),
		"byte array":        [2]byte{},
		"map with int keys": map[int]int{1: 2},
		"field":             struct{ A chan int }{},
		"inside":            map[string]any{"a": []any{[]byte{}}},
		"appender":          self{},
		"appender inside":   []any{1, &self{}},
		"unknown option": struct {
			A int `json:"a,string"`
		}{},
		"hidden but named": struct {
			base `json:"base"`
		}{},
		"bad MarshalJSON":       json.RawMessage("{"),
		"pointer to itself":     loop,
		"list in itself":        selfish,
		"object in itself":      object,
		"map in itself":         m,
		"typed map":             typed,
		"value in an interface": struct{ A any }{make(chan int)},
	} {
		dst := []byte("kept")
		got, err := wire.Append(dst, v)
		if err == nil || string(got) != "kept" {
			t.Errorf("%s: got %.50s, %v, want an error and the buffer as it was", name, got, err)
		}
	}
	_, err := wire.Append(nil, map[string]any{"user": struct {
		Key chan int `json:"key"`
	}{}})
	if err == nil || !strings.Contains(err.Error(), "user: key: ") || !strings.Contains(err.Error(), "chan int") {
		t.Errorf("got %v, want the way to the value and its type", err)
	}
}

// TestAppendConcurrently compiles one type in many goroutines at once; it is for the race detector.
func TestAppendConcurrently(t *testing.T) {
	t.Parallel()
	type fresh struct {
		A string `json:"a"`
		B *fresh `json:"b,omitempty"`
	}
	results := make(chan string)
	for range 8 {
		go func() {
			out, err := wire.Append(nil, &fresh{"x", &fresh{A: "y"}})
			if err != nil {
				out = []byte(err.Error())
			}
			results <- string(out)
		}()
	}
	for range 8 {
		if got, want := <-results, `{"a":"x","b":{"a":"y"}}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

type moreMembers string

func (m moreMembers) AppendMembers(dst []byte) ([]byte, error) { return append(dst, m...), nil }

func TestAppendExtraMembers(t *testing.T) {
	t.Parallel()
	type between struct {
		A    int         `json:"a"`
		More moreMembers `json:",extra"`
		Z    int         `json:"z"`
	}
	type first struct {
		More moreMembers `json:",extra"`
		Z    int         `json:"z"`
	}
	for _, c := range []struct {
		v    any
		want string
	}{
		{&between{A: 1, More: `,"b":2,"c":3`, Z: 4}, `{"a":1,"b":2,"c":3,"z":4}`},
		{&between{A: 1, Z: 4}, `{"a":1,"z":4}`},
		{&first{More: `,"b":2`, Z: 4}, `{"b":2,"z":4}`},
		{&first{Z: 4}, `{"z":4}`},
	} {
		if got, err := wire.Append(nil, c.v); err != nil || string(got) != c.want {
			t.Errorf("%+v: got %s, %v, want %s", c.v, got, err, c.want)
		}
	}
	type wrong struct {
		More string `json:",extra"`
	}
	if got, err := wire.Append(nil, &wrong{}); err == nil {
		t.Errorf("a field that appends no members: got %s, want an error", got)
	}
}
