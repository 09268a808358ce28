package storagetest_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/conformance/storagetest"
	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memstorage"
)

// TestRun runs the whole suite, no feature switched off, on the storage in memory and what it needs besides: links, a
// second handle that is the first one again, and a door that can be closed.
func TestRun(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, storagetest.Options{
		Open:     func(testing.TB) storage.Storage { return newDoor() },
		Advance:  func(_ testing.TB, s storage.Storage, d time.Duration) { s.(*door).clock.Advance(d) },
		Reopen:   func(_ testing.TB, s storage.Storage) storage.Storage { return s },
		Close:    func(_ testing.TB, s storage.Storage) { s.(*door).closed.Store(true) },
		Parallel: true,
	})
}

// door is a storage in memory that can be closed.
type door struct {
	*memstorage.Storage
	clock  *authtest.Clock
	closed atomic.Bool
}

func newDoor() *door {
	c := authtest.NewClock()
	return &door{Storage: memstorage.New(memstorage.Options{Now: c.Now}), clock: c}
}

var (
	_ storage.Swapper = (*door)(nil)
	_ storage.Linker  = (*door)(nil)
)

var errClosed = errors.New("the door is closed")

// ask calls a method of the storage, unless the door is closed.
func ask[T any](d *door, method func() (T, error)) (T, error) {
	if d.closed.Load() {
		var zero T
		return zero, errClosed
	}
	return method()
}

func (d *door) Get(ctx context.Context, key string) (string, error) {
	return ask(d, func() (string, error) { return d.Storage.Get(ctx, key) })
}

func (d *door) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	_, err := ask(d, func() (any, error) { return nil, d.Storage.Set(ctx, key, value, ttl) })
	return err
}

func (d *door) Delete(ctx context.Context, key string) error {
	_, err := ask(d, func() (any, error) { return nil, d.Storage.Delete(ctx, key) })
	return err
}

func (d *door) GetAndDelete(ctx context.Context, key string) (string, error) {
	return ask(d, func() (string, error) { return d.Storage.GetAndDelete(ctx, key) })
}

func (d *door) Increment(ctx context.Context, key string, ttl time.Duration) (int64, error) {
	return ask(d, func() (int64, error) { return d.Storage.Increment(ctx, key, ttl) })
}

func (d *door) SetIfAbsent(ctx context.Context, key, value string, ttl time.Duration) (bool, error) {
	return ask(d, func() (bool, error) { return d.Storage.SetIfAbsent(ctx, key, value, ttl) })
}

func (d *door) Replace(ctx context.Context, key, old, value string, ttl time.Duration) (bool, error) {
	return ask(d, func() (bool, error) { return d.Storage.Replace(ctx, key, old, value, ttl) })
}

func (d *door) DeleteIf(ctx context.Context, key, old string) (bool, error) {
	return ask(d, func() (bool, error) { return d.Storage.DeleteIf(ctx, key, old) })
}

func (d *door) GetLinked(ctx context.Context, key string, link storage.Link) (storage.Pair, error) {
	plain := struct{ storage.Storage }{d} // without this method
	return storage.Follow(ctx, plain, key, link, func(value string) (string, error) { return link.Key(value), nil })
}
