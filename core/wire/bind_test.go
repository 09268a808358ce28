package wire_test

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/wire"
)

// reader takes a string or a list of strings, as roles do in some endpoints. "never" is refused wherever it comes from.
type reader []string

func (r *reader) ReadJSON(v any) string {
	switch v := v.(type) {
	case string:
		*r = reader{v}
		return ""
	case []any:
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return "Invalid input"
			}
			*r = append(*r, s)
		}
		return ""
	}
	return "Invalid input"
}

func (r *reader) CheckJSON() string {
	for _, s := range *r {
		if s == "never" {
			return "never is not allowed"
		}
	}
	return ""
}

// params may not have a member called state.
type params map[string]string

func (p params) CheckJSON() string {
	if _, ok := p["state"]; ok {
		return "params cannot include state"
	}
	return ""
}

func body(t testing.TB, text string) wire.Source {
	return wire.Source{Body: parse(t, text), HasBody: true}
}

func bind(t testing.TB, dst any, src wire.Source) (*wire.Plan, wire.Problems) {
	t.Helper()
	plan := compile(t, reflect.ValueOf(dst).Elem().Interface())
	return plan, plan.Bind(dst, src)
}

func message(t testing.TB, dst any, src wire.Source) string {
	t.Helper()
	plan, problems := bind(t, dst, src)
	return plan.Check(dst, problems).Message()
}

func TestBindEverySource(t *testing.T) {
	t.Parallel()
	var in described
	src := body(t, `{"email":"a@b.co","name":"N","logo":null,"remember":false,"role":"admin","scopes":["read"],"seen":"2024-01-02T03:04:05Z","data":{"k":"v"},
		"any":[1],"nested":{"b":"x"},"Untagged":"no","Hidden":"no","-":"no","untagged":"no","self":"me","token":"no","limit":5,"z":1,"y":{"deep":true},"__proto__":{"a":1}}`)
	src.Query = url.Values{"limit": {"7"}, "email": {"no"}}
	src.Params = func(name string) string { return "param " + name }
	if got := message(t, &in, src); got != "" {
		t.Fatalf("got issues %s, want none", got)
	}
	rest, err := wire.Append(nil, in.Rest)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintln(in.Email, *in.Name, in.Logo.IsNull(), in.Remember, in.Count, in.Role, in.Scopes, in.Seen, in.Data, in.Meta.Len(), in.Any, in.Nested.B, in.Hidden, in.Untagged, in.Self, *in.Limit, in.Token, string(rest))
	want := fmt.Sprintln("a@b.co", "N", true, false, 3, "admin", "[read]", time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC), "map[k:v]", 0, "[1]", "x", "", "", "[me]", 7, "param token",
		`{"Untagged":"no","Hidden":"no","-":"no","untagged":"no","token":"no","limit":5,"z":1,"y":{"deep":true}}`)
	if got != want {
		t.Errorf("\ngot  %swant %s", got, want)
	}
}

func TestExtraMembersInAMap(t *testing.T) {
	t.Parallel()
	var in struct {
		A    string         `json:"a"`
		Rest map[string]any `json:",extra"`
	}
	if got := message(t, &in, body(t, `{"a":"x","b":1,"__proto__":2}`)); got != "" || in.A != "x" || len(in.Rest) != 1 || in.Rest["b"] != 1.0 {
		t.Errorf("got %q, %+v, want a and b", got, in)
	}
}

func TestBodyIsIgnoredWithoutFields(t *testing.T) {
	t.Parallel()
	for _, src := range []wire.Source{{}, body(t, "[]"), body(t, "null"), body(t, `{"a":1}`)} {
		var in struct {
			A *string `query:"a"`
		}
		if got := message(t, &in, src); got != "" || in.A != nil {
			t.Errorf("body %v: got %q, %v, want nothing", src.Body, got, in.A)
		}
	}
}

// TestQueryWaitsForBody: where something is wrong with the body, the contract does not look at the query.
func TestQueryWaitsForBody(t *testing.T) {
	t.Parallel()
	type input struct {
		Q string `query:"q"`
		B string `json:"b" check:"min=1"`
	}
	for text, want := range map[string]string{
		`{}`:        "[body.b] Invalid input: expected string, received undefined",
		`{"b":""}`:  "[body.b] Too small: expected string to have >=1 characters",
		`{"b":"x"}`: "[query.q] Invalid input: expected string, received undefined",
	} {
		if got := message(t, new(input), body(t, text)); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	type input struct {
		A time.Time  `json:"a"`
		B *time.Time `json:"b"`
	}
	for text, want := range map[string]string{
		`{"a":"2024-01-02"}`:       "",
		`{"a":"soon"}`:             "[body.a] Invalid input: expected date, received string",
		`{"a":5}`:                  "[body.a] Invalid input: expected date, received number",
		`{}`:                       "[body.a] Invalid input: expected date, received undefined",
		`{"a":"2024-01-02","b":1}`: "[body.b] Invalid input: expected date, received number",
	} {
		if got := message(t, new(input), body(t, text)); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestFieldsThatReadAndCheckThemselves(t *testing.T) {
	t.Parallel()
	type input struct {
		Role   reader           `json:"role"`
		More   *reader          `json:"more"`
		Null   wire.Opt[reader] `json:"null"`
		Each   []reader         `json:"each" optional:"true"`
		Params params           `json:"params" optional:"true"`
	}
	for text, want := range map[string]string{
		`{"role":"a"}`: "",
		`{"role":["a","b"],"more":"c","null":null,"each":["a",["b"]],"params":{"x":"y"}}`: "",
		`{}`:                                  "[body.role] Invalid input",
		`{"role":null}`:                       "[body.role] Invalid input",
		`{"role":"a","more":null}`:            "[body.more] Invalid input",
		`{"role":["a",1]}`:                    "[body.role] Invalid input",
		`{"role":"never"}`:                    "[body.role] never is not allowed",
		`{"role":"a","more":["never"]}`:       "[body.more] never is not allowed",
		`{"role":"a","null":"never"}`:         "[body.null] never is not allowed",
		`{"role":"a","each":["never",1]}`:     "[body.each.0] never is not allowed; [body.each.1] Invalid input",
		`{"role":"a","each":["x","never"]}`:   "[body.each.1] never is not allowed",
		`{"role":"a","params":{"state":"y"}}`: "[body.params] params cannot include state",
		`{"role":"a","params":{"state":1}}`:   "[body.params.state] Invalid input: expected string, received number",
	} {
		if got := message(t, new(input), body(t, text)); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	plan := compile(t, input{})
	in := input{Role: reader{"never"}, Params: params{"state": ""}}
	if got, want := plan.CheckTyped(&in).Message(), "[body.role] never is not allowed; [body.params] params cannot include state"; got != want {
		t.Errorf("typed: got %q, want %q", got, want)
	}
}

// either is zod's union of two strict objects.
type either struct {
	_         struct{} `wire:"strict"`
	AccountID *string  `json:"accountId"`
	UseCookie *bool    `json:"useAccountCookie"`
}

func (e *either) Refine(found wire.Issues) wire.Issues {
	if len(found) == 0 && (e.AccountID != nil) != (e.UseCookie != nil && *e.UseCookie) {
		return nil
	}
	return wire.Issues{{Part: wire.InBody, Message: "Invalid input"}}
}

func TestRefine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"accountId":"x"}`:          "",
		`{"useAccountCookie":true}`:  "",
		`{}`:                         "[body] Invalid input",
		`[]`:                         "[body] Invalid input",
		`{"useAccountCookie":false}`: "[body] Invalid input",
		`{"accountId":1}`:            "[body] Invalid input",
		`{"accountId":"x","z":1}`:    "[body] Invalid input",
		`{"accountId":"x","useAccountCookie":true}`: "[body] Invalid input",
	} {
		if got := message(t, new(either), body(t, text)); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	if got := compile(t, either{}).CheckTyped(new(either)).Message(); got != "[body] Invalid input" {
		t.Errorf("typed: got %q, want the same", got)
	}
}

type repaired struct {
	Email string           `json:"email" check:"email"`
	Name  string           `json:"name" check:"min=2"`
	Keep  bool             `json:"keep" default:"true"`
	List  []string         `json:"list" optional:"true" check:"max=3"`
	Map   map[string]int   `json:"map" optional:"true"`
	Logo  wire.Opt[string] `json:"logo"`
	Inner *struct {
		_ struct{} `wire:"strict"`
		A string   `json:"a"`
		B string   `json:"b" check:"min=1"`
	} `json:"inner"`
}

// TestHooksRepair changes the input between Bind and Check.
func TestHooksRepair(t *testing.T) {
	t.Parallel()
	const missing = "Invalid input: expected string, received undefined"
	for _, c := range []struct {
		name, text string
		hook       func(*repaired)
		want       string
	}{
		{"a missing field", `{"name":"xx"}`, func(in *repaired) { in.Email = "a@b.co" }, ""},
		{"with a value that does not hold", `{"name":"xx"}`, func(in *repaired) { in.Email = "a" }, "[body.email] Invalid email address"},
		{"one of two", `{}`, func(in *repaired) { in.Email = "a@b.co" }, "[body.name] " + missing},
		{"none", `{"email":5}`, func(in *repaired) {}, "[body.email] Invalid input: expected string, received number; [body.name] " + missing},
		{"a constraint", `{"email":"a","name":"x"}`, func(in *repaired) { in.Email, in.Name = "a@b.co", "xx" }, ""},
		{"breaks a constraint", `{"email":"a@b.co","name":"xx"}`, func(in *repaired) { in.Name = "x" }, "[body.name] Too small: expected string to have >=2 characters"},
		{"a list", `{"email":"a@b.co","name":"xx","list":["a",1]}`, func(in *repaired) {
			if in.List != nil {
				in.Name = ""
			}
			in.List = []string{"b"}
		}, ""},
		{"too long a list", `{"email":"a@b.co","name":"xx"}`, func(in *repaired) { in.List = make([]string, 4) }, "[body.list] Too big: expected array to have <=3 items"},
		{"no list", `{"email":"a@b.co","name":"xx","list":["a",1]}`, func(in *repaired) {}, "[body.list.1] Invalid input: expected string, received number"},
		{"no map", `{"email":"a@b.co","name":"xx","map":{"a":1,"b":"c"}}`, func(in *repaired) {}, "[body.map.b] Invalid input: expected number, received string"},
		{"an opt with null", `{"email":"a@b.co","name":"xx","logo":1}`, func(in *repaired) { in.Logo = wire.Null[string]() }, ""},
		{"an opt", `{"email":"a@b.co","name":"xx","logo":1}`, func(in *repaired) {}, "[body.logo] Invalid input: expected string, received number"},
		{"inside", `{"email":"a@b.co","name":"xx","inner":{"a":"x"}}`, func(in *repaired) { in.Inner.B = "y" }, ""},
		{"not inside", `{"email":"a@b.co","name":"xx","inner":{"b":""}}`, func(in *repaired) {}, "[body.inner.a] " + missing + "; [body.inner.b] Too small: expected string to have >=1 characters"},
		{"takes it away", `{"email":"a@b.co","name":"xx","inner":{"z":1}}`, func(in *repaired) { in.Inner = nil }, ""},
		{"unknown members stay", `{"email":"a@b.co","name":"xx","inner":{"z":1}}`, func(in *repaired) { in.Inner.A, in.Inner.B = "x", "y" }, `[body.inner] Unrecognized key: "z"`},
		{"a body that is none", "[]", func(in *repaired) { in.Email, in.Name = "a@b.co", "xx" }, ""},
		{"half a body that is none", "[]", func(in *repaired) { in.Email = "a@b.co" }, "[body.name] " + missing},
		{"a default does not make a body", "5", func(in *repaired) { in.Keep = true }, "[body] Invalid input: expected object, received number"},
	} {
		var in repaired
		plan, problems := bind(t, &in, body(t, c.text))
		c.hook(&in)
		for range 2 { // the second time with the same problems
			if got := plan.Check(&in, problems).Message(); got != c.want {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
		}
	}
}

func TestBindIsLenient(t *testing.T) {
	t.Parallel()
	var in repaired
	bind(t, &in, body(t, `{"email":5,"name":"xx","list":[1],"logo":"l","inner":{"a":"x","b":null}}`))
	if in.Email != "" || in.Name != "xx" || !in.Keep || in.List != nil || in.Inner == nil || in.Inner.A != "x" {
		t.Errorf("got %+v (inner %+v), want all that fits", in, in.Inner)
	}
	if got, ok := in.Logo.Get(); got != "l" || !ok {
		t.Errorf("logo: got %q, %v, want l", got, ok)
	}
}

func TestOptionalBodyWithHooks(t *testing.T) {
	t.Parallel()
	type input struct {
		_ struct{} `wire:"optional-body"`
		A string   `json:"a" check:"min=2"`
		B string   `json:"b"`
	}
	plan := compile(t, input{})
	for _, c := range []struct {
		a, want string
	}{
		{"", ""},
		{"x", "[body.a] Too small: expected string to have >=2 characters; [body.b] Invalid input: expected string, received undefined"},
	} {
		var in input
		problems := plan.Bind(&in, wire.Source{})
		in.A = c.a
		if got := plan.Check(&in, problems).Message(); got != c.want {
			t.Errorf("a = %q: got %q, want %q", c.a, got, c.want)
		}
	}
}

func TestCheckTyped(t *testing.T) {
	t.Parallel()
	plan := compile(t, described{})
	for _, c := range []struct {
		in   described
		want string
	}{
		{described{Email: "a@b.co"}, ""},
		{described{}, "[body.email] Invalid email address"},
		{described{Email: "a@b.co", Name: new(string), Role: "king", Scopes: []string{"x"}},
			`[body.name] Too small: expected string to have >=1 characters; [body.role] Invalid option: expected one of "user"|"admin"; [body.scopes.0] Too small: expected string to have >=2 characters`},
		{described{Email: "a@b.co", paging: paging{Limit: ptr(101)}}, "[query.limit] Too big: expected number to be <=100"},
		{described{Email: "a@b.co", Scopes: []string{}}, "[body.scopes] Too small: expected array to have >=1 items"},
	} {
		if got := plan.CheckTyped(&c.in).Message(); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.in, got, c.want)
		}
	}
}

// TestExtraMembersMakeABody: a hook may give an endpoint the body that the request did not bring.
func TestExtraMembersMakeABody(t *testing.T) {
	t.Parallel()
	const none = "[body] Invalid input: expected record, received undefined"
	var object onlyExtras
	plan, problems := bind(t, &object, wire.Source{})
	if got := plan.Check(&object, problems).Message(); got != none {
		t.Errorf("object: got %q, want %q", got, none)
	}
	object.Rest.Set("a", 1.0)
	if got := plan.Check(&object, problems).Message(); got != "" {
		t.Errorf("object with a member: got %q, want nothing", got)
	}
	var m struct {
		Rest map[string]any `json:",extra"`
	}
	plan, problems = bind(t, &m, wire.Source{})
	if got := plan.Check(&m, problems).Message(); got != none {
		t.Errorf("map: got %q, want %q", got, none)
	}
	m.Rest["a"] = 1.0
	if got := plan.Check(&m, problems).Message(); got != "" {
		t.Errorf("map with a member: got %q, want nothing", got)
	}
}

// TestTypedElements: also inside of a list, a field with a default may be left out by a Go program.
func TestTypedElements(t *testing.T) {
	t.Parallel()
	var in struct {
		A []struct {
			Role string `json:"role" default:"user" check:"oneof=user admin"`
		} `json:"a"`
	}
	plan, problems := bind(t, &in, body(t, `{"a":[{}]}`))
	if got := plan.Check(&in, problems).Message(); got != "" || in.A[0].Role != "user" {
		t.Errorf("bound: got %q, %q, want the default", got, in.A[0].Role)
	}
	in.A[0].Role = ""
	if got := plan.CheckTyped(&in).Message(); got != "" {
		t.Errorf("typed: got %q, want nothing", got)
	}
}

func TestConstraintsInsideOfMaps(t *testing.T) {
	t.Parallel()
	var in struct {
		A map[string]string `json:"a" check:"each,email"`
	}
	want := "[body.a.x] Invalid email address; [body.a.y] Invalid email address"
	if got := message(t, &in, body(t, `{"a":{"y":"1","ok":"a@b.co","x":"2"}}`)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestIssuesAreBounded keeps the answer to a body of wrong elements small.
func TestIssuesAreBounded(t *testing.T) {
	t.Parallel()
	const n = 50_000
	wrong := "[" + strings.Repeat("1,", n) + "1]"
	for name, in := range map[string]any{
		"list":            new(one[[]string]),
		"list of objects": new(one[[]withB]),
		"list of lists":   new(one[[][]string]),
		"list with a check": &struct {
			A []string `json:"a" check:"each,min=2"`
		}{},
	} {
		text := `{"a":` + wrong + `}`
		if name == "list of lists" {
			text = `{"a":[` + wrong + `]}`
		}
		if name == "list with a check" {
			text = strings.ReplaceAll(text, "1", `"1"`)
		}
		plan, problems := bind(t, in, body(t, text))
		if got := len(plan.Check(in, problems)); got == 0 || got > 70 {
			t.Errorf("%s: got %d issues, want some, and not many", name, got)
		}
	}
	var members strings.Builder
	for i := range n {
		members.WriteString(`,"k` + strconv.Itoa(i) + `":1`)
	}
	in := new(strictB)
	if got := len(message(t, in, body(t, `{"b":"x"`+members.String()+`}`))); got == 0 || got > 2000 {
		t.Errorf("unknown members: got a message of %d bytes, want a short one", got)
	}
}

func TestIssuesMessage(t *testing.T) {
	t.Parallel()
	issues := wire.Issues{{Part: wire.InBody, Message: "m"}, {Part: wire.InQuery, Path: "a.0", Message: "n"}}
	if got, want := issues.Message(), "[body] m; [query.a.0] n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (wire.Issues)(nil).Message(); got != "" {
		t.Errorf("no issues: got %q, want nothing", got)
	}
}

// TestWrongTargetPanics: a plan given another type is a mistake in the program that must not go unnoticed.
func TestWrongTargetPanics(t *testing.T) {
	t.Parallel()
	plan := compile(t, withB{})
	for _, dst := range []any{nil, withB{}, &strictB{}, (*withB)(nil), new(string)} {
		err := func() (err error) {
			defer func() {
				if v := recover(); v != nil {
					err = errors.New(fmt.Sprint(v))
				}
			}()
			plan.Bind(dst, wire.Source{})
			return nil
		}()
		if err == nil || !strings.Contains(err.Error(), "wire_test.withB was given") {
			t.Errorf("%T: got %v, want a panic that names the types", dst, err)
		}
	}
}
