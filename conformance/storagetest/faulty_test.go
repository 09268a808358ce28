package storagetest_test

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

// faulty is a storage with one thing wrong. A function that is nil leaves alone what it is named after.
type faulty struct {
	*door
	stays, alone bool

	ctx    func(context.Context) context.Context
	key    func(string) string
	value  func(string) string
	ttl    func(time.Duration) time.Duration // of values
	window func(time.Duration) time.Duration // of counters
	link   func(storage.Link) storage.Link
	err    func(error) error

	// The methods, which are the door's unless one is the wrong thing.
	get         func(ctx context.Context, key string) (string, error)
	set         func(ctx context.Context, key, value string, ttl time.Duration) error
	remove      func(ctx context.Context, key string) error
	take        func(ctx context.Context, key string) (string, error)
	increment   func(ctx context.Context, key string, ttl time.Duration) (int64, error)
	setIfAbsent func(ctx context.Context, key, value string, ttl time.Duration) (bool, error)
	replace     func(ctx context.Context, key, old, value string, ttl time.Duration) (bool, error)
	deleteIf    func(ctx context.Context, key, old string) (bool, error)
}

func newFaulty(spoil func(*faulty)) *faulty {
	f := &faulty{}
	f.use(newDoor())
	spoil(f)
	return f
}

// use makes d the storage that is spoilt.
func (f *faulty) use(d *door) {
	f.door = d
	f.get, f.set, f.remove, f.take, f.increment = d.Get, d.Set, d.Delete, d.GetAndDelete, d.Increment
	f.setIfAbsent, f.replace, f.deleteIf = d.SetIfAbsent, d.Replace, d.DeleteIf
}

// through sends a value through the function that spoils it, if there is one.
func through[T any](spoil func(T) T, v T) T {
	if spoil != nil {
		return spoil(v)
	}
	return v
}

func (f *faulty) Get(ctx context.Context, key string) (string, error) {
	v, err := f.get(through(f.ctx, ctx), through(f.key, key))
	return v, through(f.err, err)
}

func (f *faulty) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	err := f.set(through(f.ctx, ctx), through(f.key, key), through(f.value, value), through(f.ttl, ttl))
	return through(f.err, err)
}

func (f *faulty) Delete(ctx context.Context, key string) error {
	return through(f.err, f.remove(through(f.ctx, ctx), through(f.key, key)))
}

func (f *faulty) GetAndDelete(ctx context.Context, key string) (string, error) {
	v, err := f.take(through(f.ctx, ctx), through(f.key, key))
	return v, through(f.err, err)
}

func (f *faulty) Increment(ctx context.Context, key string, ttl time.Duration) (int64, error) {
	n, err := f.increment(through(f.ctx, ctx), through(f.key, key), through(f.window, ttl))
	return n, through(f.err, err)
}

func (f *faulty) SetIfAbsent(ctx context.Context, key, value string, ttl time.Duration) (bool, error) {
	done, err := f.setIfAbsent(through(f.ctx, ctx), through(f.key, key), value, ttl)
	return done, through(f.err, err)
}

func (f *faulty) Replace(ctx context.Context, key, old, value string, ttl time.Duration) (bool, error) {
	done, err := f.replace(through(f.ctx, ctx), through(f.key, key), old, value, ttl)
	return done, through(f.err, err)
}

func (f *faulty) DeleteIf(ctx context.Context, key, old string) (bool, error) {
	done, err := f.deleteIf(through(f.ctx, ctx), through(f.key, key), old)
	return done, through(f.err, err)
}

func (f *faulty) GetLinked(ctx context.Context, key string, link storage.Link) (storage.Pair, error) {
	pair, err := f.door.GetLinked(through(f.ctx, ctx), through(f.key, key), through(f.link, link))
	return pair, through(f.err, err)
}
