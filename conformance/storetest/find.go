package storetest

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core/store"
)

var findCases = []testCase{
	{name: "NothingThere", run: func(k *kit) {
		_, err := k.store.FindOne(k.ctx, k.from("item"))
		k.wantIs(err, store.ErrNotFound, "FindOne in an empty table")
		k.wantIDs("item", nil)
		k.wantIDs("item", []store.Cond{byID("i1")})
	}},
	{name: "FirstByOrder", run: func(k *kit) {
		fillCounts(k, 5)
		for _, desc := range []bool{false, true} {
			q := k.from("item", store.Gt("count", int64(1)))
			q.OrderBy = []store.Order{{Column: "count", Desc: desc}}
			q.Limit = 3 // ignored
			rec, err := k.store.FindOne(k.ctx, q)
			k.ok(err, "FindOne")
			want := "i2"
			if desc {
				want = "i4"
			}
			k.same(k.value("item", rec, "id"), any(want), "id of the first row, descending %v", desc)
		}
	}},
	{name: "AllColumnsByLogicalName", run: func(k *kit) {
		k.create("renamed", store.Record{"id": "r1", "title": "t"})
		recs, err := k.store.FindMany(k.ctx, k.from("renamed"))
		k.ok(err, "FindMany")
		for _, c := range k.table("renamed").Columns {
			if _, ok := recs[0][c.Name]; !ok {
				k.Errorf("FindMany: got a row without %q: %v, want all columns", c.Name, recs[0])
			}
		}
		if len(recs[0]) != len(k.table("renamed").Columns) {
			k.Errorf("FindMany: got a row %v, want the columns of the table and no others", recs[0])
		}
	}},
	{name: "LimitAndOffset", run: func(k *kit) {
		fillCounts(k, 7)
		for _, c := range []struct {
			limit, offset int
			want          []string
		}{
			{0, 0, []string{"i0", "i1", "i2", "i3", "i4", "i5", "i6"}},
			{1, 0, []string{"i0"}},
			{3, 0, []string{"i0", "i1", "i2"}},
			{3, 2, []string{"i2", "i3", "i4"}},
			{3, 6, []string{"i6"}},
			{0, 5, []string{"i5", "i6"}},
			{100, 0, []string{"i0", "i1", "i2", "i3", "i4", "i5", "i6"}},
			{3, 7, []string{}},
			{0, 100, []string{}},
		} {
			q := k.from("item")
			q.OrderBy = []store.Order{{Column: "count"}}
			q.Limit, q.Offset = c.limit, c.offset
			if got := k.ids(q); !slices.Equal(got, c.want) {
				k.Errorf("limit %d, offset %d: got %q, want %q", c.limit, c.offset, got, c.want)
			}
		}
	}},
	{name: "NegativeLimitOrOffset", run: func(k *kit) {
		fillCounts(k, 2)
		for _, c := range [][2]int{{-1, 0}, {0, -1}, {-5, -5}} {
			q := k.from("item")
			q.Limit, q.Offset = c[0], c[1]
			_, err := k.store.FindMany(k.ctx, q)
			k.wantError(err, "FindMany with limit %d, offset %d", c[0], c[1])
		}
	}},
	{name: "NoLimitOfItsOwn", run: func(k *kit) {
		k.ok(k.store.InTx(k.ctx, func(ctx context.Context) error { return fillMany(ctx, k, 300) }), "InTx")
		if got := len(k.all("item")); got != 300 {
			k.Errorf("FindMany without a limit: got %d rows, want 300", got)
		}
	}},
	{name: "CountIgnoresPaging", run: func(k *kit) {
		fillCounts(k, 5)
		q := k.from("item", store.Gte("count", int64(1)))
		q.OrderBy, q.Limit, q.Offset = []store.Order{{Column: "count", Desc: true}}, 2, 1
		if n, err := k.store.Count(k.ctx, q); err != nil || n != 4 {
			k.Errorf("Count with limit 2, offset 1: got %d, %v, want 4", n, err)
		}
	}},
	{name: "UnknownColumn", run: func(k *kit) {
		fillCounts(k, 2)
		where := k.from("item", store.Eq("nobody", "x"))
		group := k.from("item", store.AnyOf(byID("i1"), store.Eq("nobody", "x")))
		order := k.from("item")
		order.OrderBy = []store.Order{{Column: "nobody"}}
		for what, q := range map[string]store.Query{"a condition": where, "a group": group} {
			_, err := k.store.Count(k.ctx, q)
			k.wantError(err, "Count with an unknown column in %s", what)
		}
		for what, q := range map[string]store.Query{"a condition": where, "a group": group, "the order": order} {
			_, err := k.store.FindOne(k.ctx, q)
			k.wantError(err, "FindOne with an unknown column in %s", what)
			_, err = k.store.FindMany(k.ctx, q)
			k.wantError(err, "FindMany with an unknown column in %s", what)
		}
		// The name in the database is not the name of the column.
		_, err := k.store.FindMany(k.ctx, k.from("renamed", store.Eq("the title", "x")))
		k.wantError(err, "FindMany with the name of a column in the database")
	}},
}

// fillCounts creates items i0, i1, … whose count is their number.
func fillCounts(k *kit, n int) {
	k.Helper()
	for i := range n {
		k.create("item", store.Record{"id": fmt.Sprintf("i%d", i), "count": int64(i)})
	}
}

func fillMany(ctx context.Context, k *kit, n int) error {
	for i := range n {
		if _, err := k.store.Create(ctx, k.table("item"), store.Record{"id": fmt.Sprintf("m%04d", i), "count": int64(i)}); err != nil {
			return err
		}
	}
	return nil
}
