package storetest

import (
	"fmt"
	"math"
	"time"

	"github.com/cardea-auth/cardea/core/store"
)

// atomicCases are about ConsumeOne and IncrementOne; what they do for callers that come at once is in raceCases.
var atomicCases = []testCase{
	{name: "ConsumeRemovesAndReturns", run: func(k *kit) {
		want := k.create("item", fullItem("i1"))
		k.create("item", fullItem("i2"))
		rec, err := k.store.ConsumeOne(k.ctx, k.from("item", store.Eq("code", "code-i1")))
		k.ok(err, "ConsumeOne")
		k.same(k.normal("item", rec), want, "row as ConsumeOne returned it")
		k.wantIDs("item", nil, "i2")
		_, err = k.store.ConsumeOne(k.ctx, k.from("item", store.Eq("code", "code-i1")))
		k.wantIs(err, store.ErrNotFound, "ConsumeOne of a row that is gone")
	}},
	{name: "ConsumeTakesOneByOrder", run: func(k *kit) {
		start := ms("2026-01-01T00:00:00Z")
		for i, at := range []int{2, 4, 1, 3} {
			k.create("ticket", ticket(fmt.Sprintf("t%d", at), "mail", start.Add(time.Duration(at)*time.Millisecond)))
			k.create("ticket", ticket(fmt.Sprintf("o%d", i), "other", start.Add(time.Hour)))
		}
		newest := k.from("ticket", store.Eq("identifier", "mail"))
		newest.OrderBy = []store.Order{{Column: "createdAt", Desc: true}}
		oldest := newest
		oldest.OrderBy = []store.Order{{Column: "createdAt"}}
		for _, c := range []struct {
			q    store.Query
			want string
		}{{newest, "t4"}, {oldest, "t1"}, {newest, "t3"}, {newest, "t2"}} {
			rec, err := k.store.ConsumeOne(k.ctx, c.q)
			k.ok(err, "ConsumeOne")
			k.same(k.value("ticket", rec, "id"), any(c.want), "id of the row that was consumed")
		}
		_, err := k.store.ConsumeOne(k.ctx, newest)
		k.wantIs(err, store.ErrNotFound, "ConsumeOne after the last one")
		k.wantIDs("ticket", nil, "o0", "o1", "o2", "o3")
	}},
	{name: "ConsumeWithConditions", run: func(k *kit) {
		now := ms("2026-01-01T00:00:00Z")
		k.create("ticket", ticket("t1", "mail", now))
		for what, where := range map[string][]store.Cond{
			"another value":  {store.Eq("identifier", "mail"), store.Eq("value", "wrong")},
			"another time":   {store.Eq("identifier", "mail"), store.Gt("createdAt", now)},
			"another letter": {store.Eq("identifier", "Mail")},
		} {
			_, err := k.store.ConsumeOne(k.ctx, k.from("ticket", where...))
			k.wantIs(err, store.ErrNotFound, "ConsumeOne with %s", what)
		}
		k.wantIDs("ticket", nil, "t1")
	}},
	{name: "ConsumeUnknownColumn", run: func(k *kit) {
		fillCounts(k, 1)
		_, err := k.store.ConsumeOne(k.ctx, k.from("item", store.Ne("nobody", 1)))
		k.wantError(err, "ConsumeOne with an unknown column")
		k.wantIDs("item", nil, "i0")
	}},
	{name: "IncrementReturnsTheRow", run: func(k *kit) {
		want := k.create("item", fullItem("i1"))
		k.create("item", fullItem("i2"))
		for _, by := range []int64{1, 5, -10, 0} {
			rec, err := k.store.IncrementOne(k.ctx, k.from("item", byID("i1")), "count", by)
			k.ok(err, "IncrementOne by %d", by)
			want["count"] = want["count"].(int64) + by
			k.same(k.normal("item", rec), want, "row as IncrementOne by %d returned it", by)
			k.wantRow("item", "i1", want)
		}
		k.wantRow("item", "i2", fullItem("i2"))
	}},
	{name: "IncrementCountsNullAsZero", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1"})
		rec, err := k.store.IncrementOne(k.ctx, k.from("item", byID("i1")), "count", 3)
		k.ok(err, "IncrementOne")
		k.same(k.normal("item", rec)["count"], any(int64(3)), "count")
		k.wantRow("item", "i1", store.Record{"id": "i1", "count": int64(3)})
	}},
	{name: "IncrementIsGuarded", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1", "count": int64(0)})
		guarded := k.from("item", byID("i1"), store.Lt("count", int64(3)))
		for want := int64(1); want <= 3; want++ {
			rec, err := k.store.IncrementOne(k.ctx, guarded, "count", 1)
			k.ok(err, "IncrementOne")
			// The row does not match any more after the third time: it has to come back nevertheless.
			k.same(k.normal("item", rec)["count"], any(want), "count")
		}
		_, err := k.store.IncrementOne(k.ctx, guarded, "count", 1)
		k.wantIs(err, store.ErrNotFound, "IncrementOne past its guard")
		_, err = k.store.IncrementOne(k.ctx, k.from("item", byID("i9")), "count", 1)
		k.wantIs(err, store.ErrNotFound, "IncrementOne of no row")
		k.wantRow("item", "i1", store.Record{"id": "i1", "count": int64(3)})
	}},
	{name: "IncrementChangesOneOfSeveral", run: func(k *kit) {
		for i := range 3 {
			k.create("item", store.Record{"id": fmt.Sprintf("i%d", i), "count": int64(0)})
		}
		rec, err := k.store.IncrementOne(k.ctx, k.from("item", store.Eq("count", int64(0))), "count", 1)
		k.ok(err, "IncrementOne")
		k.wantIDs("item", []store.Cond{store.Eq("count", int64(1))}, k.normal("item", rec)["id"].(string))
		if n, err := k.store.Count(k.ctx, k.from("item", store.Eq("count", int64(0)))); err != nil || n != 2 {
			k.Errorf("rows that were not incremented: got %d, %v, want 2", n, err)
		}
	}},
	{name: "IncrementOfBigNumbers", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1", "big": int64(math.MaxInt64 - 2)})
		rec, err := k.store.IncrementOne(k.ctx, k.from("item", byID("i1")), "big", 2)
		k.ok(err, "IncrementOne")
		k.same(k.normal("item", rec)["big"], any(int64(math.MaxInt64)), "big")
	}},
	{name: "IncrementOfWhatIsNoNumber", run: func(k *kit) {
		k.create("item", fullItem("i1"))
		for _, column := range []string{"label", "flag", "at", "data", "id", "nobody"} {
			k.unchanged("item", func() {
				_, err := k.store.IncrementOne(k.ctx, k.from("item", byID("i1")), column, 1)
				k.wantError(err, "IncrementOne of the column %q", column)
			})
		}
		_, err := k.store.IncrementOne(k.ctx, k.from("item", store.Ne("nobody", 1)), "count", 1)
		k.wantError(err, "IncrementOne with an unknown column in a condition")
	}},
}
