package wire_test

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/cardea-auth/cardea/core/wire"
)

// pair is what goes in and what JavaScript makes of it.
type pair[In any] struct {
	in  In
	out *string
}

func (p *pair[In]) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&p.in, &p.out})
}

// jsTable is testdata/js.json, which testdata/js.mjs writes.
type jsTable struct {
	// Numbers have the bits of a float64 in hexadecimal.
	Numbers []pair[string] `json:"numbers"`
	// Strings are UTF-16.
	Strings []pair[[]uint16] `json:"strings"`
	Dates   []pair[string]   `json:"dates"`
	// Moments are milliseconds since 1970.
	Moments []pair[int64]  `json:"moments"`
	Texts   []pair[string] `json:"texts"`
}

func readJS(t testing.TB) jsTable {
	t.Helper()
	data, err := os.ReadFile("testdata/js.json")
	if err != nil {
		t.Fatal(err)
	}
	var table jsTable
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Numbers) < 300 || len(table.Strings) < 8 || len(table.Dates) < 50 || len(table.Moments) < 15 || len(table.Texts) < 10 {
		t.Fatal("the table is not whole")
	}
	return table
}

func float(t testing.TB, hex string) float64 {
	t.Helper()
	bits, err := strconv.ParseUint(hex, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return math.Float64frombits(bits)
}

func TestAppendNumber(t *testing.T) {
	t.Parallel()
	for _, c := range readJS(t).Numbers {
		f := float(t, c.in)
		if got := string(wire.AppendNumber(nil, f)); got != *c.out {
			t.Errorf("AppendNumber(%g): got %s, want %s", f, got, *c.out)
		}
	}
}

func TestAppendStringAsJavaScript(t *testing.T) {
	t.Parallel()
	for _, c := range readJS(t).Strings {
		s := string(utf16.Decode(c.in))
		if got := string(wire.AppendString(nil, s)); got != *c.out {
			t.Errorf("AppendString(%q): got %s, want %s", s, got, *c.out)
		}
	}
}

func TestAppendTimeAsJavaScript(t *testing.T) {
	t.Parallel()
	for _, c := range readJS(t).Moments {
		// In another zone and with a fraction of a millisecond, neither of which may show.
		at := time.UnixMilli(c.in).In(time.FixedZone("", 5*3600))
		if math.Abs(float64(c.in)) < 8.64e15 {
			at = at.Add(999 * time.Microsecond)
		}
		if got, want := string(wire.AppendTime(nil, at)), `"`+*c.out+`"`; got != want {
			t.Errorf("AppendTime(%d ms): got %s, want %s", c.in, got, want)
		}
	}
}

func TestParseTimeAsJavaScript(t *testing.T) {
	t.Parallel()
	narrower := map[string]bool{"2020": true, "2020-02": true} // JavaScript takes a year or month for its first day
	for _, c := range readJS(t).Dates {
		at, ok := wire.ParseTime(c.in)
		if want := c.out != nil && !narrower[c.in]; ok != want {
			t.Errorf("ParseTime(%q): got ok %v, want %v", c.in, ok, want)
			continue
		}
		if !ok {
			continue
		}
		if got, want := string(wire.AppendTime(nil, at)), `"`+*c.out+`"`; got != want {
			t.Errorf("ParseTime(%q): got %s, want %s", c.in, got, want)
		}
		if at.Location() != time.UTC {
			t.Errorf("ParseTime(%q): got zone %v, want UTC", c.in, at.Location())
		}
	}
}

func TestParseAsJavaScript(t *testing.T) {
	t.Parallel()
	for _, c := range readJS(t).Texts {
		got, err := wire.Append(nil, parse(t, c.in))
		if err != nil || string(got) != *c.out {
			t.Errorf("Append(Parse(%s)): got %s, %v, want %s", c.in, got, err, *c.out)
		}
	}
}
