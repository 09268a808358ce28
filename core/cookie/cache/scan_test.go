package cache_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/wire"
)

// texts are JSON, nearly JSON, and not.
var texts = []string{
	`{}`, ` { } `, `{"a":1}`, `{"a":1,"b":2}`, "\t{\n\"a\" :\r 1 , \"b\":{ } }\n", `{"a":"x\"y","b":"\\"}`, `{"\u0061":1}`, `{"a":1,"a":2}`, `{"":null}`,
	`{"a":[1,[2,{"b":[]}],"}"]}`, `{"a":{"b":{"c":"]"}}}`, `{"a":-0.5e+10,"b":0,"c":1E5,"d":10}`, `{"a":true,"b":false,"c":null}`, `{"a":"é😀\u00e9\ud83d\ude00\ud800"}`,
	``, ` `, `{`, `}`, `[]`, `"a"`, `1`, `null`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{"a":1 "b":2}`, `{a:1}`, `{'a':1}`, `{"a":1}}`, `{"a":1} x`, `{"a":1}{}`, `{1:1}`,
	`{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":-}`, `{"a":+1}`, `{"a":1e}`, `{"a":1e+}`, `{"a":0x1}`, `{"a":NaN}`, `{"a":tru}`, `{"a":truex}`, `{"a":nul`, `{"a":"x}`, `{"a":"\x"}`,
	`{"a":"\u12"}`, `{"a":"\u12g4"}`, `{"a":"\`, "{\"a\":\"\n\"}", "{\"a\":\"\x00\"}", "{\"a\":1\x00}", `{"a":[1,]}`, `{"a":[,1]}`, `{"a":[1 2]}`, `{"a":[}`, `{"a":[1}`, `{"a":{"b":1]}`,
	`{"a":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `}`, `{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`,
	`{"a":` + strings.Repeat(`{"b":`, 63) + `1` + strings.Repeat("}", 63) + `}`, `{"a":` + strings.Repeat(`{"b":`, 64) + `1` + strings.Repeat("}", 64) + `}`,
	strings.Repeat("[", 100_000), `{"a":` + strings.Repeat(`{"a":`, 100_000),
}

func TestWalk(t *testing.T) {
	t.Parallel()
	accepted := 0
	for _, text := range texts {
		if checkWalk(t, text) {
			accepted++
		}
	}
	if accepted < 14 || accepted > len(texts)/2 {
		t.Errorf("accepted %d of %d", accepted, len(texts))
	}
}

// checkWalk compares with the parser of the wire: the same texts are objects, and their members have the same values.
func checkWalk(t *testing.T, text string) bool {
	t.Helper()
	walked, ok := cache.Walk(text)
	v, err := wire.Parse([]byte(text), wire.Limits{})
	object, isObject := v.(*wire.Object)
	if want := err == nil && isObject; ok != want {
		t.Errorf("%.80q: got %v, want %v", text, ok, want)
	}
	if !ok || err != nil {
		return ok
	}
	last := wire.NewObject()
	for _, member := range walked {
		value, err := wire.Parse([]byte(member[1]), wire.Limits{})
		if err != nil {
			t.Errorf("%.80q: %q is no value: %v", text, member[1], err)
		}
		last.Set(member[0], value)
	}
	got, err1 := wire.Append(nil, last)
	want, err2 := wire.Append(nil, object)
	if string(got) != string(want) || err1 != nil || err2 != nil {
		t.Errorf("%.80q:\n got %s, %v\nwant %s, %v", text, got, err1, want, err2)
	}
	return ok
}

func FuzzWalk(f *testing.F) {
	for _, text := range texts {
		if len(text) < 1000 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if utf8.ValidString(text) { // which the caller checks
			checkWalk(t, text)
		}
	})
}
