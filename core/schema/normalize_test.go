package schema_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
)

// uuid is a value that a driver returns as a type of its own.
type uuid string

func (u uuid) String() string { return "uuid " + string(u) }

func TestNormalize(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 12, 34, 56, 789_000_000, time.UTC)
	whole := time.Date(2026, 11, 23, 12, 34, 56, 0, time.UTC)
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		kind     schema.Kind
		in, want any
	}{
		{schema.String, "text", "text"},
		{schema.String, "", ""},
		{schema.String, []byte("bytes"), "bytes"},
		{schema.String, int64(42), "42"},
		{schema.String, int32(-7), "-7"},
		{schema.String, 42, "42"},
		{schema.String, [16]byte{0: 0x01, 4: 0x23, 6: 0x45, 8: 0x67, 15: 0xff}, "01000000-2300-4500-6700-0000000000ff"},
		{schema.String, uuid("x"), "uuid x"},

		{schema.Boolean, true, true}, {schema.Boolean, false, false},
		{schema.Boolean, int64(1), true}, {schema.Boolean, int64(0), false}, {schema.Boolean, int64(2), false},
		{schema.Boolean, 1, true}, {schema.Boolean, 0, false}, {schema.Boolean, 1.0, true}, {schema.Boolean, 0.0, false},
		{schema.Boolean, "1", true}, {schema.Boolean, "t", true}, {schema.Boolean, "true", true}, {schema.Boolean, "TRUE", true},
		{schema.Boolean, "0", false}, {schema.Boolean, "f", false}, {schema.Boolean, "false", false}, {schema.Boolean, "FALSE", false},
		{schema.Boolean, "", false},
		{schema.Boolean, []byte{1}, true}, {schema.Boolean, []byte{0}, false}, {schema.Boolean, []byte("1"), true}, {schema.Boolean, []byte("f"), false},

		{schema.Number, int64(math.MaxInt64), int64(math.MaxInt64)}, {schema.Number, int64(math.MinInt64), int64(math.MinInt64)},
		{schema.Number, 7, int64(7)}, {schema.Number, int32(-7), int64(-7)},
		{schema.Number, 7.0, int64(7)}, {schema.Number, -float64(1 << 53), int64(-1 << 53)},
		{schema.Number, "7", int64(7)}, {schema.Number, "-7", int64(-7)}, {schema.Number, []byte("9223372036854775807"), int64(math.MaxInt64)},

		{schema.Date, at, at},
		{schema.Date, at.Add(999_999), at},
		{schema.Date, at.In(time.FixedZone("east", 19800)), at},
		{schema.Date, time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999_000_000, time.UTC)},
		{schema.Date, "2026-11-23T12:34:56.789Z", at},
		{schema.Date, "2026-11-23T12:34:56.789123456Z", at},
		{schema.Date, "2026-11-23T12:34:56Z", whole},
		{schema.Date, "2026-11-23T18:04:56.789+05:30", at},
		{schema.Date, "2026-11-23 12:34:56.789+00:00", at},
		{schema.Date, "2026-11-23 13:34:56.789+01", at},
		{schema.Date, "2026-11-23 12:34:56.789 +0000 UTC", at},
		{schema.Date, "2026-11-23 12:34:56.789", at},
		{schema.Date, "2026-11-23 12:34:56", whole},
		{schema.Date, "2026-11-23T12:34:56.789", at},
		{schema.Date, "2026-11-23", day},
		{schema.Date, []byte("2026-11-23 12:34:56.789"), at},
		{schema.Date, at.UnixMilli(), at},
		{schema.Date, whole.Unix(), whole},
		{schema.Date, float64(at.UnixMilli()), at},
		{schema.Date, "1795437296789", time.UnixMilli(1795437296789).UTC()},
		{schema.Date, "1795437296", time.Unix(1795437296, 0).UTC()},
		{schema.Date, int64(-86400), time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC)},
		{schema.Date, int64(-200_000_000_000), time.UnixMilli(-200_000_000_000).UTC()},

		{schema.JSON, `{"a":[1,"b",null,true]}`, map[string]any{"a": []any{1.0, "b", nil, true}}},
		{schema.JSON, []byte(`"text"`), "text"},
		{schema.JSON, `null`, nil},
		{schema.JSON, map[string]any{"a": 1.0}, map[string]any{"a": 1.0}},
		{schema.JSON, 1.5, 1.5},

		{schema.StringArray, `["a","b"]`, []string{"a", "b"}}, {schema.StringArray, []byte(`[]`), []string{}},
		{schema.StringArray, []string{"a"}, []string{"a"}}, {schema.StringArray, []any{"a"}, []string{"a"}}, {schema.StringArray, "null", nil},
		{schema.NumberArray, `[1,2.5]`, []float64{1, 2.5}}, {schema.NumberArray, []float64{1}, []float64{1}},
		{schema.NumberArray, []any{1.0}, []float64{1}}, {schema.NumberArray, []byte("null"), nil},
	} {
		col := &schema.Column{Name: "x", Kind: c.kind}
		got, err := col.Normalize(c.in)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: Normalize(%T(%v)): got %T(%v), %v, want %T(%v)", c.kind, c.in, c.in, got, got, err, c.want, c.want)
		}
	}
}

func TestNormalizeNil(t *testing.T) {
	t.Parallel()
	for k := schema.String; k <= schema.NumberArray; k++ {
		if got, err := (&schema.Column{Kind: k}).Normalize(nil); got != nil || err != nil {
			t.Errorf("%v: Normalize(nil): got %v, %v, want nil", k, got, err)
		}
	}
}

func TestNormalizeRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind schema.Kind
		in   any
	}{
		{schema.String, 1.5}, {schema.String, true}, {schema.String, []string{"a"}},
		{schema.Boolean, "yes"}, {schema.Boolean, "2"}, {schema.Boolean, []byte{2}}, {schema.Boolean, time.Time{}},
		{schema.Number, 1.5}, {schema.Number, math.NaN()}, {schema.Number, math.Inf(1)}, {schema.Number, 1e300}, {schema.Number, "x"},
		{schema.Number, ""}, {schema.Number, "1.5"}, {schema.Number, "9223372036854775808"}, {schema.Number, []byte("0x10")}, {schema.Number, true},
		{schema.Date, ""}, {schema.Date, "yesterday"}, {schema.Date, "2026-13-01"}, {schema.Date, "2026-02-30T00:00:00Z"}, {schema.Date, true},
		{schema.JSON, ""}, {schema.JSON, "{"}, {schema.JSON, `{} {}`}, {schema.JSON, []byte("text")},
		{schema.StringArray, `[1]`}, {schema.StringArray, `{"a":1}`}, {schema.StringArray, `"a"`}, {schema.StringArray, []any{"a", nil}}, {schema.StringArray, 7},
		{schema.NumberArray, `["a"]`}, {schema.NumberArray, []string{"1"}},
		{0, "x"},
	} {
		got, err := (&schema.Column{Name: "the-column", Kind: c.kind}).Normalize(c.in)
		if err == nil || got != nil || !strings.Contains(err.Error(), "the-column") {
			t.Errorf("%v: Normalize(%T(%v)): got %v, %v, want nil and an error that names the column", c.kind, c.in, c.in, got, err)
		}
	}
}

func TestNormalizeRecord(t *testing.T) {
	t.Parallel()
	s, err := schema.Merge(source("a", table("x", text("name"), schema.Column{Name: "on", Kind: schema.Boolean})))
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]any{"id": int64(7), "name": []byte("n"), "on": int64(1), "nobody": "x"}
	got, err := s.Table("x").NormalizeRecord(in)
	if want := map[string]any{"id": "7", "name": "n", "on": true}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("NormalizeRecord(%v): got %v, %v, want %v", in, got, err, want)
	}
	got, err = s.Table("x").NormalizeRecord(map[string]any{"name": nil})
	if want := map[string]any{"name": nil}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("NormalizeRecord with a null: got %v, %v, want %v", got, err, want)
	}
	if _, err := s.Table("x").NormalizeRecord(map[string]any{"on": "maybe"}); err == nil || !strings.Contains(err.Error(), `"x"`) {
		t.Errorf("NormalizeRecord of what cannot be read: got error %v, want one that names the table", err)
	}
}

func FuzzNormalizeDate(f *testing.F) {
	for _, s := range []string{
		"2026-11-23T12:34:56.789Z", "2026-11-23 12:34:56.789+01", "2026-11-23 12:34:56", "2026-11-23", "1795437296789", "-1",
		"2026-11-23 12:34:56.789 +0000 UTC", "0000-01-01", "9999-12-31T23:59:59.999999999Z", "", "x", "+010000-01-01T00:00:00Z", "99999999999999999999",
	} {
		f.Add(s)
	}
	col := &schema.Column{Name: "at", Kind: schema.Date}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := col.Normalize(s)
		fromBytes, errBytes := col.Normalize([]byte(s))
		if (err == nil) != (errBytes == nil) || !reflect.DeepEqual(got, fromBytes) {
			t.Fatalf("Normalize(%q): got %v, %v as text and %v, %v as bytes, want the same", s, got, err, fromBytes, errBytes)
		}
		if err != nil {
			if got != nil || errors.Unwrap(err) == nil {
				t.Fatalf("Normalize(%q): got %v, %v, want nil and a wrapped error", s, got, err)
			}
			return
		}
		at := got.(time.Time)
		if at.Location() != time.UTC || at.Nanosecond()%1e6 != 0 {
			t.Fatalf("Normalize(%q): got %v, want UTC and whole milliseconds", s, at)
		}
		if y := at.Year(); y < 0 || y > 9999 {
			return // text cannot say it; only an epoch can
		}
		again, err := col.Normalize(at.Format("2006-01-02T15:04:05.000Z"))
		if err != nil || !again.(time.Time).Equal(at) {
			t.Fatalf("Normalize(%q) as text again: got %v, %v, want %v", s, again, err, at)
		}
	})
}
