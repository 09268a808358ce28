package core

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// timedStore gives every call of a store a deadline. A transaction as a whole has none of its own: each call in it has.
type timedStore struct {
	store.Store
	join    store.JoinFinder // nil if the store has none
	timeout time.Duration
}

func withTimeout(s store.Store, d time.Duration) store.Store {
	if d < 0 {
		return s
	}
	join, _ := s.(store.JoinFinder)
	return &timedStore{s, join, d}
}

func (s *timedStore) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Store.FindOne(ctx, q)
}

func (s *timedStore) FindMany(ctx context.Context, q store.Query) ([]store.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Store.FindMany(ctx, q)
}

func (s *timedStore) Count(ctx context.Context, q store.Query) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Store.Count(ctx, q)
}

func (s *timedStore) Create(ctx context.Context, t *schema.Table, r store.Record) (store.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Store.Create(ctx, t, r)
}

func (s *timedStore) Update(ctx context.Context, q store.Query, set store.Record) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Store.Update(ctx, q, set)
}

func (s *timedStore) Delete(ctx context.Context, q store.Query) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Store.Delete(ctx, q)
}

func (s *timedStore) ConsumeOne(ctx context.Context, q store.Query) (store.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Store.ConsumeOne(ctx, q)
}

func (s *timedStore) IncrementOne(ctx context.Context, q store.Query, column string, by int64) (store.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.Store.IncrementOne(ctx, q, column, by)
}

// FindJoined makes a timedStore a store.JoinFinder also where the store behind it is none: then it takes two queries.
func (s *timedStore) FindJoined(ctx context.Context, j *store.Join, key string) (left, right []any, err error) {
	if s.join == nil {
		return findJoined(ctx, s, j, key)
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.join.FindJoined(ctx, j, key)
}

var _ store.JoinFinder = (*timedStore)(nil)
