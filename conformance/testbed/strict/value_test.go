package strict_test

import (
	"math"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
)

// read parses {"v":text} and reads v with one of the methods.
func read[T any](t *testing.T, text string, method func(strict.Object, string, *T)) (T, error) {
	t.Helper()
	var v T
	doc := parse(t, `{"v":`+text+`}`)
	method(doc.Root(), "v", &v)
	return v, doc.Err()
}

func wantValue[T comparable](t *testing.T, text string, want T, method func(strict.Object, string, *T)) {
	t.Helper()
	got, err := read(t, text, method)
	if err != nil || got != want {
		t.Errorf("%s: got %v, %v, want %v", text, got, err, want)
	}
}

func wantRefused[T any](t *testing.T, text string, method func(strict.Object, string, *T)) {
	t.Helper()
	if got, err := read(t, text, method); err == nil {
		t.Errorf("%s: got %v, want an error", text, got)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	wantValue(t, "8", 8, strict.Object.Int)
	wantValue(t, "-1", -1, strict.Object.Int)
	wantValue(t, `"Infinity"`, math.MaxInt, strict.Object.Int)
	for _, text := range []string{"8.5", `"8"`, "1e300", "-1e300", "true", "null", "[8]"} {
		wantRefused(t, text, strict.Object.Int)
	}
	wantValue(t, "0.5", 0.5, strict.Object.Number)
	wantValue(t, `"Infinity"`, math.Inf(1), strict.Object.Number)
	wantRefused(t, `"-Infinity"`, strict.Object.Number)
}

func TestSeconds(t *testing.T) {
	t.Parallel()
	wantValue(t, "604800", 7*24*time.Hour, strict.Object.Seconds)
	wantValue(t, "0.25", 250*time.Millisecond, strict.Object.Seconds)
	wantValue(t, "-1", -time.Second, strict.Object.Seconds)
	for _, text := range []string{"1e11", `"Infinity"`, `"7d"`} {
		wantRefused(t, text, strict.Object.Seconds)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	wantValue(t, `"é"`, "é", strict.Object.String)
	wantRefused(t, "1", strict.Object.String)
	wantValue(t, "true", true, strict.Object.Bool)
	wantRefused(t, `"true"`, strict.Object.Bool)
	for _, text := range []string{`["a",1]`, `"a"`, `{"0":"a"}`, "null"} {
		wantRefused(t, text, strict.Object.Strings)
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	wantValue(t, `"2026-01-02T03:04:05.678Z"`, time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC), strict.Object.Time)
	wantValue(t, `"2026-01-02T03:04:05+02:00"`, time.Date(2026, 1, 2, 1, 4, 5, 0, time.UTC), strict.Object.Time)
	for _, text := range []string{`"yesterday"`, "1767323045678", `""`} {
		wantRefused(t, text, strict.Object.Time)
	}
}

func TestChoice(t *testing.T) {
	t.Parallel()
	kind := "memory"
	doc := parse(t, `{"database":{"kind":"sqlite"}}`)
	doc.Root().Object("database").Choice("kind", &kind, "memory", "sqlite")
	wantNoError(t, doc)
	if kind != "sqlite" {
		t.Errorf("got %q, want sqlite", kind)
	}

	doc = parse(t, `{"database":{"kind":"mongodb"}}`)
	doc.Root().Object("database").Choice("kind", &kind, "memory", "sqlite")
	wantUnsupported(t, doc, "database.kind=mongodb")
	if kind != "sqlite" {
		t.Errorf("got %q, want it left alone", kind)
	}

	doc = parse(t, `{"kind":1}`)
	doc.Root().Choice("kind", &kind, "1")
	wantMalformed(t, doc, "kind")
}

func TestOff(t *testing.T) {
	t.Parallel()
	doc := parse(t, `{"a":false}`)
	doc.Root().Off("a")
	wantNoError(t, doc)
	for _, text := range []string{`{"a":true}`, `{"a":0}`, `{"a":null}`, `{"a":{"$const":false}}`} {
		doc := parse(t, text)
		doc.Root().Off("a")
		wantUnsupported(t, doc, "a")
	}
}
