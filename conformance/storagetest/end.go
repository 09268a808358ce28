package storagetest

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

var reopenCases = []testCase{
	{name: "EachSeesTheOthersWrites", needs: []feature{reopening}, run: func(k *kit) {
		k.set("before", "value", long)
		k.wantCount("counter", long, 1)
		other := k.reopened()
		other.wantValue("before", "value")
		other.wantCount("counter", long, 2)
		k.set("after", "value", long)
		other.wantValue("after", "value")
		other.set("after", "other", long)
		k.wantTaken("after", "other")
		other.wantNothingTaken("after")
		other.remove("before")
		k.wantNone("before")
		k.wantCount("counter", long, 3)
	}},
	{name: "EachSeesTheOthersLifetimes", needs: []feature{reopening, advancing}, run: func(k *kit) {
		other := k.reopened()
		other.set("key", "value", 10*time.Minute)
		other.wantCount("counter", 10*time.Minute, 1)
		k.wantValue("key", "value")
		k.wantCount("counter", time.Hour, 2)
		k.advance(10 * time.Minute)
		k.wantNone("key")
		k.wantCount("counter", 10*time.Minute, 1)
	}},
}

var contextCases = []testCase{
	{name: "CancelledBefore", run: func(k *kit) {
		ctx, cancel := context.WithCancel(k.ctx)
		cancel()
		refusesAll(ctx, k, "with a context that was cancelled")
	}},
	{name: "PastItsDeadline", run: func(k *kit) {
		ctx, cancel := context.WithTimeout(k.ctx, -1)
		defer cancel()
		refusesAll(ctx, k, "with a context past its deadline")
	}},
}

// refusesAll says that every method fails with a context that has ended, and that nothing happens.
func refusesAll(ctx context.Context, k *kit, what string) {
	k.Helper()
	k.set("key", "value", long)
	k.wantCount("counter", long, 1)
	for method, err := range everyMethod(ctx, k) {
		k.wantError(err, "%s %s", method, what)
		if err != nil && !errors.Is(err, ctx.Err()) {
			k.Errorf("%s %s: got error %v, want it to wrap %v", method, what, err, ctx.Err())
		}
	}
	k.wantValue("key", "value")
	k.wantCount("counter", long, 2)
	k.wantNone("new")
}

var closeCases = []testCase{
	{name: "EveryMethodIsAnError", needs: []feature{closing}, run: func(k *kit) {
		k.set("key", "value", long)
		k.opts.Close(k.T, k.storage)
		for method, err := range everyMethod(k.ctx, k) {
			k.wantError(err, "%s of a closed storage", method)
		}
	}},
}

// everyMethod calls each method of a storage and returns the errors by the names of the methods.
func everyMethod(ctx context.Context, k *kit) map[string]error {
	errs := map[string]error{}
	_, errs["Get"] = k.storage.Get(ctx, "key")
	_, errs["Get of nothing"] = k.storage.Get(ctx, "absent")
	errs["Set"] = k.storage.Set(ctx, "key", "changed", long)
	errs["Set of another"] = k.storage.Set(ctx, "new", "value", storage.Forever)
	_, errs["Increment"] = k.storage.Increment(ctx, "counter", long)
	_, errs["GetAndDelete"] = k.storage.GetAndDelete(ctx, "key")
	_, errs["GetAndDelete of nothing"] = k.storage.GetAndDelete(ctx, "absent")
	if s, ok := k.storage.(storage.Swapper); ok {
		_, errs["SetIfAbsent"] = s.SetIfAbsent(ctx, "new", "value", long)
		_, errs["Replace"] = s.Replace(ctx, "key", "value", "changed", long)
		_, errs["DeleteIf"] = s.DeleteIf(ctx, "key", "value")
		errs["Update"] = storage.Update(ctx, s, "key", func(string, bool) (storage.Change, error) { return storage.Drop(), nil })
	}
	if l, ok := k.storage.(storage.Linker); ok {
		_, errs["GetLinked"] = l.GetLinked(ctx, "key", owner)
	}
	_, errs["Follow"] = storage.Follow(ctx, k.storage, "key", owner, follower(owner))
	errs["Delete"] = k.storage.Delete(ctx, "key")
	return errs
}
