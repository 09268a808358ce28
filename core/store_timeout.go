package core

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// timedStore gives every call of a store a deadline, and keeps the values of the call out of the texts of its errors. A
// transaction as a whole has no deadline of its own: each call in it has.
type timedStore struct {
	store.Store
	join    store.JoinFinder // nil if the store has none
	timeout time.Duration
}

func withTimeout(s store.Store, d time.Duration) store.Store {
	join, _ := s.(store.JoinFinder)
	return &timedStore{s, join, d}
}

func (s *timedStore) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.timeout < 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, s.timeout)
}

func (s *timedStore) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	rec, err := s.Store.FindOne(ctx, q)
	return rec, quietly(err, q.Where, nil)
}

func (s *timedStore) FindMany(ctx context.Context, q store.Query) ([]store.Record, error) {
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	recs, err := s.Store.FindMany(ctx, q)
	return recs, quietly(err, q.Where, nil)
}

func (s *timedStore) Count(ctx context.Context, q store.Query) (int64, error) {
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	n, err := s.Store.Count(ctx, q)
	return n, quietly(err, q.Where, nil)
}

func (s *timedStore) Create(ctx context.Context, t *schema.Table, r store.Record) (store.Record, error) {
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	rec, err := s.Store.Create(ctx, t, r)
	return rec, quietly(err, nil, r)
}

func (s *timedStore) Update(ctx context.Context, q store.Query, set store.Record) (int64, error) {
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	n, err := s.Store.Update(ctx, q, set)
	return n, quietly(err, q.Where, set)
}

func (s *timedStore) Delete(ctx context.Context, q store.Query) (int64, error) {
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	n, err := s.Store.Delete(ctx, q)
	return n, quietly(err, q.Where, nil)
}

func (s *timedStore) ConsumeOne(ctx context.Context, q store.Query) (store.Record, error) {
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	rec, err := s.Store.ConsumeOne(ctx, q)
	return rec, quietly(err, q.Where, nil)
}

func (s *timedStore) IncrementOne(ctx context.Context, q store.Query, column string, by int64) (store.Record, error) {
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	rec, err := s.Store.IncrementOne(ctx, q, column, by)
	return rec, quietly(err, q.Where, nil)
}

// FindJoined makes a timedStore a store.JoinFinder also where the store behind it is none: then it takes two queries.
func (s *timedStore) FindJoined(ctx context.Context, j *store.Join, keys ...string) (left, right []any, err error) {
	if s.join == nil {
		return findJoined(ctx, s, j, keys...)
	}
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	left, right, err = s.join.FindJoined(ctx, j, keys...)
	if err != nil {
		err = quietly(err, joinConds(j, keys), nil)
	}
	return left, right, err
}

// FindPage makes a timedStore a store.PageFinder also where the store behind it is none: then the deadline is for the page,
// however many queries it takes.
func (s *timedStore) FindPage(ctx context.Context, q store.PageQuery) (store.Page, error) {
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	p, err := store.FindPage(ctx, s.Store, q)
	return p, quietly(err, slices.Concat(q.Where, q.Also), nil)
}

var (
	_ store.JoinFinder = (*timedStore)(nil)
	_ store.PageFinder = (*timedStore)(nil)
)
