package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

var joinCases = []testCase{
	{name: "EqualsTwoFinds", needs: []feature{joinFinder}, run: func(k *kit) {
		for _, id := range []string{"1", "2"} {
			k.create("owner", store.Record{"id": "o" + id, "email": id + "@example.com", "name": "Owner " + id})
			rec := fullItem("i" + id)
			rec["ownerId"] = "o" + id
			k.create("item", rec)
		}
		for _, id := range []string{"1", "2", "1"} {
			k.wantJoined(itemOwner(k), "code-i"+id, k.find("item", byID("i"+id)), k.find("owner", byID("o"+id)))
		}
	}},
	{name: "ByID", needs: []feature{joinFinder}, run: func(k *kit) {
		k.create("owner", store.Record{"id": "o1", "email": "a"})
		k.create("loose", store.Record{"id": "l1", "ownerId": "o1"})
		j := &store.Join{Left: k.table("loose"), Right: k.table("owner"), Key: schema.ID, On: "ownerId"}
		k.wantJoined(j, "l1", k.find("loose", byID("l1")), k.find("owner", byID("o1")))
	}},
	{name: "WithItself", needs: []feature{joinFinder}, run: func(k *kit) {
		k.create("node", store.Record{"id": "n1"})
		k.create("node", store.Record{"id": "n2", "parentId": "n1"})
		j := &store.Join{Left: k.table("node"), Right: k.table("node"), Key: schema.ID, On: "parentId"}
		k.wantJoined(j, "n2", k.find("node", byID("n2")), k.find("node", byID("n1")))
	}},
	{name: "ByTwoColumns", needs: []feature{joinFinder}, run: func(k *kit) {
		for _, id := range []string{"1", "2"} {
			k.create("owner", store.Record{"id": "o" + id, "email": id + "@example.com"})
		}
		for i, pair := range [][2]string{{"p", "s"}, {"p", "t"}, {"q", "s"}, {"twice", "x"}, {"twice", "x"}, {"r", "of nobody"}, {"r", "of who is gone"}} {
			rec := fullItem(fmt.Sprint("i", i))
			rec["code"], rec["label"], rec["note"], rec["ownerId"] = fmt.Sprint("code", i), pair[0], pair[1], "o1"
			switch i {
			case 1:
				rec["ownerId"] = "o2"
			case 5:
				rec["ownerId"] = nil
			}
			k.create("item", rec)
		}
		j := itemOwner(k)
		j.Key, j.And = "label", "note"
		k.wantJoined(j, "p", k.find("item", byID("i0")), k.find("owner", byID("o1")), "s")
		k.wantJoined(j, "p", k.find("item", byID("i1")), k.find("owner", byID("o2")), "t")
		k.wantJoined(j, "q", k.find("item", byID("i2")), k.find("owner", byID("o1")), "s")
		for _, keys := range [][]string{{"q", "t"}, {"p", "S"}, {"P", "s"}, {"s", "p"}, {"r", "of nobody"}, {"p", "' OR '1'='1"}} {
			_, _, err := finder(k).FindJoined(k.ctx, j, keys...)
			k.wantIs(err, store.ErrNotFound, "FindJoined(%q)", keys)
		}
		_, _, err := finder(k).FindJoined(k.ctx, j, "twice", "x")
		k.wantError(err, "FindJoined of two rows")
		if errors.Is(err, store.ErrNotFound) {
			k.Errorf("FindJoined of two rows: got %v", err)
		}
		for _, keys := range [][]string{nil, {"p"}, {"p", "s", "t"}} {
			_, _, err := finder(k).FindJoined(context.WithoutCancel(k.ctx), j, keys...)
			k.wantError(err, "FindJoined(%q)", keys)
		}
	}},
	{name: "RenamedAndReserved", needs: []feature{joinFinder}, run: func(k *kit) {
		k.create("renamedOwner", store.Record{"id": "u1", "emailVerified": true})
		k.create("renamed", store.Record{"id": "r1", "title": "t", "hits": int64(3), "ownerId": "u1"})
		j := &store.Join{Left: k.table("renamed"), Right: k.table("renamedOwner"), Key: "title", On: "ownerId"}
		k.wantJoined(j, "t", k.find("renamed", byID("r1")), k.find("renamedOwner", byID("u1")))

		k.create("table", store.Record{"id": "t1", "primary": false})
		k.create("order", store.Record{"id": "o1", "select": "s", "from": "t1"})
		j = &store.Join{Left: k.table("order"), Right: k.table("table"), Key: "select", On: "from"}
		k.wantJoined(j, "s", k.find("order", byID("o1")), k.find("table", byID("t1")))
	}},
	{name: "NotFound", needs: []feature{joinFinder}, run: func(k *kit) {
		k.create("owner", store.Record{"id": "o1", "email": "a"})
		k.create("item", store.Record{"id": "i1", "code": "code", "ownerId": "o1"})
		k.create("item", store.Record{"id": "i2", "code": "without"})
		for _, key := range []string{"missing", "", "without", "Code", "code ", "ćode", "' OR '1'='1", "%"} {
			_, _, err := finder(k).FindJoined(k.ctx, itemOwner(k), key)
			k.wantIs(err, store.ErrNotFound, "FindJoined(%q)", key)
		}
		for _, key := range unstorable {
			if _, _, err := finder(k).FindJoined(k.ctx, itemOwner(k), key); err == nil {
				k.Errorf("FindJoined(%q): got no error, want one", key)
			}
		}
		k.mustDelete("item", byID("i1"))
		_, _, err := finder(k).FindJoined(k.ctx, itemOwner(k), "code")
		k.wantIs(err, store.ErrNotFound, "FindJoined after the row is gone")
	}},
	{name: "SeesChanges", needs: []feature{joinFinder}, run: func(k *kit) {
		k.create("owner", store.Record{"id": "o1", "email": "a"})
		k.create("item", store.Record{"id": "i1", "code": "code", "ownerId": "o1"})
		k.wantJoined(itemOwner(k), "code", k.find("item", byID("i1")), k.find("owner", byID("o1")))
		k.mustUpdate("item", store.Record{"label": "new"})
		k.mustUpdate("owner", store.Record{"name": "new"})
		k.wantJoined(itemOwner(k), "code", k.find("item", byID("i1")), k.find("owner", byID("o1")))
	}},
	{name: "TheSlicesAreTheCallers", needs: []feature{joinFinder}, run: func(k *kit) {
		k.create("owner", store.Record{"id": "o1", "email": "a"})
		rec := fullItem("i1")
		rec["ownerId"] = "o1"
		k.create("item", rec)
		left, right, err := finder(k).FindJoined(k.ctx, itemOwner(k), "code-i1")
		k.ok(err, "FindJoined")
		for _, values := range [][]any{left, right, append(left, "more")} {
			for i, v := range values {
				if b, ok := v.([]byte); ok {
					clear(b)
				}
				values[i] = "spoiled"
			}
		}
		k.wantJoined(itemOwner(k), "code-i1", k.normal("item", rec), k.find("owner", byID("o1")))
	}},
	{name: "InATransaction", needs: []feature{joinFinder}, run: func(k *kit) {
		k.undone(func(k *kit) {
			k.create("owner", store.Record{"id": "o1", "email": "a"})
			k.create("item", store.Record{"id": "i1", "code": "code", "ownerId": "o1"})
			k.wantJoined(itemOwner(k), "code", k.find("item", byID("i1")), k.find("owner", byID("o1")))
		})
		_, _, err := finder(k).FindJoined(k.ctx, itemOwner(k), "code")
		k.wantIs(err, store.ErrNotFound, "FindJoined after the transaction was undone")
	}},
	{name: "AtOnce", needs: []feature{joinFinder}, run: func(k *kit) {
		k.create("owner", store.Record{"id": "o1", "email": "a"})
		k.create("item", store.Record{"id": "i1", "code": "code", "ownerId": "o1"})
		errs := race(callers, func(i int) error {
			if i%10 == 0 {
				_, err := k.store.Update(k.ctx, k.from("owner"), store.Record{"name": "new"})
				return err
			}
			_, _, err := finder(k).FindJoined(k.ctx, itemOwner(k), "code")
			return err
		})
		k.wantWinners(errs, callers, nil)
	}},
	{name: "UnknownColumns", needs: []feature{joinFinder}, run: func(k *kit) {
		for _, j := range []*store.Join{
			{Left: k.table("item"), Right: k.table("owner"), Key: "nobody", On: "ownerId"},
			{Left: k.table("item"), Right: k.table("owner"), Key: "code", On: "nobody"},
		} {
			_, _, err := finder(k).FindJoined(context.WithoutCancel(k.ctx), j, "x")
			k.wantError(err, "FindJoined by %q on %q", j.Key, j.On)
		}
	}},
}

// itemOwner is the join of an item, found by its code, with its owner.
func itemOwner(k *kit) *store.Join {
	return &store.Join{Left: k.table("item"), Right: k.table("owner"), Key: "code", On: "ownerId"}
}

func finder(k *kit) store.JoinFinder {
	k.Helper()
	return must[store.JoinFinder](k.T, k.store, "store.JoinFinder", "NoJoinFinder")
}

// must returns the store as what it offers besides store.Store. A feature that is not switched off has to be there.
func must[T any](t *testing.T, s store.Store, name, feature string) T {
	t.Helper()
	v, ok := s.(T)
	if !ok {
		t.Fatalf("%T does not implement %s: implement it, or set Features.%s", s, name, feature)
	}
	return v
}

func (k *kit) wantJoined(j *store.Join, key string, left, right store.Record, and ...string) {
	k.Helper()
	l, r, err := finder(k).FindJoined(k.ctx, j, append([]string{key}, and...)...)
	if err != nil {
		k.Errorf("FindJoined(%s.%s = %q): %v", j.Left.Name, j.Key, key, err)
		return
	}
	k.same(k.named(j.Left, l), left, "left row of FindJoined")
	k.same(k.named(j.Right, r), right, "right row of FindJoined")
}

// named makes a record of values in the order of a table's columns.
func (k *kit) named(t *schema.Table, values []any) store.Record {
	k.Helper()
	if len(values) != len(t.Columns) {
		k.Fatalf("FindJoined: got %d values for table %q, want %d", len(values), t.Name, len(t.Columns))
	}
	rec := store.Record{}
	for i := range t.Columns {
		rec[t.Columns[i].Name] = values[i]
	}
	return k.normal(t.Name, rec)
}
