package memstorage

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

// ErrFull says that a write would need more memory than the storage may use. Nothing was written, and nothing lost.
var ErrFull = errors.New("memory storage: full")

// Options say how a Storage works. The zero value is good.
type Options struct {
	// Now is the time. It defaults to time.Now.
	Now func() time.Time
	// MaxBytes is how much memory the entries may take, about. It defaults to 256 MiB.
	MaxBytes int64
}

const defaultMaxBytes = 256 << 20

// Storage implements [storage.Storage] and [storage.Swapper]. Make one with New.
type Storage struct {
	now   func() time.Time
	limit int64

	mu      sync.Mutex
	entries map[string]*entry
	due     queue // those that expire, the next first
	size    int64 // of all entries
}

var _ storage.Swapper = (*Storage)(nil)

// New returns an empty storage.
func New(o Options) *Storage {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	return &Storage{now: o.Now, limit: o.MaxBytes, entries: map[string]*entry{}}
}

// Get implements [storage.Storage].
func (s *Storage) Get(ctx context.Context, key string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.alive(key, s.now())
	if e == nil {
		return "", storage.ErrNotFound
	}
	return e.value, nil
}

// Set implements [storage.Storage].
func (s *Storage) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	_, err := s.put(ctx, key, value, ttl, func(*entry) bool { return true })
	return err
}

// SetIfAbsent implements [storage.Swapper].
func (s *Storage) SetIfAbsent(ctx context.Context, key, value string, ttl time.Duration) (bool, error) {
	return s.put(ctx, key, value, ttl, func(e *entry) bool { return e == nil })
}

// Replace implements [storage.Swapper].
func (s *Storage) Replace(ctx context.Context, key, old, value string, ttl time.Duration) (bool, error) {
	return s.put(ctx, key, value, ttl, func(e *entry) bool { return e != nil && e.value == old })
}

// put writes if the entry that is there, nil if none is, satisfies the condition.
func (s *Storage) put(ctx context.Context, key, value string, ttl time.Duration, cond func(*entry) bool) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	ttl = storage.Whole(ttl)
	if ttl == 0 {
		return false, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	e := s.alive(key, now)
	if !cond(e) {
		return false, nil
	}
	if err := s.write(e, key, value, now); err != nil {
		return false, err
	}
	s.schedule(s.entries[key], ttl, now)
	return true, nil
}

// Delete implements [storage.Storage].
func (s *Storage) Delete(ctx context.Context, key string) error {
	_, err := s.take(ctx, key, func(*entry) bool { return true })
	return err
}

// DeleteIf implements [storage.Swapper].
func (s *Storage) DeleteIf(ctx context.Context, key, old string) (bool, error) {
	e, err := s.take(ctx, key, func(e *entry) bool { return e.value == old })
	return e != nil, err
}

// GetAndDelete implements [storage.Storage].
func (s *Storage) GetAndDelete(ctx context.Context, key string) (string, error) {
	e, err := s.take(ctx, key, func(*entry) bool { return true })
	if err != nil {
		return "", err
	}
	if e == nil {
		return "", storage.ErrNotFound
	}
	return e.value, nil
}

// take removes the entry that is there, if it satisfies the condition, and returns it; nil if none was removed.
func (s *Storage) take(ctx context.Context, key string, cond func(*entry) bool) (*entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.alive(key, s.now())
	if e == nil || !cond(e) {
		return nil, nil
	}
	s.remove(e)
	return e, nil
}

// Increment implements [storage.Storage].
func (s *Storage) Increment(ctx context.Context, key string, ttl time.Duration) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	ttl, err := storage.Window(ttl)
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	e := s.alive(key, now)
	if e == nil {
		if err := s.write(nil, key, "1", now); err != nil {
			return 0, err
		}
		s.schedule(s.entries[key], ttl, now)
		return 1, nil
	}
	n, err := next(e.value)
	if err != nil {
		return 0, err
	}
	// Not held to the limit: a counter that is there goes on counting, though it gain a digit.
	digits := strconv.FormatInt(n, 10)
	s.size += int64(len(digits) - len(e.value))
	e.value = digits
	return n, nil
}

// next adds one to a decimal number, written as Redis wants one: without a plus, spaces or leading zeros.
func next(value string) (int64, error) {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != value || n+1 < n {
		return 0, errors.New("memory storage: increment: the value is not a number that can be counted on")
	}
	return n + 1, nil
}

// swept is how many expired entries a write removes besides. A write adds at most one, so two keep up; the rest is for
// what expired while nobody wrote.
const swept = 8

// write makes value that of e, or of a new entry if e is nil. It makes room first, and leaves lifetimes alone.
func (s *Storage) write(e *entry, key, value string, now time.Time) error {
	s.sweep(swept, now)
	grows := int64(len(value))
	if e == nil {
		grows += overhead + int64(len(key))
	} else {
		grows -= int64(len(e.value))
	}
	if grows > 0 && s.size+grows > s.limit {
		s.sweep(len(s.due), now)
		if s.size+grows > s.limit {
			return fmt.Errorf("%w: %d bytes more than the %d in use would pass the limit of %d", ErrFull, grows, s.size, s.limit)
		}
	}
	// Copies, because what the caller has may be a part of something large that would stay with it.
	if e == nil {
		e = &entry{key: strings.Clone(key), slot: unscheduled}
		s.entries[e.key] = e
	}
	e.value = strings.Clone(value)
	s.size += grows
	return nil
}

// alive returns the entry of key, or nil; if its lifetime is over it goes at once.
func (s *Storage) alive(key string, now time.Time) *entry {
	e := s.entries[key]
	if e != nil && e.expired(now) {
		s.remove(e)
		return nil
	}
	return e
}
