package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

var whereCases = []testCase{
	{name: "OperatorsOfOrderedKinds", run: func(k *kit) {
		for column, v := range map[string][3]any{
			"label": {"alpha", "beta", "gamma"},
			"note":  {"alpha", "beta", "gamma"},
			"code":  {"alpha", "beta", "gamma"},
			"count": {int64(-5), int64(0), int64(7)},
			"big":   {int64(-1 << 53), int64(0), int64(1 << 53)},
			"at":    {ms("2001-01-01T00:00:00Z"), ms("2026-11-23T12:34:56.788Z"), ms("2026-11-23T12:34:56.789Z")},
		} {
			k.sub(column, func(k *kit) { orderedOperators(k, column, v) })
		}
	}},
	{name: "OperatorsOfBooleans", run: func(k *kit) {
		k.create("item", store.Record{"id": "null"})
		k.create("item", store.Record{"id": "no", "flag": false})
		k.create("item", store.Record{"id": "yes", "flag": true})
		for _, c := range []struct {
			cond store.Cond
			want []string
		}{
			{store.Eq("flag", true), []string{"yes"}},
			{store.Eq("flag", false), []string{"no"}},
			{store.Eq("flag", nil), []string{"null"}},
			{store.Ne("flag", true), []string{"no", "null"}},
			{store.Ne("flag", false), []string{"yes", "null"}},
			{store.Ne("flag", nil), []string{"no", "yes"}},
			{store.In("flag", true), []string{"yes"}},
			{store.In("flag", true, false), []string{"no", "yes"}},
			{store.NotIn("flag", true), []string{"no", "null"}},
		} {
			k.wantIDs("item", []store.Cond{c.cond}, c.want...)
		}
	}},
	{name: "JSONAndArraysAreNullOrNot", run: func(k *kit) {
		k.create("item", store.Record{"id": "null"})
		k.create("item", store.Record{"id": "empty", "data": map[string]any{}, "tags": []string{}, "scores": []float64{}})
		k.create("item", store.Record{"id": "full", "data": []any{1.0}, "tags": []string{"a"}, "scores": []float64{1}})
		for _, column := range []string{"data", "tags", "scores"} {
			k.wantIDs("item", []store.Cond{store.Eq(column, nil)}, "null")
			k.wantIDs("item", []store.Cond{store.Ne(column, nil)}, "empty", "full")
		}
	}},
	{name: "UndefinedOperators", run: func(k *kit) {
		k.create("item", fullItem("i1"))
		for _, c := range []store.Cond{
			store.Lt("flag", true), store.Gte("flag", false), store.Contains("flag", "t"),
			store.Contains("count", "4"), store.StartsWith("big", "1"), store.EndsWith("at", "Z"),
			store.Contains("data", "a"), store.Eq("data", map[string]any{"a": 1.0}), store.Gt("data", 1.0),
			store.Eq("tags", []string{"x", "y"}), store.Contains("tags", "x"), store.Lt("scores", []float64{9}),
			{Column: "label", Op: store.OpEndsWith + 1, Value: "x"},
			{Column: "label", Op: store.OpIn, Value: "Label of i1"},
			{Column: "label", Op: store.OpNotIn, Value: nil},
		} {
			_, err := k.store.FindMany(k.ctx, k.from("item", c))
			k.wantError(err, "FindMany with %+v", c)
			k.unchanged("item", func() {
				_, err := k.store.Delete(k.ctx, k.from("item", c))
				k.wantError(err, "Delete with %+v", c)
			})
		}
	}},
	{name: "NullsInText", run: func(k *kit) {
		k.create("item", store.Record{"id": "null"})
		k.create("item", store.Record{"id": "empty", "label": ""})
		k.create("item", store.Record{"id": "text", "label": "text"})
		for _, fold := range []bool{false, true} {
			for _, op := range []store.Op{store.OpContains, store.OpStartsWith, store.OpEndsWith} {
				k.wantIDs("item", []store.Cond{{Column: "label", Op: op, Value: "", Fold: fold}}, "empty", "text")
				k.wantIDs("item", []store.Cond{{Column: "label", Op: op, Value: nil, Fold: fold}})
			}
			k.wantIDs("item", []store.Cond{{Column: "label", Op: store.OpEq, Value: nil, Fold: fold}}, "null")
			k.wantIDs("item", []store.Cond{{Column: "label", Op: store.OpNe, Value: "text", Fold: fold}}, "null", "empty")
		}
	}},
	{name: "AllConditionsHold", run: func(k *kit) {
		fillCounts(k, 6)
		k.wantIDs("item", []store.Cond{store.Gt("count", int64(1)), store.Lt("count", int64(4))}, "i2", "i3")
		k.wantIDs("item", []store.Cond{store.Gt("count", int64(1)), store.Eq("flag", true)})
		k.wantIDs("item", []store.Cond{byID("i1"), byID("i2")})
		k.wantIDs("item", []store.Cond{byID("i1"), store.Eq("count", int64(2))})
	}},
	{name: "Groups", run: func(k *kit) {
		fillCounts(k, 6)
		one := func(n int64) store.Cond { return store.Eq("count", n) }
		for _, c := range []struct {
			where []store.Cond
			want  []string
		}{
			{[]store.Cond{store.AnyOf(one(1), one(4))}, []string{"i1", "i4"}},
			{[]store.Cond{store.AnyOf(one(1))}, []string{"i1"}},
			{[]store.Cond{store.AnyOf(one(1), one(4)), store.Gt("count", int64(2))}, []string{"i4"}},
			{[]store.Cond{store.Gt("count", int64(2)), store.AnyOf(one(1), one(4))}, []string{"i4"}},
			{[]store.Cond{store.AnyOf(one(1), one(4)), store.AnyOf(one(4), one(5))}, []string{"i4"}},
			{[]store.Cond{store.AnyOf(one(0), store.AnyOf(one(2), one(3)))}, []string{"i0", "i2", "i3"}},
			{[]store.Cond{store.AnyOf(one(0), store.AnyOf()), byID("i0")}, []string{"i0"}},
			{[]store.Cond{store.AnyOf(store.Eq("label", nil), one(0)), store.Lt("count", int64(2))}, []string{"i0", "i1"}},
		} {
			k.wantIDs("item", c.where, c.want...)
		}
	}},
	{name: "EmptyGroupsAndLists", run: func(k *kit) {
		fillCounts(k, 2)
		none := []store.Cond{store.AnyOf(), {Any: []store.Cond{}}, store.In[int64]("count"), store.AnyOf(store.AnyOf())}
		for _, c := range none {
			k.wantIDs("item", []store.Cond{c})
			k.wantIDs("item", []store.Cond{c, byID("i0")})
			for _, q := range []store.Query{k.from("item", c), k.from("item", byID("i0"), c)} {
				if n, err := k.store.Delete(k.ctx, q); err != nil || n != 0 {
					k.Errorf("Delete(%s): got %d, %v, want no row", brief(q.Where), n, err)
				}
				if n, err := k.store.Update(k.ctx, q, store.Record{"label": "x"}); err != nil || n != 0 {
					k.Errorf("Update(%s): got %d, %v, want no row", brief(q.Where), n, err)
				}
				_, err := k.store.ConsumeOne(k.ctx, q)
				k.wantIs(err, store.ErrNotFound, "ConsumeOne(%s)", brief(q.Where))
				_, err = k.store.IncrementOne(k.ctx, q, "count", 1)
				k.wantIs(err, store.ErrNotFound, "IncrementOne(%s)", brief(q.Where))
			}
		}
		k.wantIDs("item", []store.Cond{store.NotIn[int64]("count")}, "i0", "i1")
		k.wantIDs("item", []store.Cond{}, "i0", "i1")
	}},
	{name: "LongLists", run: func(k *kit) {
		fillCounts(k, 3)
		ids := make([]string, 2000)
		for i := range ids {
			ids[i] = fmt.Sprintf("i%d", i+2)
		}
		k.wantIDs("item", []store.Cond{store.In(schema.ID, ids...)}, "i2")
		k.wantIDs("item", []store.Cond{store.NotIn(schema.ID, ids...)}, "i0", "i1")
	}},
	{name: "SameConditionsForEveryOperation", run: func(k *kit) {
		fillCounts(k, 6)
		where := []store.Cond{store.AnyOf(store.Lt("count", int64(1)), store.In("count", int64(3), int64(4))), store.Ne("count", int64(4))}
		k.wantIDs("item", where, "i0", "i3")
		if n, err := k.store.Update(k.ctx, k.from("item", where...), store.Record{"label": "hit"}); err != nil || n != 2 {
			k.Errorf("Update: got %d, %v, want 2", n, err)
		}
		k.wantIDs("item", []store.Cond{store.Eq("label", "hit")}, "i0", "i3")
		if n, err := k.store.Delete(k.ctx, k.from("item", where...)); err != nil || n != 2 {
			k.Errorf("Delete: got %d, %v, want 2", n, err)
		}
		k.wantIDs("item", nil, "i1", "i2", "i4", "i5")
	}},
}

// orderedOperators tries every operator of a kind that has an order on the rows null, v0 < v1 < v2.
func orderedOperators(k *kit, column string, v [3]any) {
	k.Helper()
	if _, err := k.store.Delete(k.ctx, k.from("item")); err != nil {
		k.Fatalf("Delete of all items: %v", err)
	}
	k.create("item", store.Record{"id": "null"})
	for i := range v {
		k.create("item", store.Record{"id": fmt.Sprintf("v%d", i), column: v[i]})
	}
	all := []string{"null", "v0", "v1", "v2"}
	for _, c := range []struct {
		cond store.Cond
		want []string
	}{
		{store.Eq(column, v[1]), []string{"v1"}},
		{store.Eq(column, nil), []string{"null"}},
		{store.Ne(column, v[1]), []string{"null", "v0", "v2"}},
		{store.Ne(column, nil), []string{"v0", "v1", "v2"}},
		{store.Lt(column, v[1]), []string{"v0"}},
		{store.Lte(column, v[1]), []string{"v0", "v1"}},
		{store.Gt(column, v[1]), []string{"v2"}},
		{store.Gte(column, v[1]), []string{"v1", "v2"}},
		{store.Lt(column, v[0]), nil},
		{store.Gt(column, v[2]), nil},
		{store.Lt(column, nil), nil},
		{store.Lte(column, nil), nil},
		{store.Gt(column, nil), nil},
		{store.Gte(column, nil), nil},
		{store.In(column, v[0], v[2]), []string{"v0", "v2"}},
		{store.In(column, v[1]), []string{"v1"}},
		{store.In[any](column, nil), []string{"null"}},
		{store.In(column, nil, v[0]), []string{"null", "v0"}},
		{store.In[any](column), nil},
		{store.NotIn(column, v[0], v[2]), []string{"null", "v1"}},
		{store.NotIn[any](column, nil), []string{"v0", "v1", "v2"}},
		{store.NotIn(column, nil, v[0]), []string{"v1", "v2"}},
		{store.NotIn[any](column), all},
	} {
		k.wantIDs("item", []store.Cond{c.cond}, slices.Clone(c.want)...)
	}
	if t, ok := v[1].(time.Time); ok { // the neighbours of a millisecond
		k.wantIDs("item", []store.Cond{store.Lt(column, t.Add(time.Millisecond)), store.Gt(column, t.Add(-time.Millisecond))}, "v1")
	}
}
