package core

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

// timedStorage gives every call of a secondary storage a deadline.
type timedStorage struct {
	storage storage.Storage
	timeout time.Duration
}

// withStorageTimeout returns nil for a storage that is nil.
func withStorageTimeout(s storage.Storage, d time.Duration) storage.Storage {
	if s == nil || d < 0 {
		return s
	}
	return &timedStorage{s, d}
}

func (s *timedStorage) Get(ctx context.Context, key string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.storage.Get(ctx, key)
}

func (s *timedStorage) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.storage.Set(ctx, key, value, ttl)
}

func (s *timedStorage) Delete(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.storage.Delete(ctx, key)
}

func (s *timedStorage) GetAndDelete(ctx context.Context, key string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.storage.GetAndDelete(ctx, key)
}

func (s *timedStorage) Increment(ctx context.Context, key string, ttl time.Duration) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.storage.Increment(ctx, key, ttl)
}
