package storetest

import (
	"fmt"

	"github.com/cardea-auth/cardea/core/store"
)

var foreignKeyCases = []testCase{
	{name: "Missing", needs: []feature{foreignKeys}, run: func(k *kit) {
		k.create("owner", store.Record{"id": "o1", "email": "a@example.com"})
		k.create("item", store.Record{"id": "i1", "ownerId": "o1"})
		k.unchanged("item", func() {
			_, err := k.store.Create(k.ctx, k.table("item"), store.Record{"id": "i2", "ownerId": "o2"})
			k.wantError(err, "Create with an owner that is not there")
			_, err = k.store.Create(k.ctx, k.table("item"), store.Record{"id": "i2", "ownerId": "O1"})
			k.wantError(err, "Create with an owner whose id has another case")
			_, err = k.store.Update(k.ctx, k.from("item"), store.Record{"ownerId": "o2"})
			k.wantError(err, "Update to an owner that is not there")
		})
	}},
	{name: "Null", run: func(k *kit) {
		k.create("owner", store.Record{"id": "o1", "email": "a@example.com"})
		k.create("item", store.Record{"id": "i1", "ownerId": "o1"})
		k.create("item", store.Record{"id": "i2", "ownerId": nil})
		if n, err := k.store.Update(k.ctx, k.from("item"), store.Record{"ownerId": nil}); err != nil || n != 2 {
			k.Errorf("Update to no owner: got %d, %v, want 2", n, err)
		}
	}},
	{name: "Cascade", needs: []feature{foreignKeys}, run: func(k *kit) {
		for _, o := range []string{"o1", "o2"} {
			k.create("owner", store.Record{"id": o, "email": o})
			for i := range 3 {
				k.create("item", store.Record{"id": fmt.Sprintf("%s-%d", o, i), "ownerId": o})
			}
		}
		k.create("item", store.Record{"id": "free"})
		if n, err := k.store.Delete(k.ctx, k.from("owner", byID("o1"))); err != nil || n != 1 {
			k.Errorf("Delete of an owner: got %d, %v, want 1, without the rows that went with him", n, err)
		}
		k.wantIDs("item", nil, "o2-0", "o2-1", "o2-2", "free")
		_, err := k.store.ConsumeOne(k.ctx, k.from("owner", byID("o2")))
		k.ok(err, "ConsumeOne of an owner")
		k.wantIDs("item", nil, "free")
	}},
	{name: "ToUniqueColumns", needs: []feature{foreignKeys}, run: func(k *kit) {
		for i, id := range []string{"c1", "c2", "c3"} {
			k.create("client", store.Record{"id": id, "clientId": "client-" + id, "number": int64(i + 1)})
		}
		k.create("grant", store.Record{"id": "g1", "client": "client-c1"})
		k.create("grant", store.Record{"id": "g2", "client": "client-c2", "loose": "client-c1"})
		k.create("grant", store.Record{"id": "g3", "number": int64(3)})
		k.unchanged("grant", func() {
			for _, rec := range []store.Record{{"client": "c1"}, {"loose": "client-c4"}, {"number": int64(4)}} {
				_, err := k.store.Update(k.ctx, k.from("grant", byID("g1")), rec)
				k.wantError(err, "Update to %v, which is not there", rec)
			}
		})
		_, err := k.store.Update(k.ctx, k.from("client", byID("c2")), store.Record{"clientId": "other"})
		k.wantError(err, "Update of a value that is referred to")
		_, err = k.store.Delete(k.ctx, k.from("client", byID("c3")))
		k.wantError(err, "Delete of a row that is held")
		k.mustDelete("client", byID("c1"))
		k.wantIDs("grant", nil, "g2", "g3")
		k.wantRow("grant", "g2", store.Record{"id": "g2", "client": "client-c2"})
	}},
	{name: "CascadeThroughGenerations", needs: []feature{foreignKeys}, run: func(k *kit) {
		k.create("node", store.Record{"id": "root"})
		k.create("node", store.Record{"id": "self", "parentId": "self"})
		parent := "root"
		for i := range 10 {
			id := fmt.Sprintf("n%d", i)
			k.create("node", store.Record{"id": id, "parentId": parent})
			parent = id
		}
		_, err := k.store.Delete(k.ctx, k.from("node", byID("n5")))
		k.ok(err, "Delete")
		k.wantIDs("node", nil, "root", "self", "n0", "n1", "n2", "n3", "n4")
		if n, err := k.store.Delete(k.ctx, k.from("node", byID("self"))); err != nil || n != 1 {
			k.Errorf("Delete of a row that refers to itself: got %d, %v, want 1", n, err)
		}
	}},
	{name: "SetNull", needs: []feature{foreignKeys}, run: func(k *kit) {
		k.create("owner", store.Record{"id": "o1", "email": "a"})
		k.create("owner", store.Record{"id": "o2", "email": "b"})
		k.create("loose", store.Record{"id": "l1", "ownerId": "o1"})
		k.create("loose", store.Record{"id": "l2", "ownerId": "o2"})
		_, err := k.store.Delete(k.ctx, k.from("owner", byID("o1")))
		k.ok(err, "Delete")
		k.wantRow("loose", "l1", store.Record{"id": "l1"})
		k.wantRow("loose", "l2", store.Record{"id": "l2", "ownerId": "o2"})
	}},
	{name: "Restrict", needs: []feature{foreignKeys}, run: func(k *kit) {
		k.create("owner", store.Record{"id": "o1", "email": "a"})
		k.create("owner", store.Record{"id": "o2", "email": "b"})
		k.create("held", store.Record{"id": "h1", "ownerId": "o1"})
		k.create("item", store.Record{"id": "i1", "ownerId": "o1"})
		for _, table := range []string{"owner", "item", "held"} {
			k.unchanged(table, func() {
				_, err := k.store.Delete(k.ctx, k.from("owner"))
				k.wantError(err, "Delete of an owner who is held")
				_, err = k.store.ConsumeOne(k.ctx, k.from("owner", byID("o1")))
				k.wantError(err, "ConsumeOne of an owner who is held")
			})
		}
		_, err := k.store.Delete(k.ctx, k.from("held"))
		k.ok(err, "Delete of what held him")
		if n, err := k.store.Delete(k.ctx, k.from("owner")); err != nil || n != 2 {
			k.Errorf("Delete of the owners: got %d, %v, want 2", n, err)
		}
		k.wantIDs("item", nil)
	}},
	{name: "CascadeIsUndoneWithTheTransaction", needs: []feature{foreignKeys}, run: func(k *kit) {
		k.create("owner", store.Record{"id": "o1", "email": "a"})
		k.create("item", store.Record{"id": "i1", "ownerId": "o1"})
		k.create("loose", store.Record{"id": "l1", "ownerId": "o1"})
		for _, table := range []string{"owner", "item", "loose"} {
			k.unchanged(table, func() { k.undone(func(k *kit) { k.mustDelete("owner") }) })
		}
	}},
}
