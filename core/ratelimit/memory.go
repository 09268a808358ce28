package ratelimit

import (
	"context"
	"hash/maphash"
	"math"
	"strings"
	"sync"
	"time"
)

// MemoryOptions change what a [Memory] does. The zero value has all defaults.
type MemoryOptions struct {
	// MaxKeys bounds how many counters are kept, about 150 bytes each; it is rounded up to a multiple of 256. The
	// default is 262 144.
	MaxKeys int
	// Now is the clock. The default is time.Now.
	Now func() time.Time
}

// Memory counts in this process; other processes have counters of their own, and a restart forgets them. It is safe for
// concurrent use and starts no goroutines; make one with [NewMemory].
//
// When it is full of counters that still matter, requests that would need a new one are denied for a whole window, and
// no counter is dropped: otherwise whoever can send from many addresses could wash away the count of failed guesses. A
// client has all of its counters in one of 256 parts, chosen by a secret hash, each with its share of MaxKeys. So a
// single address that makes up paths, where paths count as they come ([Options.Exact]), fills one part at most.
type Memory struct {
	now    func() time.Time
	start  time.Time
	seed   maphash.Seed
	shards [shardCount]shard
}

const (
	shardCount     = 256
	defaultMaxKeys = 1 << 18
)

var _ Counter = (*Memory)(nil)

// NewMemory returns a Memory that has counted nothing.
func NewMemory(o MemoryOptions) *Memory {
	if o.MaxKeys <= 0 {
		o.MaxKeys = defaultMaxKeys
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	m := &Memory{now: o.Now, start: o.Now(), seed: maphash.MakeSeed()}
	for i := range m.shards {
		m.shards[i].max = (o.MaxKeys + shardCount - 1) / shardCount
		m.shards[i].counters = map[string]counter{}
	}
	return m
}

// Consume implements [Counter]. It returns no errors.
func (m *Memory) Consume(_ context.Context, key string, rule Rule) (retryAfter time.Duration, allowed bool, err error) {
	// Differences between times of one process are exact also when somebody sets the clock.
	now := m.now().Sub(m.start)
	client, _, _ := strings.Cut(key, "|")
	wait := m.shards[maphash.String(m.seed, client)%shardCount].consume(key, rule, now)
	return wait, wait == 0, nil
}

// shard is one part of a [Memory].
type shard struct {
	mu       sync.Mutex
	max      int
	counters map[string]counter
	earliest time.Duration // no counter expires before
}

// counter has its times as the time since the start.
type counter struct {
	count   int64
	last    time.Duration // when the last request was allowed
	expires time.Duration
}

// consume returns how long to wait, or 0 if the request is allowed.
func (s *shard) consume(key string, rule Rule, now time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.counters[key]
	if !ok && !s.room(now) {
		return rule.Window
	}
	count := int64(1)
	if ok && now < c.expires {
		var wait time.Duration
		if count, wait = rule.next(c.count, now-c.last); wait > 0 {
			return wait
		}
	}
	expires := now + rule.Window
	s.counters[key] = counter{count: count, last: now, expires: expires}
	s.earliest = min(s.earliest, expires)
	return 0
}

// room reports whether there is room for one more counter, after it has dropped expired ones if need be. It goes through
// all counters only if one of them may have expired since the last time.
func (s *shard) room(now time.Duration) bool {
	if len(s.counters) < s.max {
		return true
	}
	if now < s.earliest {
		return false
	}
	s.earliest = math.MaxInt64
	for key, c := range s.counters {
		if c.expires <= now {
			delete(s.counters, key)
			continue
		}
		s.earliest = min(s.earliest, c.expires)
	}
	return len(s.counters) < s.max
}
