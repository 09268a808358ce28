package authscs_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/goredisstore"
	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"

	"github.com/cardea-auth/cardea/conformance/storagetest"
	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/internal/memstorage"
	authscs "github.com/cardea-auth/cardea/stores/scs"
)

// bridged is a Storage with what is behind it.
type bridged struct {
	*authscs.Storage
	clock   *clock
	store   scs.Store
	counter *memstorage.Storage
}

func newBridged(store scs.Store) *bridged {
	c := newClock()
	b := &bridged{clock: c, store: store, counter: memstorage.New(memstorage.Options{Now: c.Now})}
	b.Storage = authscs.NewStorage(store, b.counter, authscs.StorageOptions{Now: c.Now})
	return b
}

// features say what the bridge lacks. A storage cannot be closed here; what happens then is in TestStorageBreakdown.
var features = storagetest.Features{NoSwapper: true, NoLinker: true, SeparateCounters: true, NoClose: true}

func advance(_ testing.TB, s storage.Storage, d time.Duration) { s.(*bridged).clock.advance(d) }

// newMemstore returns a memstore without the goroutine that cleans up.
func newMemstore() *memstore.MemStore { return memstore.NewWithCleanupInterval(0) }

func TestStorageOverMemstore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, storagetest.Options{
		Open:    func(testing.TB) storage.Storage { return newBridged(newMemstore()) },
		Advance: advance,
		Reopen: func(_ testing.TB, s storage.Storage) storage.Storage {
			b := s.(*bridged)
			return &bridged{authscs.NewStorage(b.store, b.counter, authscs.StorageOptions{Now: b.clock.Now}), b.clock, b.store, b.counter}
		},
		Features: features,
		Parallel: true,
	})
}

func TestStorageOverGoredisstore(t *testing.T) {
	t.Parallel()
	needRedis(t)
	prefixes := sync.Map{} // of storages
	storagetest.Run(t, storagetest.Options{
		Open: func(t testing.TB) storage.Storage {
			prefix := newPrefix(t)
			b := newBridged(goredisstore.NewWithPrefix(dial(t), prefix))
			prefixes.Store(b, prefix)
			return b
		},
		Advance: advance,
		Reopen: func(t testing.TB, s storage.Storage) storage.Storage {
			b := s.(*bridged)
			prefix, _ := prefixes.Load(b)
			store := goredisstore.NewWithPrefix(dial(t), prefix.(string))
			return &bridged{authscs.NewStorage(store, b.counter, authscs.StorageOptions{Now: b.clock.Now}), b.clock, store, b.counter}
		},
		Features: features,
		Parallel: true,
	})
}

// TestStorageIsMoreThanItsStore shows what an scs store does by itself with the same calls.
func TestStorageIsMoreThanItsStore(t *testing.T) {
	t.Parallel()
	b := newBridged(newMemstore())
	ctx := t.Context()
	if err := b.Set(ctx, "key", "value", time.Hour); err != nil {
		t.Fatal(err)
	}
	// Two that have both found the value before either removed it.
	slow := authscs.NewStorage(&meeting{Store: b.store, both: make(chan struct{})}, b.counter, authscs.StorageOptions{Now: b.clock.Now})
	var mu sync.Mutex
	var wg sync.WaitGroup
	winners := 0
	for range 2 {
		wg.Go(func() {
			value, err := slow.GetAndDelete(ctx, "key")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && value == "value":
				winners++
			case !errors.Is(err, storage.ErrNotFound):
				t.Errorf("GetAndDelete: got %q, %v, want the value or ErrNotFound", value, err)
			}
		})
	}
	wg.Wait()
	if winners != 1 {
		t.Errorf("got %d winners of 2 who found the same value, want 1", winners)
	}
}

// meeting is a store in which nobody is told what he found before a second one has found it too.
type meeting struct {
	scs.Store
	mu   sync.Mutex
	n    int
	both chan struct{}
}

func (m *meeting) Find(token string) ([]byte, bool, error) {
	b, found, err := m.Store.Find(token)
	m.mu.Lock()
	m.n++
	if m.n == 2 {
		close(m.both)
	}
	m.mu.Unlock()
	<-m.both
	return b, found, err
}

// TestStorageKeysFitScs: some stores have a column of exactly 43 characters, and none needs to see the keys.
func TestStorageKeysFitScs(t *testing.T) {
	t.Parallel()
	store := newMemstore()
	b := newBridged(store)
	for _, key := range []string{"", "s3cret", strings.Repeat("s3cret", 100)} {
		if err := b.Set(t.Context(), key, "value", time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	all, err := store.All()
	if err != nil {
		t.Fatal(err)
	}
	for token := range all {
		if len(token) != 43 || strings.Contains(token, "s3cret") {
			t.Errorf("token in the scs store: got %q, want 43 characters that do not tell the key", token)
		}
	}
	if len(all) != 3 {
		t.Errorf("got %d tokens, want 3", len(all))
	}
}

func TestStoragePrefixesKeepApart(t *testing.T) {
	t.Parallel()
	store, counter := newMemstore(), memstorage.New(memstorage.Options{})
	one := authscs.NewStorage(store, counter, authscs.StorageOptions{Prefix: "one:"})
	two := authscs.NewStorage(store, counter, authscs.StorageOptions{Prefix: "two:"})
	if err := one.Set(t.Context(), "key", "value", time.Hour); err != nil {
		t.Fatal(err)
	}
	if got, err := two.Get(t.Context(), "key"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("Get over another prefix: got %q, %v, want ErrNotFound", got, err)
	}
	for want := range int64(2) {
		if n, err := one.Increment(t.Context(), "key", time.Hour); err != nil || n != want+1 {
			t.Errorf("Increment: got %d, %v, want %d", n, err, want+1)
		}
	}
	if n, err := two.Increment(t.Context(), "key", time.Hour); err != nil || n != 1 {
		t.Errorf("Increment over another prefix: got %d, %v, want 1", n, err)
	}
}

var errBroken = errors.New("broken")

// broken is a store, and a counter, that fails.
type broken struct {
	scs.Store
	find, change bool
}

func (b broken) Find(token string) ([]byte, bool, error) {
	if b.find {
		return nil, false, errBroken
	}
	return b.Store.Find(token)
}

func (b broken) Commit(token string, data []byte, expiry time.Time) error {
	if b.change {
		return errBroken
	}
	return b.Store.Commit(token, data, expiry)
}

func (b broken) Delete(token string) error {
	if b.change {
		return errBroken
	}
	return b.Store.Delete(token)
}

type brokenCounter struct{}

func (brokenCounter) Increment(context.Context, string, time.Duration) (int64, error) {
	return 0, errBroken
}

func (brokenCounter) Delete(context.Context, string) error { return errBroken }

func TestStorageBreakdown(t *testing.T) {
	t.Parallel()
	b := newBridged(newMemstore())
	ctx := t.Context()
	for _, key := range []string{"key", "other"} {
		if err := b.Set(ctx, key, "value", time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	o := authscs.StorageOptions{Now: b.clock.Now}
	noFind := authscs.NewStorage(broken{Store: b.store, find: true}, b.counter, o)
	noChange := authscs.NewStorage(broken{Store: b.store, change: true}, b.counter, o)
	noCounter := authscs.NewStorage(b.store, brokenCounter{}, o)
	errs := map[string]error{}
	_, errs["Get without a store"] = noFind.Get(ctx, "key")
	_, errs["GetAndDelete without a store"] = noFind.GetAndDelete(ctx, "key")
	errs["Set without a store"] = noChange.Set(ctx, "key", "new", time.Hour)
	errs["Delete without a store"] = noChange.Delete(ctx, "key")
	_, errs["GetAndDelete without a counter"] = noCounter.GetAndDelete(ctx, "key")
	_, errs["Increment without a counter"] = noCounter.Increment(ctx, "key", time.Hour)
	for what, err := range errs {
		if !errors.Is(err, errBroken) || errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s: got error %v, want what broke", what, err)
		}
	}
	if got, err := b.GetAndDelete(ctx, "key"); err != nil || got != "value" {
		t.Errorf("GetAndDelete after the breakdowns: got %q, %v, want the value", got, err)
	}
	// Who cannot remove a value must not have it, and nobody has it after him.
	if got, err := noChange.GetAndDelete(ctx, "other"); !errors.Is(err, errBroken) || got != "" {
		t.Errorf("GetAndDelete that cannot remove: got %q, %v, want what broke", got, err)
	}
	if got, err := b.GetAndDelete(ctx, "other"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("GetAndDelete of a value that was claimed: got %q, %v, want ErrNotFound", got, err)
	}
	if err := b.Delete(ctx, "other"); err != nil {
		t.Errorf("Delete of a value that was claimed: got error %v, want none", err)
	}
}

func TestStorageForeignValueIsAnError(t *testing.T) {
	t.Parallel()
	for _, foreign := range []string{"", "x", "a b c", "1 x"} {
		store := &constant{value: []byte(foreign)}
		s := authscs.NewStorage(store, memstorage.New(memstorage.Options{}), authscs.StorageOptions{})
		if got, err := s.Get(t.Context(), "key"); err == nil || errors.Is(err, storage.ErrNotFound) {
			t.Errorf("Get of %q: got %q, %v, want an error that is not ErrNotFound", foreign, got, err)
		}
	}
}

// constant is a store that finds the same under every token.
type constant struct {
	scs.Store
	value []byte
}

func (c *constant) Find(string) ([]byte, bool, error) { return c.value, true, nil }

// TestStorageClosedRedis is about a store that takes a context and whose connections are closed.
func TestStorageClosedRedis(t *testing.T) {
	t.Parallel()
	client := dial(t)
	b := newBridged(goredisstore.NewWithPrefix(client, newPrefix(t)))
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	errs := map[string]error{}
	_, errs["Get"] = b.Get(t.Context(), "key")
	_, errs["GetAndDelete"] = b.GetAndDelete(t.Context(), "key")
	errs["Set"] = b.Set(t.Context(), "key", "value", time.Hour)
	errs["Delete"] = b.Delete(t.Context(), "key")
	for what, err := range errs {
		if err == nil || errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s: got error %v, want one that is not ErrNotFound", what, err)
		}
	}
}
