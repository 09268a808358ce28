package wire_test

import (
	"encoding/json"
	"net/url"
	"os"
	"reflect"
	"testing"

	"github.com/cardea-auth/cardea/core/wire"
)

// zodTable is testdata/zod.json, which testdata/zod.mjs writes.
type zodTable struct {
	Cases []struct {
		Schema  string  `json:"schema"`
		Body    *string `json:"body"`
		Query   *string `json:"query"`
		Message string  `json:"message"`
		Output  *string `json:"output"`
	} `json:"cases"`
	Emails map[string]bool `json:"emails"`
}

func readZod(t *testing.T) zodTable {
	t.Helper()
	data, err := os.ReadFile("testdata/zod.json")
	if err != nil {
		t.Fatal(err)
	}
	var table zodTable
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	return table
}

// one is an input with a single member a. It is how most of the schemas are written down here.
type one[T any] struct {
	A T `json:"a"`
}

type opt[T any] struct {
	A *T `json:"a,omitempty"`
}

type withB struct {
	B string `json:"b"`
}

type strictB struct {
	_ struct{} `wire:"strict"`
	B string   `json:"b"`
}

// extras is for inputs that also take the members they do not know.
type extras struct {
	A    string       `json:"a"`
	B    *string      `json:"b"`
	Rest *wire.Object `json:",extra"`
}

func (e *extras) AppendJSON(dst []byte) ([]byte, error) {
	o := wire.NewObject()
	o.Set("a", e.A)
	if e.B != nil {
		o.Set("b", *e.B)
	}
	for k, v := range e.Rest.All() {
		o.Set(k, v)
	}
	return wire.Append(dst, o)
}

type onlyExtras struct {
	Rest *wire.Object `json:",extra"`
}

func (e *onlyExtras) AppendJSON(dst []byte) ([]byte, error) { return wire.Append(dst, e.Rest) }

// zodBodies are the schemas of zod.mjs as structs.
var zodBodies = map[string]any{
	"string":  one[string]{},
	"boolean": one[bool]{},
	"number":  one[float64]{},
	"int":     one[int64]{},
	"two": struct {
		A string  `json:"a"`
		B float64 `json:"b"`
	}{},
	"intBounds": struct {
		A int `json:"a" check:"min=1,max=5"`
	}{},
	"numberBounds": struct {
		A float64 `json:"a" check:"min=-1.5,max=1e21"`
	}{},
	"stringBounds": struct {
		A string `json:"a" check:"min=2,max=3"`
	}{},
	"password": struct {
		A string `json:"a" check:"min=1"`
	}{},
	"email": struct {
		A string `json:"a" check:"email"`
	}{},
	"emailMin": struct {
		A string `json:"a" check:"email,min=8"`
	}{},
	"minEmail": struct {
		A string `json:"a" check:"min=8,email"`
	}{},
	"maxEmail": struct {
		A string `json:"a" check:"max=1,email"`
	}{},
	"message": struct {
		A string `json:"a" check:"min=2" message:"too short"`
	}{},
	"list": one[[]string]{},
	"listOptional": struct {
		A []string `json:"a,omitempty" optional:"true"`
	}{},
	"listBounds": struct {
		A []string `json:"a" check:"min=2,max=3,each,min=2"`
	}{},
	"listEmail": struct {
		A []string `json:"a" check:"min=3,each,email"`
	}{},
	"listAny":    one[[]any]{},
	"listNumber": one[[]float64]{},
	"listList":   one[[][]string]{},
	"listObject": one[[]struct {
		B string   `json:"b"`
		C *float64 `json:"c,omitempty"`
	}]{},
	"listStrict": one[[]strictB]{},
	"listObjectMin": struct {
		A []withB `json:"a" check:"min=3"`
	}{},
	"listEnum": struct {
		A []string `json:"a" check:"each,oneof=x y"`
	}{},
	"nested": one[withB]{},
	"nestedOptional": opt[struct {
		B string `json:"b"`
		C *struct {
			D string `json:"d"`
		} `json:"c,omitempty"`
	}]{},
	"nestedNullable": one[wire.Opt[withB]]{},
	"nestedChecks": one[struct {
		B *string `json:"b,omitempty" check:"min=1"`
		C string  `json:"c" check:"email"`
	}]{},
	"nestedStrict": struct {
		A strictB `json:"a"`
		C string  `json:"c"`
	}{},
	"oneof": struct {
		A string `json:"a" check:"oneof=x y"`
	}{},
	"oneofOptional": struct {
		A *string `json:"a,omitempty" check:"oneof=x y"`
	}{},
	"oneofDefault": struct {
		A string `json:"a" check:"oneof=x y" default:"x"`
	}{},
	"literal": struct {
		A string `json:"a" check:"oneof=x"`
	}{},
	"record":       one[*wire.Object]{},
	"recordString": one[map[string]string]{},
	"recordList":   one[map[string][]string]{},
	"recordObject": one[map[string]withB]{},
	"any":          one[any]{},
	"anyOptional": struct {
		A any `json:"a,omitempty" optional:"true"`
	}{},
	"optional": opt[string]{},
	"optionalChecks": struct {
		A string `json:"a,omitempty" check:"min=1" optional:"true"`
	}{},
	"nullish": struct {
		A wire.Opt[string] `json:"a" check:"min=1"`
	}{},
	"defaultTrue": struct {
		A bool `json:"a" default:"true"`
	}{},
	"coerceString": struct {
		A string `json:"a" coerce:"true"`
	}{},
	"coerceStringOptional": struct {
		A *string `json:"a,omitempty" coerce:"true"`
	}{},
	"coerceStringMessage": struct {
		A string `json:"a" coerce:"true" check:"min=1" message:"cannot be empty"`
	}{},
	"coerceBool": struct {
		A bool `json:"a" coerce:"true"`
	}{},
	"coerceBoolOptional": struct {
		A *bool `json:"a,omitempty" coerce:"true"`
	}{},
	"coerceNumber": struct {
		A float64 `json:"a" coerce:"true"`
	}{},
	"coerceInt": struct {
		A *int `json:"a,omitempty" coerce:"true" check:"min=0"`
	}{},
	"strict": struct {
		_ struct{} `wire:"strict"`
		A string   `json:"a"`
	}{},
	"strictEmpty": struct {
		_ struct{} `wire:"strict"`
	}{},
	"strictOrder": struct {
		_ struct{} `wire:"strict"`
		A string   `json:"a"`
		N struct {
			X string   `json:"x"`
			Y []string `json:"y"`
		} `json:"n"`
		B string `json:"b"`
	}{},
	"optionalBody": struct {
		_ struct{} `wire:"optional-body"`
		A string   `json:"a"`
		B *string  `json:"b,omitempty"`
	}{},
	"extra":      extras{},
	"recordBody": onlyExtras{},
	"signUp": struct {
		Name       string       `json:"name"`
		Email      string       `json:"email" check:"email"`
		Password   string       `json:"password" check:"min=1"`
		Image      *string      `json:"image,omitempty"`
		RememberMe *bool        `json:"rememberMe,omitempty"`
		Rest       *wire.Object `json:",extra"`
	}{},
	"socials": struct {
		Provider string `json:"provider"`
		IDToken  *struct {
			Token     string   `json:"token"`
			ExpiresAt *float64 `json:"expiresAt,omitempty"`
			User      *struct {
				Name *struct {
					FirstName *string `json:"firstName,omitempty"`
				} `json:"name,omitempty"`
			} `json:"user,omitempty"`
		} `json:"idToken,omitempty"`
		Scopes []string `json:"scopes,omitempty" optional:"true"`
	}{},
}

var zodQueries = map[string]any{
	"string": struct {
		A string `query:"a"`
	}{},
	"number": struct {
		A float64 `query:"a"`
	}{},
	"list": struct {
		A []string `query:"a"`
	}{},
	"oneofOptional": struct {
		A *string `query:"a" check:"oneof=x y"`
	}{},
	"coerceBoolOptional": struct {
		A *bool `query:"a" coerce:"true"`
	}{},
	"coerceInt": struct {
		A *int `query:"a" coerce:"true" check:"min=0"`
	}{},
	"strict": struct {
		_ struct{} `wire:"strict-query"`
		A string   `query:"a"`
	}{},
}

// TestZod replays what the real zod answered.
func TestZod(t *testing.T) {
	t.Parallel()
	table := readZod(t)
	if len(table.Cases) < 400 {
		t.Fatalf("got %d cases, want the whole table", len(table.Cases))
	}
	for _, c := range table.Cases {
		var src wire.Source
		schemas, input := zodBodies, "no body"
		if c.Query != nil {
			schemas, input = zodQueries, *c.Query
			query, err := url.ParseQuery(*c.Query)
			if err != nil {
				t.Fatal(err)
			}
			src.Query = query
		} else if c.Body != nil {
			input = *c.Body
			src.Body, src.HasBody = parse(t, *c.Body), true
		}
		schema, ok := schemas[c.Schema]
		if !ok {
			t.Errorf("schema %q of the table has no struct", c.Schema)
			continue
		}
		plan := compile(t, schema)
		dst := reflect.New(reflect.TypeOf(schema))
		got := plan.Check(dst.Interface(), plan.Bind(dst.Interface(), src)).Message()
		if got != c.Message {
			t.Errorf("%s, %s: got message\n\t%s\nwant\n\t%s", c.Schema, input, got, c.Message)
		}
		if c.Output == nil || c.Schema == "signUp" {
			continue
		}
		var value any = dst.Interface()
		if c.Query != nil {
			value = queryMembers(dst.Elem())
		}
		out, err := wire.Append(nil, value)
		if err != nil {
			t.Fatalf("%s, %s: %v", c.Schema, input, err)
		}
		if !same(parse(t, string(out)), parse(t, *c.Output)) {
			t.Errorf("%s, %s: got value %s, want %s", c.Schema, input, out, *c.Output)
		}
	}
}

// queryMembers returns the query fields of a struct that are there.
func queryMembers(v reflect.Value) *wire.Object {
	o := wire.NewObject()
	for i := range v.NumField() {
		f := v.Field(i)
		name := v.Type().Field(i).Tag.Get("query")
		if name != "" && (f.Kind() != reflect.Pointer || !f.IsNil()) {
			o.Set(name, f.Interface())
		}
	}
	return o
}

func TestIsEmail(t *testing.T) {
	t.Parallel()
	emails := readZod(t).Emails
	if len(emails) < 40 {
		t.Fatalf("got %d addresses, want the whole table", len(emails))
	}
	for address, want := range emails {
		if got := wire.IsEmail(address); got != want {
			t.Errorf("IsEmail(%q): got %v, want %v", address, got, want)
		}
	}
}

func parse(t testing.TB, text string) any {
	t.Helper()
	v, err := wire.Parse([]byte(text), wire.Limits{})
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return v
}

func compile(t testing.TB, zero any) *wire.Plan {
	t.Helper()
	plan, err := wire.Compile(reflect.TypeOf(zero))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// same compares parsed values; the order of members does not count.
func same(a, b any) bool {
	switch a := a.(type) {
	case *wire.Object:
		b, ok := b.(*wire.Object)
		if !ok || a.Len() != b.Len() {
			return false
		}
		for k, v := range a.All() {
			if w, ok := b.Get(k); !ok || !same(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	}
	return a == b
}
