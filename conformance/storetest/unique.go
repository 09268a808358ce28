package storetest

import (
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/store"
)

var uniqueCases = []testCase{
	{name: "Create", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1", "code": "c"})
		k.unchanged("item", func() {
			_, err := k.store.Create(k.ctx, k.table("item"), store.Record{"id": "i2", "code": "c"})
			k.wantIs(err, store.ErrConflict, "Create with a code that is taken")
		})
		k.create("item", store.Record{"id": "i2", "code": "C"})
	}},
	{name: "NullsDoNotCollide", run: func(k *kit) {
		for _, id := range []string{"i1", "i2", "i3"} {
			k.create("item", store.Record{"id": id, "code": nil})
			k.create("pair", store.Record{"id": id, "left": "l", "right": nil})
		}
		k.wantIDs("item", []store.Cond{store.Eq("code", nil)}, "i1", "i2", "i3")
		k.wantIDs("pair", []store.Cond{store.Eq("right", nil)}, "i1", "i2", "i3")
	}},
	{name: "SeveralColumns", run: func(k *kit) {
		k.create("pair", store.Record{"id": "p1", "left": "a", "right": "b"})
		for i, rec := range []store.Record{
			{"left": "a", "right": "c"}, {"left": "c", "right": "b"}, {"left": "b", "right": "a"},
			{"left": "a", "right": "B"}, {"left": "a", "right": "b "}, {"left": "ab", "right": ""}, {"left": "", "right": "ab"},
		} {
			rec["id"] = fmt.Sprintf("q%d", i)
			k.create("pair", rec)
		}
		k.unchanged("pair", func() {
			_, err := k.store.Create(k.ctx, k.table("pair"), store.Record{"id": "p2", "left": "a", "right": "b"})
			k.wantIs(err, store.ErrConflict, "Create of a pair that is taken")
			_, err = k.store.Update(k.ctx, k.from("pair", byID("q0")), store.Record{"right": "b"})
			k.wantIs(err, store.ErrConflict, "Update to a pair that is taken")
		})
	}},
	{name: "Update", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1", "code": "one"})
		k.create("item", store.Record{"id": "i2", "code": "two"})
		k.unchanged("item", func() {
			_, err := k.store.Update(k.ctx, k.from("item", byID("i2")), store.Record{"code": "one", "label": "x"})
			k.wantIs(err, store.ErrConflict, "Update to a code that is taken")
		})
		for what, set := range map[string]store.Record{"its own code": {"code": "two"}, "null": {"code": nil}, "a free code": {"code": "three"}} {
			if n, err := k.store.Update(k.ctx, k.from("item", byID("i2")), set); err != nil || n != 1 {
				k.Errorf("Update to %s: got %d, %v, want 1", what, n, err)
			}
		}
	}},
	{name: "UpdateOfSeveralRowsIsAllOrNothing", run: func(k *kit) {
		for i := range 5 {
			k.create("item", store.Record{"id": fmt.Sprintf("i%d", i), "count": int64(i)})
		}
		k.unchanged("item", func() {
			_, err := k.store.Update(k.ctx, k.from("item", store.Gt("count", int64(1))), store.Record{"code": "same", "label": "x"})
			k.wantIs(err, store.ErrConflict, "Update of three rows to one code")
		})
		k.create("item", store.Record{"id": "taken", "code": "same"})
		k.unchanged("item", func() {
			_, err := k.store.Update(k.ctx, k.from("item"), store.Record{"code": "same"})
			k.wantIs(err, store.ErrConflict, "Update of all rows to a code that is taken")
		})
	}},
	{name: "TheErrorWrapsItsCause", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1", "code": "secret-code"})
		_, err := k.store.Create(k.ctx, k.table("item"), store.Record{"id": "i2", "code": "secret-code"})
		k.wantIs(err, store.ErrConflict, "Create with a code that is taken")
		if err != nil && err.Error() == store.ErrConflict.Error() {
			k.Errorf("got the bare error %q, want one that says which table or constraint", err)
		}
		_, err = k.store.FindOne(k.ctx, k.from("item", byID("i9")))
		if !errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
			k.Errorf("FindOne: got %v, want ErrNotFound and not ErrConflict", err)
		}
	}},
}
