package ratelimit

import (
	"context"
	"time"
)

// Incrementer is the part of a secondary storage that counts. It must be safe for concurrent use.
type Incrementer interface {
	// Increment adds one to the number under key and returns what it is then, in one step. A key that does not exist
	// counts as zero and lives for ttl; an existing one keeps its lifetime.
	Increment(ctx context.Context, key string, ttl time.Duration) (int64, error)
}

// Secondary counts in a secondary storage such as Redis, which takes one round trip. It is safe for concurrent use; make
// one with [NewSecondary].
//
// Unlike in the other counters, a window is not prolonged by what happens in it, and a denied client is always told to
// wait for a whole one: formats.md §8. The keys are those of [Limiter], so Node servers on the same storage count along.
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
	n, err := s.storage.Increment(ctx, key, rule.Window)
	if err != nil {
		return 0, false, err
	}
	if n > int64(rule.Max) {
		return rule.Window, false, nil
	}
	return 0, true, nil
}
