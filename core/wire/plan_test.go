package wire_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/wire"
)

type loopA struct {
	B *loopB `json:"b"`
}

type loopB struct {
	A []loopA `json:"a"`
}

// TestCompileErrors names the type, the field and the mistake.
func TestCompileErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zero any
		want string
	}{
		{"", "string is not a struct"},
		{&struct{}{}, "is not a struct"},
		{loopA{}, "loopA.B.A[]: wire_test.loopA contains itself"},
		{struct {
			C chan int `json:"c"`
		}{}, ".C: JSON cannot fill chan int"},
		{struct {
			C uint `json:"c"`
		}{}, ".C: JSON cannot fill uint"},
		{struct {
			C float32 `json:"c"`
		}{}, ".C: JSON cannot fill float32"},
		{struct {
			C **string `json:"c"`
		}{}, ".C: JSON cannot fill *string"},
		{struct {
			C *wire.Opt[string] `json:"c"`
		}{}, "belongs directly into a struct"},
		{struct {
			C []wire.Opt[string] `json:"c"`
		}{}, ".C[]: wire.Opt[string] belongs directly into a struct"},
		{struct {
			C []*string `json:"c"`
		}{}, ".C[]: JSON cannot fill *string"},
		{struct {
			C []byte `json:"c"`
		}{}, ".C: a []byte has no form in JSON"},
		{struct {
			C map[int]string `json:"c"`
		}{}, ".C: the keys of map[int]string are not strings"},
		{struct {
			C error `json:"c"`
		}{}, ".C: JSON cannot fill error"},
		{struct {
			C struct {
				D chan int `json:"d"`
			} `json:"c"`
		}{}, ".C.D: JSON cannot fill chan int"},
		{struct {
			A string `json:"a"`
			B string `query:"a"`
			C int    `query:"a"`
		}{}, `.C: the query has "a" already`},
		{struct {
			A string `json:"a" query:"a"`
		}{}, ".A: comes from more than one place"},
		{struct {
			A string `json:"a,strin"`
		}{}, `.A: unknown option "strin" in its json tag`},
		{struct {
			A string `query:"a,omitempty"`
		}{}, `.A: unknown option "omitempty" in its query tag`},
		{struct {
			A string `query:""`
		}{}, ".A: its query tag has no name"},
		{struct {
			a string `query:"a"`
		}{}, ".a: is not exported"},
		{struct {
			A string `check:"min=1"`
		}{}, ".A: has tags for binding but none that names it"},
		{struct {
			A string `json:"a" check:"mim=1"`
		}{}, `.A: check "mim=1": unknown, or not for a string`},
		{struct {
			A bool `json:"a" check:"min=1"`
		}{}, `.A: check "min=1": unknown, or not for a boolean`},
		{struct {
			A int `json:"a" check:"email"`
		}{}, `.A: check "email": unknown, or not for a integer`},
		{struct {
			A int `json:"a" check:"oneof=1 2"`
		}{}, "not for a integer"},
		{struct {
			A string `json:"a" check:"oneof="`
		}{}, "unknown"},
		{struct {
			A string `json:"a" check:"min=x"`
		}{}, `check "min=x": needs a number`},
		{struct {
			A string `json:"a" check:"each,min=1"`
		}{}, ".A: has no elements to check"},
		{struct {
			A reader `json:"a" check:"min=1"`
		}{}, "checks itself"},
		{struct {
			A string `json:"a" message:"x"`
		}{}, ".A: has a message but no check"},
		{struct {
			A []string `json:"a" coerce:"true"`
		}{}, ".A: []string cannot be coerced"},
		{struct {
			A string `json:"a" coerce:"yes"`
		}{}, `.A: its coerce tag is "yes": write true or leave it out`},
		{struct {
			A *string `json:"a" optional:"true"`
		}{}, ".A: optional is for plain fields"},
		{struct {
			A withB `json:"a" optional:"true"`
		}{}, ".A: optional is for plain fields"},
		{struct {
			A *bool `json:"a" default:"true"`
		}{}, ".A: only a plain field has a default"},
		{struct {
			A bool `json:"a" default:"true" optional:"true"`
		}{}, ".A: only a plain field has a default"},
		{struct {
			A bool `json:"a" default:"on"`
		}{}, `.A: its default "on" is no boolean`},
		{struct {
			A int `json:"a" default:"1.5"`
		}{}, `.A: its default "1.5" is no integer`},
		{struct {
			A float64 `json:"a" default:"x"`
		}{}, `.A: its default "x" is no number`},
		{struct {
			A []string `json:"a" default:"x"`
		}{}, ".A: []string cannot have a default"},
		{struct {
			A int `path:"a"`
		}{}, ".A: a path parameter is a string that is taken as it is"},
		{struct {
			A string `path:"a" check:"min=1"`
		}{}, ".A: a path parameter is a string that is taken as it is"},
		{struct {
			A struct {
				B string `query:"b"`
			} `json:"a"`
		}{}, ".A.B: a nested struct has no query"},
		{struct {
			A []string `json:",extra"`
		}{}, ".A: extra members go into *wire.Object or map[string]any, not []string"},
		{struct {
			A *wire.Object   `json:",extra"`
			B map[string]any `json:",extra"`
		}{}, ".B: extra members have a field already"},
		{struct {
			A *wire.Object `json:",extra"`
			_ struct{}     `wire:"strict"`
		}{}, "a strict object has no extra members"},
		{struct {
			_ struct{}     `wire:"strict"`
			A *wire.Object `json:",extra"`
		}{}, "a strict object has no extra members"},
		{struct {
			_ struct{} `wire:"stict"`
		}{}, `unknown directive "stict"`},
		{struct {
			A struct {
				_ struct{} `wire:"optional-body"`
			} `json:"a"`
		}{}, `unknown directive "optional-body"`},
	} {
		_, err := wire.Compile(reflect.TypeOf(c.zero))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Compile(%T): got %v, want %q in it", c.zero, err, c.want)
		}
	}
	_, err := wire.Compile(reflect.TypeFor[struct {
		A chan int `json:"a"`
		B chan int `json:"b"`
	}]())
	if err == nil || !strings.Contains(err.Error(), ".A: ") || !strings.Contains(err.Error(), ".B: ") {
		t.Errorf("got %v, want both mistakes", err)
	}
}

// shared is embedded: its fields count as the outer struct's.
type shared struct {
	Ratio float64 `json:"ratio" default:"0.5"`
}

type paging struct {
	Limit *int `query:"limit" coerce:"true" check:"min=0,max=100"`
}

type described struct {
	paging
	shared   `json:",omitempty"`
	Email    string            `json:"email" check:"email"`
	Name     *string           `json:"name" check:"min=1,max=64"`
	Logo     wire.Opt[string]  `json:"logo"`
	Remember bool              `json:"remember" default:"true"`
	Count    int               `json:"count" default:"3"`
	Role     string            `json:"role" check:"oneof=user admin" default:"user"`
	Scopes   []string          `json:"scopes" optional:"true" check:"min=1,each,min=2"`
	Seen     time.Time         `json:"seen"`
	Data     map[string]string `json:"data"`
	Meta     *wire.Object      `json:"meta" optional:"true"`
	Any      any               `json:"any"`
	Token    string            `path:"token"`
	Nested   *strictB          `json:"nested"`
	Hidden   string            `json:"-"`
	Untagged string
	Self     reader       `json:"self"`
	Rest     *wire.Object `json:",extra"`
}

func TestFields(t *testing.T) {
	t.Parallel()
	plan := compile(t, described{})
	var got []string
	for _, f := range plan.Fields() {
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, f.Part.String()+" "+string(text))
	}
	const rest = `"Email":false,"OneOf":null,"Min":null,"Max":null,"Elem":null,"Fields":null,"Strict":false}`
	want := []string{
		`body {"Name":"ratio","Part":0,"Kind":"number","Required":false,"Nullable":false,"Coerced":false,"Default":0.5,` + rest,
		`body {"Name":"email","Part":0,"Kind":"string","Required":true,"Nullable":false,"Coerced":false,"Default":null,"Email":true,"OneOf":null,"Min":null,"Max":null,"Elem":null,"Fields":null,"Strict":false}`,
		`body {"Name":"name","Part":0,"Kind":"string","Required":false,"Nullable":false,"Coerced":false,"Default":null,"Email":false,"OneOf":null,"Min":1,"Max":64,"Elem":null,"Fields":null,"Strict":false}`,
		`body {"Name":"logo","Part":0,"Kind":"string","Required":false,"Nullable":true,"Coerced":false,"Default":null,` + rest,
		`body {"Name":"remember","Part":0,"Kind":"boolean","Required":false,"Nullable":false,"Coerced":false,"Default":true,` + rest,
		`body {"Name":"count","Part":0,"Kind":"integer","Required":false,"Nullable":false,"Coerced":false,"Default":3,` + rest,
		`body {"Name":"role","Part":0,"Kind":"string","Required":false,"Nullable":false,"Coerced":false,"Default":"user","Email":false,"OneOf":["user","admin"],"Min":null,"Max":null,"Elem":null,"Fields":null,"Strict":false}`,
		`body {"Name":"scopes","Part":0,"Kind":"array","Required":false,"Nullable":false,"Coerced":false,"Default":null,"Email":false,"OneOf":null,"Min":1,"Max":null,"Elem":{"Name":"","Part":0,"Kind":"string","Required":false,"Nullable":false,"Coerced":false,"Default":null,"Email":false,"OneOf":null,"Min":2,"Max":null,"Elem":null,"Fields":null,"Strict":false},"Fields":null,"Strict":false}`,
		`body {"Name":"seen","Part":0,"Kind":"date","Required":true,"Nullable":false,"Coerced":false,"Default":null,` + rest,
		`body {"Name":"data","Part":0,"Kind":"record","Required":true,"Nullable":false,"Coerced":false,"Default":null,"Email":false,"OneOf":null,"Min":null,"Max":null,"Elem":{"Name":"","Part":0,"Kind":"string","Required":false,"Nullable":false,"Coerced":false,"Default":null,` + rest + `,"Fields":null,"Strict":false}`,
		`body {"Name":"meta","Part":0,"Kind":"record","Required":false,"Nullable":false,"Coerced":false,"Default":null,` + rest,
		`body {"Name":"any","Part":0,"Kind":"any","Required":true,"Nullable":true,"Coerced":false,"Default":null,` + rest,
		`body {"Name":"nested","Part":0,"Kind":"object","Required":false,"Nullable":false,"Coerced":false,"Default":null,"Email":false,"OneOf":null,"Min":null,"Max":null,"Elem":null,"Fields":[{"Name":"b","Part":0,"Kind":"string","Required":true,"Nullable":false,"Coerced":false,"Default":null,` + rest + `],"Strict":true}`,
		`body {"Name":"self","Part":0,"Kind":"any","Required":true,"Nullable":false,"Coerced":false,"Default":null,` + rest,
		`query {"Name":"limit","Part":1,"Kind":"integer","Required":false,"Nullable":false,"Coerced":true,"Default":null,"Email":false,"OneOf":null,"Min":0,"Max":100,"Elem":null,"Fields":null,"Strict":false}`,
		`path {"Name":"token","Part":2,"Kind":"string","Required":true,"Nullable":false,"Coerced":false,"Default":null,` + rest,
	}
	if len(got) != len(want) {
		t.Fatalf("got %d fields, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("field %d:\ngot  %s\nwant %s", i, got[i], want[i])
		}
	}
}

func TestPlanFlags(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zero any
		// body, required, query, strict, extra
		want [5]bool
	}{
		{struct{}{}, [5]bool{}},
		{one[string]{}, [5]bool{true, true, false, false, false}},
		{struct {
			_ struct{} `wire:"optional-body"`
			A string   `json:"a"`
		}{}, [5]bool{true, false, false, false, false}},
		{struct {
			_ struct{} `wire:"strict,optional-body"`
		}{}, [5]bool{true, false, false, true, false}},
		{onlyExtras{}, [5]bool{true, true, false, false, true}},
		{paging{}, [5]bool{false, false, true, false, false}},
		{struct {
			_ struct{} `wire:"strict-query"`
		}{}, [5]bool{false, false, true, false, false}},
	} {
		p := compile(t, c.zero)
		got := [5]bool{p.HasBody(), p.BodyRequired(), p.HasQuery(), p.StrictBody(), p.ExtraBody()}
		if got != c.want {
			t.Errorf("%T: got %v, want %v", c.zero, got, c.want)
		}
	}
}
