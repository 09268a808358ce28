package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

// kit is what a case works with: a fresh storage and short words for what cases do all the time.
type kit struct {
	*testing.T
	opts    *Options
	storage storage.Storage
	ctx     context.Context
}

// patience is how long a case may take. A storage that hangs then fails its case instead of stopping the suite.
const patience = 2 * time.Minute

// long is a lifetime that no case outlives unless it advances the time.
const long = time.Hour

func newKit(t *testing.T, o *Options) *kit {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return &kit{T: t, opts: o, storage: o.Open(t), ctx: ctx}
}

// reopened returns the kit with another handle on the same data.
func (k *kit) reopened() *kit {
	k.Helper()
	other := *k
	other.storage = k.opts.Reopen(k.T, k.storage)
	return &other
}

// swapper returns the storage as one. Cases that call it need swapping.
func (k *kit) swapper() storage.Swapper {
	k.Helper()
	s, ok := k.storage.(storage.Swapper)
	if !ok {
		k.Fatalf("%T does not implement storage.Swapper: implement it, or set Features.NoSwapper", k.storage)
	}
	return s
}

func (k *kit) advance(d time.Duration) {
	k.Helper()
	k.opts.Advance(k.T, k.storage, d)
}

func (k *kit) set(key, value string, ttl time.Duration) {
	k.Helper()
	if err := k.storage.Set(k.ctx, key, value, ttl); err != nil {
		k.Fatalf("Set(%q, %s, %v): got error %v, want none", key, brief(value), ttl, err)
	}
}

func (k *kit) remove(key string) {
	k.Helper()
	if err := k.storage.Delete(k.ctx, key); err != nil {
		k.Fatalf("Delete(%q): got error %v, want none", key, err)
	}
}

// wantValue says what the value of key is.
func (k *kit) wantValue(key, want string) {
	k.Helper()
	if got, err := k.storage.Get(k.ctx, key); err != nil || got != want {
		k.Errorf("Get(%q): got %s, %v, want %s", key, brief(got), err, brief(want))
	}
}

// wantNone says that key has no value.
func (k *kit) wantNone(key string) {
	k.Helper()
	if got, err := k.storage.Get(k.ctx, key); !errors.Is(err, storage.ErrNotFound) || got != "" {
		k.Errorf("Get(%q): got %s, %v, want ErrNotFound", key, brief(got), err)
	}
}

// wantTaken says what GetAndDelete returns.
func (k *kit) wantTaken(key, want string) {
	k.Helper()
	if got, err := k.storage.GetAndDelete(k.ctx, key); err != nil || got != want {
		k.Errorf("GetAndDelete(%q): got %s, %v, want %s", key, brief(got), err, brief(want))
	}
}

// wantNothingTaken says that GetAndDelete finds nothing.
func (k *kit) wantNothingTaken(key string) {
	k.Helper()
	if got, err := k.storage.GetAndDelete(k.ctx, key); !errors.Is(err, storage.ErrNotFound) || got != "" {
		k.Errorf("GetAndDelete(%q): got %s, %v, want ErrNotFound", key, brief(got), err)
	}
}

// wantCount says what Increment returns.
func (k *kit) wantCount(key string, ttl time.Duration, want int64) {
	k.Helper()
	if got, err := k.storage.Increment(k.ctx, key, ttl); err != nil || got != want {
		k.Errorf("Increment(%q, %v): got %d, %v, want %d", key, ttl, got, err, want)
	}
}

// wantDone says whether a conditional write was made.
func (k *kit) wantDone(done bool, err error, want bool, what string, args ...any) {
	k.Helper()
	if err != nil || done != want {
		k.Errorf("%s: got %t, %v, want %t", fmt.Sprintf(what, args...), done, err, want)
	}
}

// wantError says that err is an error, and not "not found".
func (k *kit) wantError(err error, what string, args ...any) {
	k.Helper()
	if err == nil || errors.Is(err, storage.ErrNotFound) {
		k.Errorf("%s: got error %v, want an error that is not ErrNotFound", fmt.Sprintf(what, args...), err)
	}
}

// race runs fn n times at once and returns what each returned.
func race(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// brief prints a value, shortened.
func brief(value string) string {
	const enough = 200
	if len(value) > enough {
		return fmt.Sprintf("%q… (%d bytes)", value[:enough], len(value))
	}
	return fmt.Sprintf("%q", value)
}
