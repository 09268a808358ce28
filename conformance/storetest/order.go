package storetest

import (
	"slices"

	"github.com/cardea-auth/cardea/core/store"
)

var orderCases = []testCase{
	{name: "NullsFirstAscendingLastDescending", run: func(k *kit) {
		for column, v := range map[string][2]any{
			"label": {"", "a"}, "note": {"", "a"}, "code": {"", "a"}, "count": {int64(-1), int64(0)}, "big": {int64(-1), int64(0)},
			"at": {ms("1980-01-01T00:00:00Z"), ms("2030-01-01T00:00:00Z")}, "flag": {false, true},
		} {
			k.sub(column, func(k *kit) {
				if _, err := k.store.Delete(k.ctx, k.from("item")); err != nil {
					k.Fatalf("Delete of all items: %v", err)
				}
				k.create("item", store.Record{"id": "high", column: v[1]})
				k.create("item", store.Record{"id": "null"})
				k.create("item", store.Record{"id": "low", column: v[0]})
				k.wantOrder([]store.Order{{Column: column}}, "null", "low", "high")
				k.wantOrder([]store.Order{{Column: column, Desc: true}}, "high", "low", "null")
			})
		}
	}},
	{name: "SeveralKeys", run: func(k *kit) {
		for _, r := range []struct {
			id    string
			label any
			count any
		}{
			{"b2", "b", int64(2)}, {"a1", "a", int64(1)}, {"b1", "b", int64(1)}, {"a2", "a", int64(2)},
			{"n1", nil, int64(1)}, {"an", "a", nil}, {"nn", nil, nil},
		} {
			k.create("item", store.Record{"id": r.id, "label": r.label, "count": r.count})
		}
		k.wantOrder([]store.Order{{Column: "label"}, {Column: "count"}}, "nn", "n1", "an", "a1", "a2", "b1", "b2")
		k.wantOrder([]store.Order{{Column: "label"}, {Column: "count", Desc: true}}, "n1", "nn", "a2", "a1", "an", "b2", "b1")
		k.wantOrder([]store.Order{{Column: "label", Desc: true}, {Column: "count"}}, "b1", "b2", "an", "a1", "a2", "nn", "n1")
		k.wantOrder([]store.Order{{Column: "count"}, {Column: "label", Desc: true}}, "an", "nn", "b1", "a1", "n1", "b2", "a2")
		k.wantOrder([]store.Order{{Column: "id", Desc: true}}, "nn", "n1", "b2", "b1", "an", "a2", "a1")
	}},
	{name: "NumbersAreNotText", run: func(k *kit) {
		for id, n := range map[string]int64{"a": 9, "b": 10, "c": -1, "d": 100, "e": -20} {
			k.create("item", store.Record{"id": id, "count": n, "big": n << 40})
		}
		for _, column := range []string{"count", "big"} {
			k.wantOrder([]store.Order{{Column: column}}, "e", "c", "a", "b", "d")
		}
	}},
	{name: "PagesDoNotOverlap", run: func(k *kit) {
		fillCounts(k, 25)
		var got []string
		for offset := 0; ; offset += 10 {
			q := k.from("item", store.Ne("count", int64(3)))
			q.OrderBy, q.Limit, q.Offset = []store.Order{{Column: "flag"}, {Column: "count", Desc: true}}, 10, offset
			page := k.ids(q)
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
		}
		if len(got) != 24 || got[0] != "i24" || got[23] != "i0" || len(slices.Compact(slices.Sorted(slices.Values(got)))) != 24 {
			k.Errorf("pages of 10: got %q, want i24 to i0 without i3, each once", got)
		}
	}},
}

func (k *kit) wantOrder(by []store.Order, want ...string) {
	k.Helper()
	q := k.from("item")
	q.OrderBy = by
	if got := k.ids(q); !slices.Equal(got, want) {
		k.Errorf("order by %+v: got %q, want %q", by, got, want)
	}
}
