package bunstore

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

func TestUnpack(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]any{
		`[]`:                               {},
		`[null]`:                           {nil},
		`["a",1,-2,null,"",1.5,"b"]`:       {"a", int64(1), int64(-2), nil, "", 1.5, "b"},
		`["\"\\\/\b\f\n\r\t\u0000\u001f"]`: {"\"\\/\b\f\n\r\t\x00\x1f"},
		`["ü\u00fc\ud83d\ude80🚀","]",","]`: {"üü🚀🚀", "]", ","},
		"[\"\xff\xfe\",\"\xff\\n\"]":       {"\xff\xfe", "\xff\n"},
		`[9223372036854775807,-9223372036854775808,1e3,9223372036854775808]`: {int64(9223372036854775807), int64(-9223372036854775808), 1000.0, 9223372036854775808.0},
	} {
		got := make([]any, len(want))
		if !unpack(text, got) || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, want %#v", text, got, want)
		}
	}
	for _, text := range []string{
		``, `[`, `]`, `null`, `[1`, `[1,`, `[1,2`, `[1,2,3]`, `[1,]`, `[1,2]x`, `[1 ,2]`, `["a,2]`, `["a\",2]`, `["\x",2]`, `["\u12",2]`, `["\ud83d",2]`,
		`["\ud83d\u0041",2]`, `[tru,2]`, `[9e999,2]`, `{"a":1,"b":2}`,
	} {
		if got := make([]any, 2); unpack(text, got) {
			t.Errorf("%s: got %#v", text, got)
		}
	}
}

// FuzzUnpack compares with encoding/json what both can read.
func FuzzUnpack(f *testing.F) {
	f.Add(`["a",1,null,1.5,"\u00fc\ud83d\ude80\\"]`, 5)
	f.Add(`["","\ud800udC00"]`, 2)
	f.Add(`[]`, 0)
	f.Add("[\"\xff\"]", 1)
	f.Fuzz(func(t *testing.T, text string, n int) {
		if n < 0 || n > 100 {
			return
		}
		got := make([]any, n)
		ok := unpack(text, got)
		var want []any
		if err := json.Unmarshal([]byte(text), &want); err != nil || !utf8.ValidString(text) {
			return // unpack trusts SQLite to write JSON
		}
		if len(want) != n {
			if ok {
				t.Fatalf("%q: got %d values", text, n)
			}
			return
		}
		for i := 0; ok && i < n; i++ {
			if whole, is := got[i].(int64); is {
				got[i] = float64(whole)
			}
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Fatalf("%q: got %#v, want %#v", text, got[i], want[i])
			}
		}
	})
}
