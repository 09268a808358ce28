package storetest

import (
	"context"
	"errors"
	"slices"

	"github.com/cardea-auth/cardea/core/store"
)

// commitCases prove that the store's InTx is made with [store.WithCommitHooks].
var commitCases = []testCase{
	{name: "AtOnceWithoutATransaction", run: func(k *kit) {
		ran := false
		k.ok(store.AfterCommit(k.ctx, func(context.Context) error { ran = true; return nil }), "AfterCommit")
		if !ran {
			k.Errorf("AfterCommit without a transaction: got no call, want one at once")
		}
	}},
	{name: "InOrderAfterTheOutermost", run: func(k *kit) {
		var got []string
		note := func(ctx context.Context, what string) {
			k.ok(store.AfterCommit(ctx, func(context.Context) error { got = append(got, what); return nil }), "AfterCommit")
		}
		k.tx(func(k *kit) error {
			note(k.ctx, "first")
			k.tx(func(k *kit) error { note(k.ctx, "nested"); return nil })
			note(k.ctx, "last")
			if len(got) != 0 {
				k.Errorf("callbacks before the commit: got %q, want none", got)
			}
			return nil
		})
		if want := []string{"first", "nested", "last"}; !slices.Equal(got, want) {
			k.Errorf("callbacks: got %q, want %q", got, want)
		}
	}},
	{name: "SeesWhatWasCommitted", run: func(k *kit) {
		ran := false
		k.tx(func(inside *kit) error {
			inside.create("item", store.Record{"id": "i1"})
			return store.AfterCommit(inside.ctx, func(ctx context.Context) error {
				ran = true
				if store.InTransaction(ctx) {
					k.Errorf("the context of the callback carries a transaction, want none")
				}
				after := k.with(ctx)
				after.wantIDs("item", nil, "i1")
				after.create("item", store.Record{"id": "i2"})
				after.tx(func(k *kit) error { k.create("item", store.Record{"id": "i3"}); return nil })
				return nil
			})
		})
		if !ran {
			k.Errorf("callback: got no call, want one")
		}
		k.wantIDs("item", nil, "i1", "i2", "i3")
	}},
	{name: "NeverAfterARollback", run: func(k *kit) {
		ran := false
		register := func(k *kit) {
			k.ok(store.AfterCommit(k.ctx, func(context.Context) error { ran = true; return nil }), "AfterCommit")
		}
		k.undone(register)
		func() {
			defer func() { _ = recover() }()
			k.tx(func(k *kit) error { register(k); panic("storetest: a panic in a transaction") })
		}()
		_ = k.store.InTx(k.ctx, func(ctx context.Context) error {
			register(k.with(ctx))
			return k.store.InTx(ctx, func(context.Context) error { return errUndo })
		})
		k.tx(func(*kit) error { return nil }) // not with the next transaction either
		if ran {
			k.Errorf("callback after a rollback: got a call, want none")
		}
	}},
	{name: "ItsErrorComesBackAndUndoesNothing", run: func(k *kit) {
		ran := false
		err := k.store.InTx(k.ctx, func(ctx context.Context) error {
			in := k.with(ctx)
			in.create("item", store.Record{"id": "i1"})
			in.ok(store.AfterCommit(ctx, func(context.Context) error { return errUndo }), "AfterCommit")
			return store.AfterCommit(ctx, func(context.Context) error { ran = true; return nil })
		})
		if !errors.Is(err, errUndo) {
			k.Errorf("InTx: got error %v, want that of the callback", err)
		}
		if !ran {
			k.Errorf("callback after one that failed: got no call, want one")
		}
		k.wantIDs("item", nil, "i1")
	}},
}
