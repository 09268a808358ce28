package ratelimit

import (
	"context"
	"time"
)

// Incrementer is the part of a secondary storage that counts; every storage.Storage is one. It must be safe for
// concurrent use.
type Incrementer interface {
	// Increment adds one to the counter of key and returns the sum, in one step. A counter that is not there begins at
	// zero and lives for ttl, whole seconds, from then on; the lifetime of one that is there stays.
	Increment(ctx context.Context, key string, ttl time.Duration) (int64, error)
}

// Secondary counts in a secondary storage such as Redis, which takes one round trip. It is safe for concurrent use; make
// one with [NewSecondary].
//
// Unlike in the other counters, a window is not prolonged by what happens in it, and a denied client is always told to
// wait for a whole one: formats.md §8. It lasts for whole seconds; parts of a second are rounded up.
type Secondary struct {
	storage Incrementer
}

var _ Counter = (*Secondary)(nil)

// NewSecondary returns a counter on s. It panics if s is nil.
func NewSecondary(s Incrementer) *Secondary {
	if s == nil {
		panic("ratelimit: NewSecondary needs a storage")
	}
	return &Secondary{s}
}

// Consume implements [Counter]. Its errors are those of the storage.
func (s *Secondary) Consume(ctx context.Context, key string, rule Rule) (retryAfter time.Duration, allowed bool, err error) {
	window := ceilSeconds(rule.Window)
	n, err := s.storage.Increment(ctx, key, window)
	if err != nil {
		return 0, false, err
	}
	if n > int64(rule.Max) {
		return window, false, nil
	}
	return 0, true, nil
}
