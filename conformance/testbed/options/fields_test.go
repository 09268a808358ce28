package options

import (
	"reflect"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
)

// TestDecodeRateLimitNames: the table has names only where it is used.
func TestDecodeRateLimitNames(t *testing.T) {
	t.Parallel()
	const names = `"modelName":"limits","fields":{"key":"who"}`
	got := mustDecode(t, `{"rateLimit":{"storage":"database",`+names+`}}`).Rename
	if want := []schema.Rename{{Table: "rateLimit", SQLName: "limits", Columns: map[string]string{"key": "who"}}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := mustDecode(t, `{"rateLimit":{`+names+`}}`).Rename; got != nil {
		t.Errorf("without the table: got %+v", got)
	}
}

func TestTableNames(t *testing.T) {
	t.Parallel()
	got := mustDecode(t, `{"user":{"modelName":"people","fields":{"email":"mail","name":""}},"session":{"fields":{"token":"secret"}},
		"account":{"modelName":""},"verification":{"modelName":"proofs"}}`).Rename
	want := []schema.Rename{
		{Table: "user", SQLName: "people", Columns: map[string]string{"email": "mail"}},
		{Table: "session", Columns: map[string]string{"token": "secret"}},
		{Table: "verification", SQLName: "proofs"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// field decodes one additional field.
func field(t *testing.T, text string) schema.Column {
	t.Helper()
	s := mustDecode(t, `{"user":{"additionalFields":{"f":`+text+`}}}`).Schema
	if len(s) != 1 || s[0].Table != "user" || len(s[0].Columns) != 1 || s[0].Columns[0].Name != "f" {
		t.Fatalf("%s: got %+v", text, s)
	}
	return s[0].Columns[0]
}

func TestAdditionalFields(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]schema.Column{
		`{"type":"string","required":true}`:                   {Kind: schema.String, Required: true},
		`{"type":"boolean","required":false}`:                 {Kind: schema.Boolean},
		`{"type":"number","required":false,"bigint":true}`:    {Kind: schema.Number, BigInt: true},
		`{"type":"json","required":false,"fieldName":"x"}`:    {Kind: schema.JSON, SQLName: "x"},
		`{"type":"string[]","required":false,"index":true}`:   {Kind: schema.StringArray, Index: true},
		`{"type":"number[]","required":false}`:                {Kind: schema.NumberArray},
		`{"type":["a","b"],"required":false,"sortable":true}`: {Kind: schema.String, Enum: []string{"a", "b"}, Sortable: true},
		`{"type":"date","required":false,"unique":true}`:      {Kind: schema.Date, Unique: true},
		`{"type":"string","required":false,"references":{"model":"user","field":"id","onDelete":"set null"}}`: {Kind: schema.String,
			References: &schema.Reference{Table: "user", Column: "id", OnDelete: schema.SetNull}},
	} {
		want.Name, want.Returned, want.Input = "f", true, true
		if got := field(t, text); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", text, got, want)
		}
	}
	if c := field(t, `{"type":"string","returned":false,"input":false,"required":false}`); c.Returned || c.Input {
		t.Errorf("got %+v", c)
	}
}

func TestDefaultValues(t *testing.T) {
	t.Parallel()
	date := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]any{
		`{"type":"string","defaultValue":"x"}`:                      "x",
		`{"type":"number","defaultValue":5}`:                        int64(5),
		`{"type":"boolean","defaultValue":false}`:                   false,
		`{"type":"string[]","defaultValue":["a"]}`:                  []string{"a"},
		`{"type":"date","defaultValue":"2026-01-02T03:04:05.000Z"}`: date,
		`{"type":"number","defaultValue":{"$const":7}}`:             int64(7),
		`{"type":"string"}`:                                         nil, // required in the database only
	} {
		c := field(t, text)
		if c.Default == nil || !reflect.DeepEqual(c.Default(date), want) {
			t.Errorf("%s: got another default than %v", text, want)
		}
	}
	if c := field(t, `{"type":"string","required":true}`); c.Default != nil {
		t.Error("a default where there is none")
	}
}

func TestFieldFunctions(t *testing.T) {
	t.Parallel()
	c := field(t, `{"type":"string","transform":{"input":{"$const":"in"},"output":{"$const":"out"}},
		"validator":{"input":{"~standard":{"version":1,"vendor":"test","validate":{"$const":{"value":"valid"}}}}}}`)
	in, inErr := c.Transform.Input("x")
	out, outErr := c.Transform.Output("x")
	valid, err := c.Validate("x")
	if in != "in" || out != "out" || valid != "valid" || inErr != nil || outErr != nil || err != nil {
		t.Errorf("got %v, %v, %v; %v, %v, %v", in, out, valid, inErr, outErr, err)
	}
	for result, want := range map[string]string{
		`{"issues":[{"message":"no"},{"message":"never"}]}`: "no", `{"issues":[]}`: "", `{"issues":[{}]}`: "", `5`: "a validator returned float64",
	} {
		c := field(t, `{"type":"string","validator":{"input":{"~standard":{"validate":{"$const":`+result+`}}}}}`)
		if _, err := c.Validate("x"); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %q", result, err, want)
		}
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]core.IDConfig{
		`{"database":{"generateId":"uuid"}}`:   {Kind: schema.UUIDs},
		`{"database":{"generateId":"serial"}}`: {Kind: schema.SerialIDs},
		`{"database":{"generateId":false}}`:    {Database: true},
	} {
		if got := mustDecode(t, `{"advanced":`+text+`}`).IDs; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
	}
	for text, want := range map[string]string{
		`{"database":{"generateId":{"$const":"a"}}}`:                           "a",
		`{"database":{"generateId":{"$const":false}}}`:                         "",
		`{"database":{"generateId":{"$const":"a"}},"generateId":{"$const":1}}`: "",
		`{"generateId":{"$const":"legacy"}}`:                                   "legacy",
	} {
		c := mustDecode(t, `{"advanced":`+text+`}`).IDs
		if c.Generate == nil || c.Generate("user") != want {
			t.Errorf("%s: got %+v", text, c)
		}
	}
	if got := mustDecode(t, `{"advanced":{"database":{"defaultFindManyLimit":5,"joins":true,"validateSchema":false}}}`); got.ListLimit != 5 {
		t.Errorf("got %d", got.ListLimit)
	}
}

func TestFieldsThatAreWrong(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"user":{"additionalFields":{"f":{}}}}`, `{"user":{"additionalFields":{"f":"string"}}}`, `{"user":{"modelName":5}}`,
		`{"user":{"additionalFields":{"f":{"type":"bytes"}}}}`, `{"user":{"additionalFields":{"f":{"type":"string","nope":1}}}}`,
		`{"user":{"additionalFields":{"f":{"type":"date","defaultValue":"yesterday"}}}}`,
		`{"advanced":{"database":{"generateId":"ulid"}}}`, `{"advanced":{"database":{"generateId":true}}}`, `{"user":{"fields":{"email":1}}}`,
	} {
		if _, err := decode(t, `{"options":`+text+`}`, standard()); err == nil {
			t.Errorf("%s: got no error", text)
		}
	}
}
