package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/store"
)

var txCases = []testCase{
	{name: "Commit", run: func(k *kit) {
		k.create("item", store.Record{"id": "gone"})
		k.tx(func(k *kit) error {
			k.create("item", store.Record{"id": "new"})
			k.mustDelete("item", byID("gone"))
			return nil
		})
		k.wantIDs("item", nil, "new")
	}},
	{name: "RollbackOnError", run: func(k *kit) {
		prepareTx(k)
		for _, table := range []string{"item", "owner", "ticket"} {
			k.unchanged(table, func() { k.undone(writeEverything) })
		}
	}},
	{name: "RollbackOnPanic", run: func(k *kit) {
		prepareTx(k)
		k.unchanged("item", func() {
			var got any
			func() {
				defer func() { got = recover() }()
				k.tx(func(k *kit) error {
					writeEverything(k)
					panic("storetest: a panic in a transaction")
				})
			}()
			k.same(got, any("storetest: a panic in a transaction"), "what InTx panicked with")
		})
		k.create("item", store.Record{"id": "after"}) // the store must still work
		k.tx(func(k *kit) error { k.create("item", store.Record{"id": "after2"}); return nil })
	}},
	{name: "ReturnsTheErrorOfTheFunction", run: func(k *kit) {
		if err := k.store.InTx(k.ctx, func(context.Context) error { return errUndo }); !errors.Is(err, errUndo) {
			k.Errorf("InTx: got error %v, want that of the function", err)
		}
	}},
	{name: "SeesItsOwnWrites", run: func(k *kit) {
		k.create("item", store.Record{"id": "old", "code": "c0", "count": int64(1)})
		k.undone(func(k *kit) {
			k.create("item", store.Record{"id": "new", "code": "c1"})
			k.wantIDs("item", nil, "old", "new")
			k.wantIDs("item", []store.Cond{store.Eq("code", "c1")}, "new")
			k.mustUpdate("item", store.Record{"code": "c2", "label": "x"}, byID("old"))
			k.wantIDs("item", []store.Cond{store.Eq("code", "c0")})
			k.wantIDs("item", []store.Cond{store.Eq("code", "c2"), store.Eq("label", "x")}, "old")
			if _, err := k.store.IncrementOne(k.ctx, k.from("item", byID("old"), store.Eq("count", int64(1))), "count", 1); err != nil {
				k.Errorf("IncrementOne: %v", err)
			}
			k.wantIDs("item", []store.Cond{store.Eq("count", int64(2))}, "old")
			k.create("item", store.Record{"id": "third", "code": "c0"}) // the code is free again
			if _, err := k.store.ConsumeOne(k.ctx, k.from("item", byID("new"))); err != nil {
				k.Errorf("ConsumeOne: %v", err)
			}
			_, err := k.store.ConsumeOne(k.ctx, k.from("item", byID("new")))
			k.wantIs(err, store.ErrNotFound, "ConsumeOne of a row that the transaction consumed")
			k.mustDelete("item", byID("old"))
			k.wantIDs("item", nil, "third")
			k.create("item", store.Record{"id": "old", "code": "c2"}) // and so is the id
		})
		k.wantRow("item", "old", store.Record{"id": "old", "code": "c0", "count": int64(1)})
		k.wantIDs("item", nil, "old")
	}},
	{name: "OthersDoNotSeeItsWrites", needs: []feature{isolation}, run: func(k *kit) {
		k.create("item", store.Record{"id": "i1", "label": "before"})
		k.create("item", store.Record{"id": "i2"})
		answers := make(chan error, 1)
		k.undone(func(inside *kit) {
			writeEverything(inside)
			inside.mustUpdate("item", store.Record{"label": "inside"}, byID("i1"))
			inside.mustDelete("item", byID("i2"))
			go func() { answers <- lookFromOutside(k) }()
			// A store may answer now, or let the others wait until the transaction has ended.
			select {
			case err := <-answers:
				answers <- err
			case <-time.After(300 * time.Millisecond):
			}
		})
		if err := <-answers; err != nil {
			k.Error(err)
		}
	}},
	{name: "ConflictUndoesTheRest", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1", "code": "taken"})
		k.unchanged("item", func() {
			err := k.store.InTx(k.ctx, func(ctx context.Context) error {
				in := k.with(ctx)
				in.create("item", store.Record{"id": "i2", "code": "free"})
				in.mustUpdate("item", store.Record{"label": "x"})
				_, err := k.store.Create(ctx, k.table("item"), store.Record{"id": "i3", "code": "taken"})
				return fmt.Errorf("wrapped: %w", err)
			})
			k.wantIs(err, store.ErrConflict, "InTx")
		})
	}},
	{name: "SwallowedConflict", run: func(k *kit) {
		// Some databases go on after a refused statement, some cannot. Either is fine, but not half of it.
		k.create("item", store.Record{"id": "i1", "code": "taken"})
		err := k.store.InTx(k.ctx, func(ctx context.Context) error {
			in := k.with(ctx)
			in.create("item", store.Record{"id": "i2"})
			_, err := k.store.Create(ctx, k.table("item"), store.Record{"id": "i3", "code": "taken"})
			k.wantIs(err, store.ErrConflict, "Create with a code that is taken")
			return nil
		})
		if err != nil {
			k.wantIDs("item", nil, "i1")
		} else {
			k.wantIDs("item", nil, "i1", "i2")
		}
	}},
	{name: "NotFoundDoesNoHarm", run: func(k *kit) {
		k.tx(func(k *kit) error {
			k.create("item", store.Record{"id": "i1"})
			_, err := k.store.FindOne(k.ctx, k.from("item", byID("i9")))
			k.wantIs(err, store.ErrNotFound, "FindOne")
			_, err = k.store.ConsumeOne(k.ctx, k.from("item", byID("i9")))
			k.wantIs(err, store.ErrNotFound, "ConsumeOne")
			_, err = k.store.IncrementOne(k.ctx, k.from("item", byID("i9")), "count", 1)
			k.wantIs(err, store.ErrNotFound, "IncrementOne")
			k.create("item", store.Record{"id": "i2"})
			return nil
		})
		k.wantIDs("item", nil, "i1", "i2")
	}},
	{name: "NestedJoins", run: func(k *kit) {
		k.tx(func(k *kit) error {
			k.create("item", store.Record{"id": "outer"})
			k.tx(func(k *kit) error {
				k.wantIDs("item", nil, "outer")
				k.create("item", store.Record{"id": "inner"})
				return nil
			})
			k.wantIDs("item", nil, "outer", "inner")
			return nil
		})
		k.wantIDs("item", nil, "outer", "inner")
	}},
	{name: "NestedIsUndoneWithTheOuter", run: func(k *kit) {
		k.undone(func(k *kit) {
			k.tx(func(k *kit) error { k.create("item", store.Record{"id": "inner"}); return nil })
		})
		k.wantIDs("item", nil)
	}},
	{name: "OuterIsUndoneWithTheNested", run: func(k *kit) {
		err := k.store.InTx(k.ctx, func(ctx context.Context) error {
			k.with(ctx).create("item", store.Record{"id": "outer"})
			return k.store.InTx(ctx, func(ctx context.Context) error {
				k.with(ctx).create("item", store.Record{"id": "inner"})
				return errUndo
			})
		})
		if !errors.Is(err, errUndo) {
			k.Errorf("InTx: got error %v, want that of the nested function", err)
		}
		k.wantIDs("item", nil)
	}},
	{name: "SwallowedNestedError", run: func(k *kit) {
		// What a nested function did must not stay if it failed: the outer one cannot commit.
		err := k.store.InTx(k.ctx, func(ctx context.Context) error {
			k.with(ctx).create("item", store.Record{"id": "outer"})
			_ = k.store.InTx(ctx, func(ctx context.Context) error {
				k.with(ctx).create("item", store.Record{"id": "inner"})
				return errUndo
			})
			return nil
		})
		if !errors.Is(err, errUndo) {
			k.Errorf("InTx, in which a nested one failed: got error %v, want that of the nested function", err)
		}
		k.wantIDs("item", nil)
	}},
	{name: "SwallowedNestedPanic", run: func(k *kit) {
		err := k.store.InTx(k.ctx, func(ctx context.Context) error {
			defer func() { _ = recover() }()
			return k.store.InTx(ctx, func(ctx context.Context) error {
				k.with(ctx).create("item", store.Record{"id": "inner"})
				panic("storetest: a panic in a nested transaction")
			})
		})
		if err == nil {
			k.Errorf("InTx, in which a nested one panicked: got no error, want one")
		}
		k.wantIDs("item", nil)
	}},
	{name: "ContextOfAnEndedTransaction", run: func(k *kit) {
		var committed, undone context.Context
		k.ok(k.store.InTx(k.ctx, func(ctx context.Context) error { committed = ctx; return nil }), "InTx")
		if err := k.store.InTx(k.ctx, func(ctx context.Context) error { undone = ctx; return errUndo }); !errors.Is(err, errUndo) {
			k.Fatalf("InTx: got %v, want the error of the function", err)
		}
		for what, ctx := range map[string]context.Context{"committed": committed, "rolled back": undone} {
			_, err := k.store.Create(ctx, k.table("item"), store.Record{"id": "late"})
			k.wantError(err, "Create in a transaction that was %s", what)
		}
		k.wantIDs("item", nil)
	}},
	{name: "AnotherStoresTransaction", run: func(k *kit) {
		other := *k
		other.store = k.opts.Open(k.T, k.schema)
		k.tx(func(inside *kit) error {
			inside.create("item", store.Record{"id": "here"})
			// The context carries a transaction, but not one of this store.
			err := other.store.InTx(inside.ctx, func(ctx context.Context) error {
				other.with(ctx).create("item", store.Record{"id": "there"})
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				k.Errorf("InTx of the other store: got error %v, want that of the function", err)
			}
			other.wantIDs("item", nil)
			return nil
		})
		k.wantIDs("item", nil, "here")
		other.wantIDs("item", nil)
	}},
}

// with returns the kit with another context, such as that of a transaction.
func (k *kit) with(ctx context.Context) *kit {
	other := *k
	other.ctx = ctx
	return &other
}

// tx runs fn in a transaction, which must commit.
func (k *kit) tx(fn func(k *kit) error) {
	k.Helper()
	k.ok(k.store.InTx(k.ctx, func(ctx context.Context) error { return fn(k.with(ctx)) }), "InTx")
}

// undone runs fn in a transaction that is rolled back.
func (k *kit) undone(fn func(k *kit)) {
	k.Helper()
	err := k.store.InTx(k.ctx, func(ctx context.Context) error {
		fn(k.with(ctx))
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		k.Errorf("InTx: got error %v, want that of the function", err)
	}
}

func (k *kit) mustUpdate(table string, set store.Record, where ...store.Cond) {
	k.Helper()
	n, err := k.store.Update(k.ctx, k.from(table, where...), set)
	if err != nil || n == 0 {
		k.Fatalf("Update(%s, %s): got %d, %v, want some rows", table, brief(where), n, err)
	}
}

func (k *kit) mustDelete(table string, where ...store.Cond) {
	k.Helper()
	n, err := k.store.Delete(k.ctx, k.from(table, where...))
	if err != nil || n == 0 {
		k.Fatalf("Delete(%s, %s): got %d, %v, want some rows", table, brief(where), n, err)
	}
}

func prepareTx(k *kit) {
	k.Helper()
	k.create("owner", store.Record{"id": "o1", "email": "a"})
	k.create("item", store.Record{"id": "t1", "label": "one", "ownerId": "o1"})
	k.create("item", store.Record{"id": "t2", "label": "two", "count": int64(1)})
	k.create("ticket", ticket("t1", "x", ms("2026-01-01T00:00:00Z")))
}

// writeEverything writes with every method that writes.
func writeEverything(k *kit) {
	k.Helper()
	k.create("owner", store.Record{"id": "written-owner", "email": "written"})
	k.create("item", store.Record{"id": "written", "count": int64(1), "ownerId": "written-owner"})
	k.create("ticket", ticket("written", "x", ms("2026-01-01T00:00:00Z")))
	k.mustUpdate("item", store.Record{"note": "written"})
	if _, err := k.store.IncrementOne(k.ctx, k.from("item"), "count", 1); err != nil {
		k.Fatalf("IncrementOne: %v", err)
	}
	if _, err := k.store.ConsumeOne(k.ctx, k.from("ticket")); err != nil {
		k.Fatalf("ConsumeOne: %v", err)
	}
	k.mustDelete("owner", byID("written-owner"))
}

// lookFromOutside reads the items with a context that has no transaction. It is for a transaction that is undone, so it
// must find them as they were whenever it looks. Not on the test's goroutine, so it only returns what is wrong.
func lookFromOutside(k *kit) error {
	q := k.from("item")
	q.OrderBy = []store.Order{{Column: "id"}}
	recs, err := k.store.FindMany(k.ctx, q)
	if err != nil {
		return fmt.Errorf("FindMany from outside: %w", err)
	}
	if len(recs) != 2 || recs[0]["label"] == nil {
		return fmt.Errorf("FindMany from outside: got %s, want i1 and i2 as they were", brief(recs))
	}
	rec, err := k.store.FindOne(k.ctx, k.from("item", byID("i1")))
	if err != nil {
		return fmt.Errorf("FindOne from outside: %w", err)
	}
	if label := k.value("item", rec, "label"); label != "before" {
		return fmt.Errorf("FindOne from outside: got label %v, want %q", label, "before")
	}
	return nil
}
