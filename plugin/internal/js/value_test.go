package js_test

import (
	"math"
	"testing"

	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// TestValue has what JavaScript says of each value: whether it is true, its || and ?? with "else", and String() where that
// makes an id.
func TestValue(t *testing.T) {
	t.Parallel()
	object := wire.NewObject()
	tests := []struct {
		v             js.Value
		truthy        bool
		or, orElse    any
		text, subject string
	}{
		{js.Value{}, false, "else", "else", "", ""},
		{js.Const(nil), false, "else", "else", "", ""},
		{js.Const(""), false, "else", "", "", ""},
		{js.Const(" "), true, " ", " ", " ", ""},
		{js.Const("x"), true, "x", "x", "x", "x"},
		{js.Const("null"), true, "null", "null", "null", ""},
		{js.Const("undefined"), true, "undefined", "undefined", "undefined", ""},
		{js.Const(false), false, "else", false, "", ""},
		{js.Const(true), true, true, true, "", ""},
		{js.Const(0.0), false, "else", 0.0, "0", "0"},
		{js.Const(583231.0), true, 583231.0, 583231.0, "583231", "583231"},
		{js.Const(1e21), true, 1e21, 1e21, "1e+21", "1e+21"},
		{js.Const(math.Inf(1)), true, math.Inf(1), math.Inf(1), "", ""},
		{js.Const(object), true, object, object, "", ""},
	}
	other := js.Const("else")
	for _, test := range tests {
		subject, ok := test.v.Subject()
		if !ok {
			subject = ""
		}
		if test.v.Truthy() != test.truthy || test.v.Or(other).V != test.or || test.v.OrElse(other).V != test.orElse ||
			test.v.Text() != test.text || subject != test.subject || ok != (test.subject != "") {
			t.Errorf("%+v: got %v, %v, %v, %q, %q; want %+v", test.v, test.v.Truthy(), test.v.Or(other).V, test.v.OrElse(other).V, test.v.Text(), subject, test)
		}
	}
	if v := js.Const(math.NaN()); v.Truthy() || v.Text() != "" {
		t.Error("NaN is something")
	}
	for in, want := range map[any]any{true: true, "true": true, false: false, "false": false, "TRUE": nil, 1.0: nil, nil: nil} {
		if got := js.Const(in).Boolean(); got.V != want || got.Defined != (want != nil) {
			t.Errorf("Boolean of %v: got %+v", in, got)
		}
	}
}

func TestGetAndObject(t *testing.T) {
	t.Parallel()
	o := js.Object("a", js.Object("b", nil, "c", js.Value{}), "d", js.Value{}, "e", js.Const([]any{"first", 2.0}))
	if got, err := wire.Append(nil, o); err != nil || string(got) != `{"a":{"b":null},"e":["first",2]}` {
		t.Errorf("got %s, %v", got, err)
	}
	if v := js.Get(o, "a", "b"); !v.Defined || v.V != nil {
		t.Errorf("a.b: got %+v", v)
	}
	for _, path := range [][]string{{"x"}, {"a", "c"}, {"a", "b", "c"}, {"e", "0"}} {
		if v := js.Get(o, path...); v.Defined {
			t.Errorf("%v: got %+v", path, v)
		}
	}
	if js.Get(o, "e").First().V != "first" || js.Get(o, "a").First().Defined || js.Get(nil, "a").Defined {
		t.Error("first")
	}
}

func TestEncodeURIComponent(t *testing.T) {
	t.Parallel()
	if got, want := js.EncodeURIComponent("aZ09-_.!~*'() /?:@&=+$,#ü"), "aZ09-_.!~*'()%20%2F%3F%3A%40%26%3D%2B%24%2C%23%C3%BC"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPlaceholder(t *testing.T) {
	t.Parallel()
	if got, err := js.Placeholder(js.Const("t2abc"), "reddit"); err != nil || got != "t2abc@reddit.placeholder.invalid" {
		t.Errorf("got %s, %v", got, err)
	}
	for _, bad := range []js.Value{{}, js.Const(""), js.Const("a b"), js.Const("a@b"), js.Const("a\r\nb")} {
		if got, err := js.Placeholder(bad, "reddit"); err == nil {
			t.Errorf("%+v: got %s", bad, got)
		}
	}
}
