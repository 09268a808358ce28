package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

// callers is how many come at once.
const callers = 50

// raceCases are about callers that come at the same time, over one handle and over two.
var raceCases = []testCase{
	{name: "GetAndDelete", run: func(k *kit) { takeRace(k, k) }},
	{name: "GetAndDeleteOverTwoHandles", needs: []feature{reopening}, run: func(k *kit) { takeRace(k, k.reopened()) }},
	{name: "GetAndDeleteAgainstSet", run: func(k *kit) {
		var mu sync.Mutex
		taken := map[string]int{}
		k.wantAll(race(callers, func(i int) error {
			if i%2 == 0 {
				return k.storage.Set(k.ctx, "key", fmt.Sprintf("value %d", i), long)
			}
			value, err := k.storage.GetAndDelete(k.ctx, "key")
			if errors.Is(err, storage.ErrNotFound) {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			taken[value]++
			return err
		}))
		for value, n := range taken {
			if n != 1 || !strings.HasPrefix(value, "value ") {
				k.Errorf("%q was taken %d times, want each value that was set at most once", value, n)
			}
		}
	}},
	{name: "Increment", run: func(k *kit) { incrementRace(k, k) }},
	{name: "IncrementOverTwoHandles", needs: []feature{reopening}, run: func(k *kit) { incrementRace(k, k.reopened()) }},
	{name: "IncrementSetsTheLifetime", needs: timed, run: func(k *kit) {
		k.wantAll(race(callers, func(int) error {
			_, err := k.storage.Increment(k.ctx, "key", 10*time.Minute)
			return err
		}))
		k.wantCount("key", 10*time.Minute, callers+1)
		k.advance(10 * time.Minute)
		k.wantCount("key", 10*time.Minute, 1)
	}},
	{name: "SetIfAbsent", needs: swaps, run: func(k *kit) {
		k.oneWinner(func(i int) (bool, error) {
			return k.swapper().SetIfAbsent(k.ctx, "key", fmt.Sprintf("value %d", i), long)
		}, func(winner int) { k.wantValue("key", fmt.Sprintf("value %d", winner)) })
	}},
	{name: "Replace", needs: swaps, run: func(k *kit) {
		k.set("key", "old", long)
		k.oneWinner(func(i int) (bool, error) {
			return k.swapper().Replace(k.ctx, "key", "old", fmt.Sprintf("value %d", i), long)
		}, func(winner int) { k.wantValue("key", fmt.Sprintf("value %d", winner)) })
	}},
	{name: "DeleteIf", needs: swaps, run: func(k *kit) {
		k.set("key", "old", long)
		k.oneWinner(func(int) (bool, error) { return k.swapper().DeleteIf(k.ctx, "key", "old") }, func(int) { k.wantNone("key") })
	}},
	{name: "UpdateLosesNothing", needs: swaps, run: func(k *kit) { listRace(k, k) }},
	{name: "UpdateLosesNothingOverTwoHandles", needs: []feature{swapping, reopening}, run: func(k *kit) { listRace(k, k.reopened()) }},
	{name: "UpdateBringsNothingBack", needs: swaps, run: func(k *kit) {
		// As when a session is revoked while others prolong it.
		k.set("key", "session", long)
		k.wantAll(race(callers, func(i int) error {
			if i == callers/2 {
				return k.storage.Delete(k.ctx, "key")
			}
			return storage.Update(k.ctx, k.swapper(), "key", func(old string, found bool) (storage.Change, error) {
				if !found {
					return storage.Change{}, nil
				}
				return storage.Put(old+".", long), nil
			})
		}))
		k.wantNone("key")
	}},
}

// takeRace lets callers over two handles, which may be one, take one value.
func takeRace(a, b *kit) {
	a.Helper()
	for range 5 {
		a.set("key", "value", long)
		a.set("other", "value", long)
		a.oneWinner(func(i int) (bool, error) {
			value, err := pick(a, b, i).storage.GetAndDelete(a.ctx, "key")
			if errors.Is(err, storage.ErrNotFound) {
				return false, nil
			}
			if err == nil && value != "value" {
				err = fmt.Errorf("the winner got %q", value)
			}
			return true, err
		}, func(int) { a.wantNone("key") })
		b.wantValue("other", "value")
	}
}

// incrementRace lets callers over two handles count.
func incrementRace(a, b *kit) {
	a.Helper()
	got := make([]int64, callers)
	a.wantAll(race(callers, func(i int) (err error) {
		got[i], err = pick(a, b, i).storage.Increment(a.ctx, "key", long)
		return err
	}))
	slices.Sort(got)
	for i, n := range got {
		if n != int64(i+1) {
			a.Errorf("numbers that the callers got: %v, want each from 1 to %d once", got, callers)
			break
		}
	}
	b.wantCount("key", long, callers+1)
}

// listRace lets callers over two handles add to one list.
func listRace(a, b *kit) {
	a.Helper()
	a.wantAll(race(callers, func(i int) error {
		k := pick(a, b, i)
		return storage.Update(k.ctx, k.swapper(), "list", func(old string, _ bool) (storage.Change, error) {
			return storage.Put(old+fmt.Sprintf("%d,", i), long), nil
		})
	}))
	list, err := b.storage.Get(b.ctx, "list")
	if err != nil {
		a.Fatal(err)
	}
	for i := range callers {
		if n := strings.Count(","+list, fmt.Sprintf(",%d,", i)); n != 1 {
			a.Errorf("entry %d is in the list %d times, want once: %s", i, n, list)
		}
	}
}

// oneWinner lets callers try what only one of them can have.
func (k *kit) oneWinner(try func(i int) (bool, error), then func(winner int)) {
	k.Helper()
	won := make([]bool, callers)
	k.wantAll(race(callers, func(i int) (err error) {
		won[i], err = try(i)
		return err
	}))
	winner, winners := 0, 0
	for i, w := range won {
		if w {
			winner = i
			winners++
		}
	}
	if winners != 1 {
		k.Errorf("got %d winners of %d, want 1", winners, callers)
		return
	}
	then(winner)
}

// wantAll says that no caller had an error.
func (k *kit) wantAll(errs []error) {
	k.Helper()
	for i, err := range errs {
		if err != nil {
			k.Errorf("caller %d: got error %v, want none", i, err)
		}
	}
}

func pick(a, b *kit, i int) *kit {
	if i%2 == 0 {
		return a
	}
	return b
}
