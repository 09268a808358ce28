package storetest

import (
	"time"

	"github.com/cardea-auth/cardea/core/store"
)

var nameCases = []testCase{
	{name: "ReservedWords", run: func(k *kit) {
		k.create("table", store.Record{"id": "t1", "primary": true})
		rec := store.Record{"id": "o1", "select": "s", "group": "g", "where": int64(1), "from": "t1"}
		everyOperation(k, "order", rec, "group", "where")
	}},
	{name: "RenamedTablesAndColumns", run: func(k *kit) {
		k.create("renamedOwner", store.Record{"id": "u1", "emailVerified": true})
		rec := store.Record{"id": "r1", "title": "t", "hits": int64(1), "seenAt": ms("2026-01-02T03:04:05Z"), "ownerId": "u1"}
		everyOperation(k, "renamed", rec, "title", "hits")
	}},
	{name: "RenamedColumnsInConditions", run: func(k *kit) {
		now := ms("2026-01-02T03:04:05Z")
		k.create("renamed", store.Record{"id": "a", "title": "A", "hits": int64(1), "seenAt": now})
		k.create("renamed", store.Record{"id": "b", "title": "b", "hits": nil, "seenAt": now.Add(time.Second)})
		k.wantIDs("renamed", []store.Cond{{Column: "title", Value: "a", Fold: true}}, "a")
		k.wantIDs("renamed", []store.Cond{store.Ne("hits", int64(1))}, "b")
		k.wantIDs("renamed", []store.Cond{store.AnyOf(store.Eq("title", "A"), store.Gt("seenAt", now))}, "a", "b")
		k.wantIDs("renamed", []store.Cond{store.In("title", "A", "b"), store.StartsWith("title", "b")}, "b")
		k.wantIDs("renamed", []store.Cond{store.NotIn("title", "A")}, "b")
	}},
}

// everyOperation takes a row through all of a store's methods. text and number are columns of it.
func everyOperation(k *kit, table string, rec store.Record, text, number string) {
	k.Helper()
	id := rec["id"].(string)
	want := k.normal(table, rec)
	k.same(k.create(table, rec), want, "row as Create returned it")
	k.same(k.find(table, byID(id), store.Eq(text, rec[text]), store.Lte(number, rec[number])), want, "row as FindOne returned it")
	q := k.from(table)
	q.OrderBy = []store.Order{{Column: text}, {Column: number, Desc: true}}
	k.same(k.list(q), []store.Record{want}, "rows as FindMany returned them")

	if n, err := k.store.Update(k.ctx, k.from(table, store.Eq(text, rec[text])), store.Record{text: "changed"}); err != nil || n != 1 {
		k.Errorf("Update: got %d, %v, want 1", n, err)
	}
	want[text] = "changed"
	got, err := k.store.IncrementOne(k.ctx, k.from(table, store.Eq(text, "changed")), number, 2)
	k.ok(err, "IncrementOne")
	want[number] = want[number].(int64) + 2
	k.same(k.normal(table, got), want, "row as IncrementOne returned it")
	k.wantIDs(table, []store.Cond{store.Contains(text, "hang"), store.Eq(number, want[number])}, id)
	_, err = k.store.Create(k.ctx, k.table(table), want)
	k.wantIs(err, store.ErrConflict, "Create of the same row again")

	got, err = k.store.ConsumeOne(k.ctx, q)
	k.ok(err, "ConsumeOne")
	k.same(k.normal(table, got), want, "row as ConsumeOne returned it")
	k.create(table, rec)
	if n, err := k.store.Delete(k.ctx, k.from(table, store.Eq(number, rec[number]))); err != nil || n != 1 {
		k.Errorf("Delete: got %d, %v, want 1", n, err)
	}
	k.wantIDs(table, nil)
}
