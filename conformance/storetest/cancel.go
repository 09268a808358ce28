package storetest

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/store"
)

var contextCases = []testCase{
	{name: "CancelledBefore", run: func(k *kit) {
		fillCounts(k, 3)
		ctx, cancel := context.WithCancel(k.ctx)
		cancel()
		k.unchanged("item", func() {
			for what, err := range everyMethod(ctx, k) {
				k.wantError(err, "%s with a context that was cancelled", what)
			}
		})
		k.wantRow("item", "i0", store.Record{"id": "i0", "count": int64(0)}) // the store must still work
	}},
	{name: "PastItsDeadline", run: func(k *kit) {
		fillCounts(k, 3)
		ctx, cancel := context.WithTimeout(k.ctx, -1)
		defer cancel()
		k.unchanged("item", func() {
			for what, err := range everyMethod(ctx, k) {
				k.wantError(err, "%s with a context past its deadline", what)
			}
		})
	}},
	{name: "CancelledInATransaction", run: func(k *kit) {
		fillCounts(k, 3)
		k.unchanged("item", func() {
			ctx, cancel := context.WithCancel(k.ctx)
			defer cancel()
			err := k.store.InTx(ctx, func(ctx context.Context) error {
				k.with(ctx).create("item", store.Record{"id": "new"})
				cancel()
				return nil
			})
			k.wantError(err, "InTx whose context was cancelled before the commit")
		})
		k.create("item", store.Record{"id": "new"})
	}},
	{name: "ShorterContextInATransaction", run: func(k *kit) {
		// One statement with a context of its own that has ended fails; a caller that gives up then leaves nothing.
		k.unchanged("item", func() {
			err := k.store.InTx(k.ctx, func(ctx context.Context) error {
				k.with(ctx).create("item", store.Record{"id": "new"})
				ended, cancel := context.WithCancel(ctx)
				cancel()
				_, err := k.store.Create(ended, k.table("item"), store.Record{"id": "newer"})
				k.wantError(err, "Create with a context that was cancelled")
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				k.Errorf("InTx: got error %v, want that of the function", err)
			}
		})
	}},
}

// everyMethod calls each method of a store on the items and returns the errors by the names of the methods.
func everyMethod(ctx context.Context, k *kit) map[string]error {
	q := k.from("item", byID("i0"))
	errs := map[string]error{}
	_, errs["FindOne"] = k.store.FindOne(ctx, q)
	_, errs["FindMany"] = k.store.FindMany(ctx, q)
	_, errs["FindPage"] = store.FindPage(ctx, k.store, store.PageQuery{Query: q, Total: true})
	_, errs["Count"] = k.store.Count(ctx, q)
	_, errs["Create"] = k.store.Create(ctx, k.table("item"), store.Record{"id": "created"})
	_, errs["Update"] = k.store.Update(ctx, q, store.Record{"label": "updated"})
	_, errs["Delete"] = k.store.Delete(ctx, q)
	_, errs["ConsumeOne"] = k.store.ConsumeOne(ctx, q)
	_, errs["IncrementOne"] = k.store.IncrementOne(ctx, q, "count", 1)
	errs["InTx"] = k.store.InTx(ctx, func(ctx context.Context) error {
		_, err := k.store.Create(ctx, k.table("item"), store.Record{"id": "created"})
		return err
	})
	if j, ok := k.store.(store.JoinFinder); ok {
		_, _, errs["FindJoined"] = j.FindJoined(ctx, itemOwner(k), "code")
	}
	return errs
}

var closeCases = []testCase{
	{name: "EveryMethodIsAnError", needs: []feature{closing}, run: func(k *kit) {
		fillCounts(k, 1)
		k.opts.Close(k.T, k.store)
		for what, err := range everyMethod(k.ctx, k) {
			k.wantError(err, "%s of a closed store", what)
		}
		if m, ok := k.store.(store.Migrator); ok {
			_, err := m.MigrationPlan(k.ctx, k.schema)
			k.wantError(err, "MigrationPlan of a closed store")
			k.wantError(m.Migrate(k.ctx, k.schema), "Migrate of a closed store")
		}
	}},
}
