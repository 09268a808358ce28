// Package authtest has what the trunk's own tests put into a core.Config: a fast hasher and a clock that tests move.
package authtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"
)

// Hasher stands in for scrypt where the hash is not the point.
type Hasher struct{}

// Hash implements password.Hasher.
func (Hasher) Hash(_ context.Context, pw string) (string, error) {
	sum := sha256.Sum256([]byte(pw))
	return hex.EncodeToString(sum[:]), nil
}

// Verify implements password.Hasher.
func (h Hasher) Verify(ctx context.Context, encoded, pw string) (bool, error) {
	got, err := h.Hash(ctx, pw)
	return got == encoded, err
}

// Clock is a clock that tests move.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock stands at a time with milliseconds.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)} }

// Now is where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Set puts the clock to a time.
func (c *Clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}
