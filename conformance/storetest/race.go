package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/store"
)

// callers is how many come at once.
const callers = 50

// raceCases are about callers that come at the same time, over one handle and over two.
var raceCases = []testCase{
	{name: "ConsumeOne", run: func(k *kit) { consumeRace(k, k) }},
	{name: "ConsumeOneOverTwoHandles", needs: []feature{reopening}, run: func(k *kit) { consumeRace(k, k.reopened()) }},
	{name: "ConsumeOneByOrder", run: func(k *kit) {
		start := ms("2026-01-01T00:00:00Z")
		for i := range 10 {
			k.create("ticket", ticket(fmt.Sprintf("t%d", i), "mail", start.Add(time.Duration(i)*time.Second)))
		}
		q := k.from("ticket", store.Eq("identifier", "mail"))
		q.OrderBy = []store.Order{{Column: "createdAt", Desc: true}}
		taken := make([]string, callers)
		errs := race(callers, func(i int) error {
			rec, err := k.store.ConsumeOne(k.ctx, q)
			if err == nil {
				taken[i], _ = k.value("ticket", rec, "id").(string)
			}
			return err
		})
		seen := map[string]bool{}
		for i, err := range errs {
			if err != nil {
				k.wantIs(err, store.ErrNotFound, "loser %d", i)
			} else if seen[taken[i]] {
				k.Errorf("row %q was consumed twice", taken[i])
			}
			seen[taken[i]] = err == nil || seen[taken[i]]
		}
		delete(seen, "")
		if len(seen) == 0 {
			k.Errorf("got no winner of %d, want some", callers)
		}
		if left := k.count("ticket"); left+int64(len(seen)) != 10 {
			k.Errorf("got %d rows consumed and %d left, want 10 together", len(seen), left)
		}
	}},
	{name: "ConsumeOneInTransactions", run: func(k *kit) {
		k.create("ticket", ticket("t1", "mail", ms("2026-01-01T00:00:00Z")))
		errs := race(callers, func(i int) error {
			return k.store.InTx(k.ctx, func(ctx context.Context) error {
				if _, err := k.store.ConsumeOne(ctx, k.from("ticket", store.Eq("identifier", "mail"))); err != nil {
					return err
				}
				_, err := k.store.Create(ctx, k.table("item"), store.Record{"id": fmt.Sprintf("i%d", i)})
				return err
			})
		})
		k.wantWinners(errs, 1, store.ErrNotFound)
		if n := k.count("item"); n != 1 {
			k.Errorf("rows that the winners wrote: got %d, want 1", n)
		}
	}},
	{name: "ConsumeOneUndoneGoesToTheNext", run: func(k *kit) {
		k.create("ticket", ticket("t1", "mail", ms("2026-01-01T00:00:00Z")))
		k.undone(func(k *kit) {
			_, err := k.store.ConsumeOne(k.ctx, k.from("ticket"))
			k.ok(err, "ConsumeOne")
		})
		_, err := k.store.ConsumeOne(k.ctx, k.from("ticket"))
		k.ok(err, "ConsumeOne after the first one was undone")
	}},
	{name: "IncrementOne", run: func(k *kit) { incrementRace(k, k) }},
	{name: "IncrementOneOverTwoHandles", needs: []feature{reopening}, run: func(k *kit) { incrementRace(k, k.reopened()) }},
	{name: "IncrementOneWithoutGuard", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1"})
		errs := race(callers, func(int) error {
			_, err := k.store.IncrementOne(k.ctx, k.from("item", byID("i1")), "count", 2)
			return err
		})
		k.wantWinners(errs, callers, nil)
		k.wantRow("item", "i1", store.Record{"id": "i1", "count": int64(2 * callers)})
	}},
	{name: "Create", run: func(k *kit) { createRace(k, k) }},
	{name: "CreateOverTwoHandles", needs: []feature{reopening}, run: func(k *kit) { createRace(k, k.reopened()) }},
	{name: "CreateInTransactions", run: func(k *kit) {
		errs := race(callers, func(i int) error {
			return k.store.InTx(k.ctx, func(ctx context.Context) error {
				owner := fmt.Sprintf("o%d", i)
				if _, err := k.store.Create(ctx, k.table("owner"), store.Record{"id": owner, "email": owner}); err != nil {
					return err
				}
				_, err := k.store.Create(ctx, k.table("item"), store.Record{"id": fmt.Sprintf("i%d", i), "ownerId": owner, "code": "same"})
				return err
			})
		})
		k.wantWinners(errs, 1, store.ErrConflict)
		if n := k.count("owner"); n != 1 {
			k.Errorf("rows of the losers and the winner: got %d, want the winner's", n)
		}
	}},
	{name: "UpdateAsCompareAndSet", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1", "label": "free"})
		won := make([]bool, callers)
		errs := race(callers, func(i int) error {
			n, err := k.store.Update(k.ctx, k.from("item", byID("i1"), store.Eq("label", "free")), store.Record{"label": fmt.Sprintf("taken by %d", i)})
			won[i] = n == 1
			return err
		})
		k.wantWinners(errs, callers, nil)
		winners := 0
		for _, w := range won {
			if w {
				winners++
			}
		}
		if winners != 1 {
			k.Errorf("callers that changed the row: got %d, want 1", winners)
		}
	}},
	{name: "DeleteCountsEachRowOnce", run: func(k *kit) {
		fillCounts(k, 20)
		counts := make([]int64, callers)
		errs := race(callers, func(i int) (err error) {
			counts[i], err = k.store.Delete(k.ctx, k.from("item", byID(fmt.Sprintf("i%d", i%20))))
			return err
		})
		k.wantWinners(errs, callers, nil)
		var sum int64
		for _, n := range counts {
			sum += n
		}
		if sum != 20 {
			k.Errorf("rows that the callers deleted: got %d, want 20", sum)
		}
	}},
	{name: "TransactionsThatDoNotMeet", run: func(k *kit) {
		errs := race(callers, func(i int) error {
			return k.store.InTx(k.ctx, func(ctx context.Context) error {
				for j := range 3 {
					rec := store.Record{"id": fmt.Sprintf("i%d-%d", i, j), "count": int64(i)}
					if _, err := k.store.Create(ctx, k.table("item"), rec); err != nil {
						return err
					}
				}
				if n, err := k.store.Count(ctx, k.from("item", store.Eq("count", int64(i)))); err != nil || n != 3 {
					return fmt.Errorf("rows of its own: got %d, %v, want 3", n, err)
				}
				if i%2 == 0 {
					return errUndo
				}
				return nil
			})
		})
		for i, err := range errs {
			if i%2 == 0 && !errors.Is(err, errUndo) || i%2 != 0 && err != nil {
				k.Errorf("transaction %d: got error %v", i, err)
			}
		}
		if n := k.count("item"); n != 3*callers/2 {
			k.Errorf("rows: got %d, want %d", n, 3*callers/2)
		}
	}},
	{name: "ReadersAndWriters", run: func(k *kit) {
		// Two rows are always moved together; a reader in between must not see one without the other.
		k.create("item", store.Record{"id": "a", "count": int64(0)})
		k.create("item", store.Record{"id": "b", "count": int64(0)})
		errs := race(20, func(i int) error {
			if i%2 == 0 {
				_, err := k.store.Update(k.ctx, k.from("item"), store.Record{"count": int64(i)})
				return err
			}
			recs, err := k.store.FindMany(k.ctx, k.from("item"))
			if err == nil && (len(recs) != 2 || k.value("item", recs[0], "count") != k.value("item", recs[1], "count")) {
				err = fmt.Errorf("got %s, want two rows with one count", brief(recs))
			}
			return err
		})
		k.wantWinners(errs, 20, nil)
	}},
}

// consumeRace lets callers over two handles, which may be one, consume one row.
func consumeRace(a, b *kit) {
	a.Helper()
	a.create("ticket", ticket("t1", "mail", ms("2026-01-01T00:00:00Z")))
	a.create("ticket", ticket("t2", "other", ms("2026-01-01T00:00:00Z")))
	errs := race(callers, func(i int) error {
		rec, err := pick(a, b, i).ConsumeOne(a.ctx, a.from("ticket", store.Eq("identifier", "mail")))
		if err == nil && rec["id"] == nil {
			return errors.New("the winner got a row without an id")
		}
		return err
	})
	a.wantWinners(errs, 1, store.ErrNotFound)
	a.wantIDs("ticket", nil, "t2")
	b.wantIDs("ticket", nil, "t2")
}

// incrementRace lets callers over two handles increment a number up to a limit.
func incrementRace(a, b *kit) {
	a.Helper()
	const limit = 5
	a.create("item", store.Record{"id": "i1", "count": int64(0)})
	seen := make([]int64, callers)
	errs := race(callers, func(i int) error {
		rec, err := pick(a, b, i).IncrementOne(a.ctx, a.from("item", byID("i1"), store.Lt("count", int64(limit))), "count", 1)
		if err == nil {
			seen[i], _ = a.value("item", rec, "count").(int64)
		}
		return err
	})
	a.wantWinners(errs, limit, store.ErrNotFound)
	a.wantRow("item", "i1", store.Record{"id": "i1", "count": int64(limit)})
	got := map[int64]int{}
	for _, n := range seen {
		if n != 0 {
			got[n]++
		}
	}
	a.same(got, map[int64]int{1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, "how often each number was returned")
}

// createRace lets callers over two handles claim one unique value.
func createRace(a, b *kit) {
	a.Helper()
	errs := race(callers, func(i int) error {
		_, err := pick(a, b, i).Create(a.ctx, a.table("item"), store.Record{"id": fmt.Sprintf("i%d", i), "code": "same"})
		return err
	})
	a.wantWinners(errs, 1, store.ErrConflict)
	if n := b.count("item"); n != 1 {
		a.Errorf("rows: got %d, want 1", n)
	}
}

func pick(a, b *kit, i int) store.Store {
	if i%2 == 0 {
		return a.store
	}
	return b.store
}
