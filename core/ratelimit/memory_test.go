package ratelimit_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/internal/authtest"
)

func address(i int) string { return fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255) }

// TestMemoryIsBounded sends from a million addresses. It does not run in parallel because it looks at the heap.
func TestMemoryIsBounded(t *testing.T) {
	now := authtest.NewClock()
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before := heap()
	m := ratelimit.NewMemory(ratelimit.MemoryOptions{Now: now.Now})
	r := rule(10, 3)
	for range 3 {
		wantAllowed(t, m, "192.0.2.1|/sign-in/email", r)
	}
	denied := 0
	for i := range 1_000_000 {
		wait, ok, err := m.Consume(t.Context(), address(i)+"|/sign-in/email", r)
		if err != nil || !ok && wait != r.Window {
			t.Fatalf("address %d: got a wait of %v, %v, want %v where there is no room", i, wait, err, r.Window)
		}
		if !ok {
			denied++
		}
	}
	const most = 1 << 18
	if got := m.Len(); got != most {
		t.Errorf("got %d counters, want %d", got, most)
	}
	if want := 1_000_000 + 1 - most; denied != want {
		t.Errorf("got %d denied, want %d", denied, want)
	}
	if grown := int64(heap()) - int64(before); grown > 64<<20 {
		t.Errorf("got %d MiB in use, want at most 64", grown>>20)
	}
	wantDenied(t, m, "192.0.2.1|/sign-in/email", r, 10*time.Second)

	now.Advance(10 * time.Second)
	for i := range 1000 {
		wantAllowed(t, m, address(i+1_000_000)+"|/sign-in/email", r)
	}
	if got := m.Len(); got > most {
		t.Errorf("got %d counters, want at most %d", got, most)
	}
}

// TestMemoryFullOfOneClient: who makes up paths gets in nobody's way but that of the few who share his part.
func TestMemoryFullOfOneClient(t *testing.T) {
	t.Parallel()
	m := ratelimit.NewMemory(ratelimit.MemoryOptions{Now: authtest.NewClock().Now, MaxKeys: 256 * 20})
	r := rule(10, 3)
	for i := range 100 {
		if _, ok := consume(t, m, fmt.Sprintf("192.0.2.1|/%d", i), r); ok != (i < 20) {
			t.Errorf("path %d of one client: got allowed %v, want %v", i, ok, i < 20)
		}
	}
	denied := 0
	for i := range 1000 {
		if _, ok := consume(t, m, address(i)+"|/ok", r); !ok {
			denied++
		}
	}
	// About 4 of them are in the full part. More than 50 is less likely than 10⁻³⁰.
	if denied > 50 {
		t.Errorf("got %d of 1000 other clients denied, want about 4", denied)
	}
}

// TestMemoryMakesRoom: of counters in one part, those that have expired make room, each as soon as it has.
func TestMemoryMakesRoom(t *testing.T) {
	t.Parallel()
	now := authtest.NewClock()
	m := ratelimit.NewMemory(ratelimit.MemoryOptions{Now: now.Now, MaxKeys: 256 * 3})
	short, long := rule(1, 3), rule(10, 3)
	wantAllowed(t, m, "192.0.2.1|/a", long)
	wantAllowed(t, m, "192.0.2.1|/b", short)
	wantAllowed(t, m, "192.0.2.1|/c", long)
	wantDenied(t, m, "192.0.2.1|/d", short, time.Second)
	now.Advance(999 * time.Millisecond)
	wantAllowed(t, m, "192.0.2.1|/b", short) // prolongs it
	now.Advance(time.Millisecond)
	wantDenied(t, m, "192.0.2.1|/d", short, time.Second)
	now.Advance(999 * time.Millisecond)
	wantAllowed(t, m, "192.0.2.1|/d", short) // instead of b
	wantDenied(t, m, "192.0.2.1|/b", short, time.Second)
	now.Advance(time.Second)
	wantAllowed(t, m, "192.0.2.1|/b", long) // instead of d
	wantDenied(t, m, "192.0.2.1|/d", long, 10*time.Second)
	now.Advance(7001 * time.Millisecond)
	wantAllowed(t, m, "192.0.2.1|/d", long) // instead of a and c
	if got := m.Len(); got != 2 {
		t.Errorf("got %d counters, want 2", got)
	}
}

// TestMemoryForgets: a counter that has expired counts no more, whether or not it is still there and whatever rule is
// asked for then.
func TestMemoryForgets(t *testing.T) {
	t.Parallel()
	now := authtest.NewClock()
	m := newMemory(t, now)
	wantAllowed(t, m, "192.0.2.1|/ok", rule(10, 1))
	now.Advance(10 * time.Second)
	wantAllowed(t, m, "192.0.2.1|/ok", rule(60, 1))
	wantDenied(t, m, "192.0.2.1|/ok", rule(60, 1), time.Minute)
}
