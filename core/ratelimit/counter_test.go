package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/internal/authtest"
)

// race consumes n times at once and returns how often that was allowed.
func race(t *testing.T, c ratelimit.Counter, n int, key string, rule ratelimit.Rule) int {
	t.Helper()
	var wg sync.WaitGroup
	start := make(chan struct{})
	allowed := make([]bool, n)
	for i := range n {
		wg.Go(func() {
			<-start
			_, ok, err := c.Consume(t.Context(), key, rule)
			if err != nil {
				t.Errorf("caller %d: %v", i, err)
			}
			allowed[i] = ok
		})
	}
	close(start)
	wg.Wait()
	count := 0
	for _, ok := range allowed {
		if ok {
			count++
		}
	}
	return count
}

// TestRace: of fifty requests at once exactly as many pass as are allowed, for a new counter and for one whose window
// has ended.
func TestRace(t *testing.T) {
	t.Parallel()
	for name, open := range counters {
		for _, limit := range []int{1, 3, 50, 100} {
			t.Run(fmt.Sprintf("%s/%d", name, limit), func(t *testing.T) {
				t.Parallel()
				now := authtest.NewClock()
				c := open(t, now)
				r := rule(10, limit)
				for round := range 3 {
					want := min(limit, 50)
					if got := race(t, c, 50, "192.0.2.1|/ok", r); got != want {
						t.Errorf("round %d: got %d of 50 allowed, want %d", round, got, want)
					}
					want = min(limit-want, 50)
					if got := race(t, c, 50, "192.0.2.1|/ok", r); got != want {
						t.Errorf("round %d, again: got %d of 50 allowed, want %d", round, got, want)
					}
					now.Advance(10 * time.Second)
				}
			})
		}
	}
}

// TestRaceOfManyKeys: counters do not get in each other's way.
func TestRaceOfManyKeys(t *testing.T) {
	t.Parallel()
	for name, open := range counters {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := open(t, authtest.NewClock())
			var wg sync.WaitGroup
			for i := range 20 {
				key := fmt.Sprintf("192.0.2.%d|/ok", i)
				wg.Go(func() {
					if got := race(t, c, 10, key, rule(10, 3)); got != 3 {
						t.Errorf("%s: got %d of 10 allowed, want 3", key, got)
					}
				})
			}
			wg.Wait()
		})
	}
}

// TestWindow has what the counters agree on: each begins again when a window is over, and not a moment before.
func TestWindow(t *testing.T) {
	t.Parallel()
	for name, open := range counters {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := authtest.NewClock()
			c := open(t, now)
			r := rule(10, 2)
			for round := range 3 {
				wantAllowed(t, c, "192.0.2.1|/ok", r)
				wantAllowed(t, c, "192.0.2.1|/ok", r)
				wantDenied(t, c, "192.0.2.1|/ok", r, 10*time.Second)
				now.Advance(10*time.Second - time.Millisecond)
				if _, ok := consume(t, c, "192.0.2.1|/ok", r); ok {
					t.Errorf("round %d: got allowed within the window", round)
				}
				now.Advance(time.Millisecond)
			}
		})
	}
}

// TestRollingWindow is what tells memory and database from the fixed windows of a secondary storage.
func TestRollingWindow(t *testing.T) {
	t.Parallel()
	for name, open := range counters {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := authtest.NewClock()
			c := open(t, now)
			r := rule(10, 3)
			for range 3 {
				wantAllowed(t, c, "192.0.2.1|/ok", r)
				now.Advance(4 * time.Second)
			}
			if name == "secondary-storage" {
				wantAllowed(t, c, "192.0.2.1|/ok", r) // 12 s after the first
				return
			}
			wantDenied(t, c, "192.0.2.1|/ok", r, 6*time.Second)
			now.Advance(5 * time.Second)
			wantDenied(t, c, "192.0.2.1|/ok", r, time.Second) // being denied does not prolong it
			now.Advance(time.Second)
			wantAllowed(t, c, "192.0.2.1|/ok", r)
		})
	}
}

// TestSecondaryRoundsUp: a storage keeps whole seconds, and less than one not at all.
func TestSecondaryRoundsUp(t *testing.T) {
	t.Parallel()
	now := authtest.NewClock()
	c := newSecondary(t, now)
	r := ratelimit.Rule{Window: 1500 * time.Millisecond, Max: 1}
	wantAllowed(t, c, "192.0.2.1|/ok", r)
	now.Advance(1999 * time.Millisecond)
	wantDenied(t, c, "192.0.2.1|/ok", r, 2*time.Second)
	now.Advance(time.Millisecond)
	wantAllowed(t, c, "192.0.2.1|/ok", r)
	wantAllowed(t, c, "192.0.2.2|/ok", ratelimit.Rule{Window: time.Millisecond, Max: 1})
}

// down is a storage that cannot be reached.
type down struct{ err error }

func (d down) Increment(context.Context, string, time.Duration) (int64, error) { return 0, d.err }

func TestSecondaryDown(t *testing.T) {
	t.Parallel()
	errDown := errors.New("connection refused")
	_, ok, err := ratelimit.NewSecondary(down{errDown}).Consume(t.Context(), "192.0.2.1|/ok", rule(10, 3))
	if ok || !errors.Is(err, errDown) {
		t.Errorf("got allowed %v, %v, want %v", ok, err, errDown)
	}
}
