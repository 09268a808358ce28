package storetest

import (
	"github.com/cardea-auth/cardea/core/store"
)

var reopenCases = []testCase{
	{name: "KeepsEverything", needs: []feature{reopening}, run: func(k *kit) {
		k.create("owner", store.Record{"id": "o1", "email": "a@example.com", "name": "Ann"})
		rec := fullItem("i1")
		rec["ownerId"] = "o1"
		k.create("item", rec)
		k.create("renamed", store.Record{"id": "r1", "title": "t", "hits": int64(3)})
		other := k.reopened()
		for _, table := range []string{"owner", "item", "renamed"} {
			k.same(other.all(table), k.all(table), "table %q over another handle", table)
		}
	}},
	{name: "EachSeesTheOthersWrites", needs: []feature{reopening}, run: func(k *kit) {
		other := k.reopened()
		k.create("item", store.Record{"id": "i1", "code": "c"})
		other.wantRow("item", "i1", store.Record{"id": "i1", "code": "c"})
		other.mustUpdate("item", store.Record{"label": "x"})
		k.wantRow("item", "i1", store.Record{"id": "i1", "code": "c", "label": "x"})
		_, err := other.store.Create(k.ctx, k.table("item"), store.Record{"id": "i2", "code": "c"})
		k.wantIs(err, store.ErrConflict, "Create over another handle with a code that is taken")
		k.mustDelete("item")
		other.wantIDs("item", nil)
	}},
	{name: "TransactionsEndForBoth", needs: []feature{reopening}, run: func(k *kit) {
		other := k.reopened()
		k.undone(writeEverything)
		other.wantIDs("item", nil)
		k.tx(func(k *kit) error { k.create("item", store.Record{"id": "i1"}); return nil })
		other.wantIDs("item", nil, "i1")
	}},
}
