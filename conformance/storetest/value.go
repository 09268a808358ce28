package storetest

import (
	"math"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/store"
)

var valueCases = []testCase{
	{name: "Boolean", run: func(k *kit) {
		k.keeps("item", "flag", true)
		k.keeps("item", "flag", false)
	}},
	{name: "Number", run: func(k *kit) {
		for _, n := range []int64{0, 1, -1, math.MaxInt32, math.MinInt32} {
			k.keeps("item", "count", n)
		}
		for _, n := range []int64{math.MaxInt32 + 1, math.MinInt32 - 1, 1 << 53, math.MaxInt64, math.MinInt64} {
			k.keepsOrRefuses("item", "count", n) // 32 bits are all that a column without BigInt promises
		}
	}},
	{name: "BigInt", run: func(k *kit) {
		for _, n := range []int64{0, math.MaxInt32 + 1, 1 << 53, -1 << 53, 1<<53 + 1, math.MaxInt64, math.MinInt64} {
			k.keeps("item", "big", n)
			k.wantIDs("item", []store.Cond{store.Eq("big", n)}, k.holders("big", n)...)
		}
	}},
	{name: "Date", run: func(k *kit) {
		for _, text := range []string{
			"1970-01-01T00:00:01Z",
			"2001-09-09T01:46:40Z",
			"2026-11-23T12:34:56.789Z",
			"2026-11-23T12:34:56.001Z",
			"2026-11-23T12:34:56.999Z",
			"2024-02-29T23:59:59.999Z",
			"2026-10-25T00:30:00Z", // the hour that Berlin has twice
			"2026-10-25T01:30:00Z",
			"2026-03-29T02:30:00Z", // the hour that it does not have
			"2038-01-19T03:14:07Z",
		} {
			k.keeps("item", "at", ms(text))
			k.wantIDs("item", []store.Cond{store.Eq("at", ms(text))}, k.holders("at", ms(text))...)
		}
	}},
	{name: "WideDate", run: func(k *kit) {
		for _, text := range []string{
			"1970-01-01T00:00:00Z",
			"1969-12-31T23:59:59.999Z",
			"1900-01-01T00:00:00.001Z",
			"2038-01-19T03:14:08Z",
			"2106-02-07T06:28:16Z",
			"9999-12-31T23:59:59.999Z",
		} {
			if k.opts.Features.NoWideDates {
				k.keepsOrRefuses("item", "at", ms(text))
			} else {
				k.keeps("item", "at", ms(text))
			}
		}
	}},
	{name: "DateInAnyZone", run: func(k *kit) {
		at := ms("2026-07-01T03:30:00.250Z")
		for i, zone := range []*time.Location{time.UTC, time.FixedZone("east", 5*3600+1800), time.FixedZone("west", -11*3600)} {
			id := string(rune('a' + i))
			k.create("item", store.Record{"id": id, "at": at.In(zone)})
			k.wantRow("item", id, store.Record{"id": id, "at": at})
		}
		for _, zone := range []*time.Location{time.UTC, time.FixedZone("east", 5*3600+1800)} {
			k.wantIDs("item", []store.Cond{store.Eq("at", at.In(zone))}, "a", "b", "c")
		}
	}},
	{name: "DateIsCutToMilliseconds", run: func(k *kit) {
		at := ms("2026-07-01T03:30:00.250Z")
		fine := at.Add(999999 * time.Nanosecond)
		k.create("item", store.Record{"id": "i1", "at": fine})
		k.wantRow("item", "i1", store.Record{"id": "i1", "at": at})
		// In conditions too, or a row could not be found by what it was made of.
		k.wantIDs("item", []store.Cond{store.Eq("at", fine)}, "i1")
		k.wantIDs("item", []store.Cond{store.Lt("at", fine)})
		k.wantIDs("item", []store.Cond{store.Gte("at", fine)}, "i1")
	}},
	{name: "JSON", run: func(k *kit) {
		for _, v := range []any{
			map[string]any{}, []any{}, true, false, 0.0, 1.5, -1e21, "", "text", "null", `"quoted"`, `{"not":"parsed"}`,
			map[string]any{"a": map[string]any{"b": []any{1.0, []any{map[string]any{"c": nil}}}}},
			map[string]any{"": "empty key", "a b": 1.0, "ключ": "значение", "😀": "👩‍👩‍👧", "A": "case", "a": "matters"},
			map[string]any{"html": "<a href='x'>&amp;</a>", "escapes": "\b\f\n\r\t\"\\/\u2028\u007f"},
			[]any{"a\u0301", "á", nil, 3.0},
			map[string]any{"long": strings.Repeat("é", 20000)},
		} {
			k.keeps("item", "data", v)
		}
	}},
	{name: "HostileJSON", run: func(k *kit) {
		k.keepsOrRefuses("item", "data", map[string]any{"nul": "a\x00b"})
		k.keepsOrRefuses("item", "data", map[string]any{"bytes": "a\xffb"})
		k.keepsOrRefuses("item", "data", map[string]any{"a\xff": "key"})
		k.keepsOrRefuses("item", "tags", []string{"a\x00b"})
		k.keepsOrRefuses("item", "tags", []string{"a\xffb"})
	}},
	{name: "Arrays", run: func(k *kit) {
		for _, v := range [][]string{{}, {""}, {"a"}, {"b", "a", "b"}, {`"`, `\`, ",", "{}", "[]", "null"}, {"é", "😀", "a\u0301"}} {
			k.keeps("item", "tags", v)
		}
		for _, v := range [][]float64{{}, {0}, {1, 2, 3}, {-1.5, 0.1, 1e21, 1 << 53}} {
			k.keeps("item", "scores", v)
		}
		k.keeps("item", "tags", nil)
		k.keeps("item", "scores", nil)
	}},
	{name: "EmptyTextIsNotNull", run: func(k *kit) {
		k.keeps("item", "note", "")
		k.keeps("item", "note", nil)
		k.wantIDs("item", []store.Cond{store.Eq("note", "")}, k.holders("note", "")...)
		k.wantIDs("item", []store.Cond{store.Ne("note", nil)}, k.holders("note", "")...)
	}},
	{name: "LongText", run: func(k *kit) {
		k.keeps("item", "note", strings.Repeat("x", 65535))
		k.keeps("item", "note", strings.Repeat("語", 21845))
		k.keepsOrRefuses("item", "note", strings.Repeat("x", 65536))
		k.keepsOrRefuses("item", "note", strings.Repeat("x", 1<<20))
	}},
	{name: "LongTextInLimitedColumns", run: func(k *kit) {
		// Sortable and unique columns are 255 characters long in the databases that need a length.
		for _, column := range []string{"label", "code"} {
			k.keeps("item", column, strings.Repeat("x", 255))
			k.keeps("item", column, strings.Repeat("😀", 255))
			k.keepsOrRefuses("item", column, strings.Repeat("x", 256))
			k.keepsOrRefuses("item", column, strings.Repeat("x", 5000))
			k.keepsOrRefuses("item", column, strings.Repeat("x", 255)+" ") // a trailing space is no padding
		}
	}},
	{name: "TypesOfUpdateAreThoseOfCreate", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1"})
		rec := fullItem("i1")
		n, err := k.store.Update(k.ctx, k.from("item", byID("i1")), rec)
		if err != nil || n != 1 {
			k.Fatalf("Update: got %d, %v, want 1 row", n, err)
		}
		k.wantRow("item", "i1", rec)
	}},
}

// holders returns the ids of the items whose column has a value, found without asking the store to compare.
func (k *kit) holders(column string, v any) []string {
	k.Helper()
	var ids []string
	for _, rec := range k.all("item") {
		if rec[column] == v {
			ids = append(ids, rec["id"].(string))
		}
	}
	return ids
}
