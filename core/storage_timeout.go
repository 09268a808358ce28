package core

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

// timedStorage gives every call of a secondary storage a deadline, as timedStore does for a store.
type timedStorage struct {
	storage.Storage
	linker  storage.Linker // nil if the storage is none
	timeout time.Duration
}

// timedSwapper is a timedStorage over one that can swap.
type timedSwapper struct {
	timedStorage
	swapper storage.Swapper
}

func withStorageTimeout(s storage.Storage, d time.Duration) storage.Storage {
	if s == nil || d < 0 {
		return s
	}
	linker, _ := s.(storage.Linker)
	timed := timedStorage{s, linker, d}
	if swapper, ok := s.(storage.Swapper); ok {
		return &timedSwapper{timed, swapper}
	}
	return &timed
}

func (s *timedStorage) Get(ctx context.Context, key string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Storage.Get(ctx, key)
}

func (s *timedStorage) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Storage.Set(ctx, key, value, ttl)
}

func (s *timedStorage) Delete(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Storage.Delete(ctx, key)
}

func (s *timedStorage) GetAndDelete(ctx context.Context, key string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Storage.GetAndDelete(ctx, key)
}

func (s *timedStorage) Increment(ctx context.Context, key string, ttl time.Duration) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Storage.Increment(ctx, key, ttl)
}

// GetLinked makes a timedStorage a storage.Linker also where the storage behind it is none: then storage.Follow asks a
// second time.
func (s *timedStorage) GetLinked(ctx context.Context, key string, link storage.Link) (storage.Pair, error) {
	if s.linker == nil {
		value, err := s.Get(ctx, key)
		return storage.Pair{Value: value}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.linker.GetLinked(ctx, key, link)
}

func (s *timedSwapper) SetIfAbsent(ctx context.Context, key, value string, ttl time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.swapper.SetIfAbsent(ctx, key, value, ttl)
}

func (s *timedSwapper) Replace(ctx context.Context, key, old, value string, ttl time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.swapper.Replace(ctx, key, old, value, ttl)
}

func (s *timedSwapper) DeleteIf(ctx context.Context, key, old string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.swapper.DeleteIf(ctx, key, old)
}

var (
	_ storage.Linker  = (*timedStorage)(nil)
	_ storage.Swapper = (*timedSwapper)(nil)
)
