package storetest

import (
	"maps"

	"github.com/cardea-auth/cardea/core/store"
)

var updateCases = []testCase{
	{name: "ReturnsHowManyMatched", run: func(k *kit) {
		fillCounts(k, 5)
		for _, c := range []struct {
			what  string
			where []store.Cond
			set   store.Record
			want  int64
		}{
			{"one row", []store.Cond{byID("i1")}, store.Record{"label": "x"}, 1},
			{"a row that has the values already", []store.Cond{byID("i1")}, store.Record{"label": "x"}, 1},
			{"rows of which some have them", []store.Cond{store.Lt("count", int64(3))}, store.Record{"label": "x"}, 3},
			{"all rows", nil, store.Record{"label": "x", "count": int64(9)}, 5},
			{"no row", []store.Cond{byID("i9")}, store.Record{"label": "x"}, 0},
			{"nothing to set", []store.Cond{byID("i1")}, store.Record{}, 1},
		} {
			if n, err := k.store.Update(k.ctx, k.from("item", c.where...), c.set); err != nil || n != c.want {
				k.Errorf("Update of %s: got %d, %v, want %d", c.what, n, err, c.want)
			}
		}
	}},
	{name: "LeavesTheRestAlone", run: func(k *kit) {
		a, b := k.create("item", fullItem("a")), k.create("item", fullItem("b"))
		n, err := k.store.Update(k.ctx, k.from("item", byID("a")), store.Record{"label": "new", "note": nil, "flag": false})
		if err != nil || n != 1 {
			k.Fatalf("Update: got %d, %v, want 1", n, err)
		}
		a["label"], a["note"], a["flag"] = "new", nil, false
		k.wantRow("item", "a", a)
		k.wantRow("item", "b", b)
	}},
	{name: "SeesTheRowsAsTheyWere", run: func(k *kit) {
		fillCounts(k, 3)
		n, err := k.store.Update(k.ctx, k.from("item", store.Lt("count", int64(2))), store.Record{"count": int64(5)})
		if err != nil || n != 2 {
			k.Errorf("Update of the column that is asked for: got %d, %v, want 2", n, err)
		}
		k.wantIDs("item", []store.Cond{store.Eq("count", int64(5))}, "i0", "i1")
	}},
	{name: "IgnoresPaging", run: func(k *kit) {
		fillCounts(k, 4)
		q := k.from("item")
		q.OrderBy, q.Limit, q.Offset = []store.Order{{Column: "count"}}, 1, 1
		if n, err := k.store.Update(k.ctx, q, store.Record{"label": "x"}); err != nil || n != 4 {
			k.Errorf("Update with limit 1, offset 1: got %d, %v, want 4", n, err)
		}
	}},
	{name: "RefusesNullWhereRequired", run: func(k *kit) {
		k.create("strict", store.Record{"id": "s1", "name": "x", "size": int64(1)})
		k.unchanged("strict", func() {
			_, err := k.store.Update(k.ctx, k.from("strict"), store.Record{"size": int64(2), "name": nil})
			k.wantIs(err, store.ErrInvalid, "Update of a required column to null")
		})
	}},
	{name: "UnknownColumn", run: func(k *kit) {
		fillCounts(k, 2)
		k.unchanged("item", func() {
			_, err := k.store.Update(k.ctx, k.from("item"), store.Record{"label": "x", "nobody": "x"})
			k.wantError(err, "Update of an unknown column")
			_, err = k.store.Update(k.ctx, k.from("item", store.Eq("nobody", "x")), store.Record{"label": "x"})
			k.wantError(err, "Update with an unknown column in a condition")
		})
	}},
	{name: "DoesNotKeepOrChangeTheArgument", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1"})
		tags := []string{"a"}
		set := store.Record{"tags": tags, "label": "x"}
		before := maps.Clone(set)
		_, err := k.store.Update(k.ctx, k.from("item"), set)
		k.ok(err, "Update")
		k.same(set, before, "the argument of Update")
		tags[0] = "changed"
		k.wantRow("item", "i1", store.Record{"id": "i1", "tags": []string{"a"}, "label": "x"})
	}},
}

var deleteCases = []testCase{
	{name: "ReturnsHowManyThereWere", run: func(k *kit) {
		fillCounts(k, 6)
		for _, c := range []struct {
			what  string
			where []store.Cond
			want  int64
		}{
			{"one row", []store.Cond{byID("i1")}, 1},
			{"the same row again", []store.Cond{byID("i1")}, 0},
			{"some rows", []store.Cond{store.Lt("count", int64(3))}, 2},
			{"all rows", nil, 3},
			{"rows of an empty table", nil, 0},
		} {
			if n, err := k.store.Delete(k.ctx, k.from("item", c.where...)); err != nil || n != c.want {
				k.Errorf("Delete of %s: got %d, %v, want %d", c.what, n, err, c.want)
			}
		}
		k.wantIDs("item", nil)
	}},
	{name: "IgnoresPaging", run: func(k *kit) {
		fillCounts(k, 4)
		q := k.from("item")
		q.OrderBy, q.Limit, q.Offset = []store.Order{{Column: "count"}}, 1, 1
		if n, err := k.store.Delete(k.ctx, q); err != nil || n != 4 {
			k.Errorf("Delete with limit 1, offset 1: got %d, %v, want 4", n, err)
		}
	}},
	{name: "UnknownColumn", run: func(k *kit) {
		fillCounts(k, 2)
		k.unchanged("item", func() {
			_, err := k.store.Delete(k.ctx, k.from("item", store.Ne("nobody", "x")))
			k.wantError(err, "Delete with an unknown column")
		})
	}},
	{name: "IDCanBeUsedAgain", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1", "code": "c"})
		_, err := k.store.Delete(k.ctx, k.from("item"))
		k.ok(err, "Delete")
		k.create("item", store.Record{"id": "i1", "code": "c"})
		k.wantIDs("item", nil, "i1")
	}},
}
