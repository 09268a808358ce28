package password_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core/password"
)

// gate is a Hasher that finishes a hash when the test says so.
type gate struct {
	proceed chan struct{} // one receive per hash

	mu      sync.Mutex
	running int
	most    int
	started []string
}

func newGate() *gate { return &gate{proceed: make(chan struct{})} }

func (g *gate) Hash(_ context.Context, password string) (string, error) {
	g.mu.Lock()
	g.running++
	g.most = max(g.most, g.running)
	g.started = append(g.started, password)
	g.mu.Unlock()
	<-g.proceed
	g.mu.Lock()
	g.running--
	g.mu.Unlock()
	return password, nil
}

func (g *gate) Verify(ctx context.Context, _, password string) (bool, error) {
	_, err := g.Hash(ctx, password)
	return true, err
}

// begun returns what was begun so far, in order.
func (g *gate) begun() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.started)
}

func TestSlotsAndOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		l := password.Bounded(g, password.Limits{Slots: 2})
		var want []string
		for i := range 6 {
			name := fmt.Sprint(i)
			want = append(want, name)
			go func() {
				var err error
				if i%2 == 0 {
					_, err = l.Hash(t.Context(), name)
				} else {
					_, err = l.Verify(t.Context(), "", name)
				}
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}()
			synctest.Wait() // so that they queue in this order
		}
		if got := g.begun(); !slices.Equal(got, want[:2]) {
			t.Errorf("with all slots taken: got %q, want %q", got, want[:2])
		}
		for i := range want {
			g.proceed <- struct{}{}
			synctest.Wait()
			if got, want := g.begun(), want[:min(i+3, len(want))]; !slices.Equal(got, want) {
				t.Errorf("after %d finished: got %q, want %q", i+1, got, want)
			}
		}
		if g.most != 2 {
			t.Errorf("%d ran at once, want 2", g.most)
		}
		checkIdle(t, l, 2)
	})
}

func TestFullQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		l := password.Bounded(g, password.Limits{Slots: 1, MaxQueue: 2})
		for range 3 {
			go l.Hash(t.Context(), "accepted")
		}
		synctest.Wait()
		start := time.Now()
		if got, err := l.Hash(t.Context(), "refused"); got != "" || !errors.Is(err, password.ErrBusy) {
			t.Errorf("Hash: got %q, %v, want ErrBusy", got, err)
		}
		if got, err := l.Verify(t.Context(), "", "refused"); got || !errors.Is(err, password.ErrBusy) {
			t.Errorf("Verify: got %v, %v, want ErrBusy", got, err)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("a full queue was waited for: %v", waited)
		}
		for range 3 {
			g.proceed <- struct{}{}
		}
		synctest.Wait()
		if got := g.begun(); !slices.Equal(got, []string{"accepted", "accepted", "accepted"}) {
			t.Errorf("got %q, want the accepted ones", got)
		}
		checkIdle(t, l, 1)
	})
}

func TestQueueTimeout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ configured, want time.Duration }{
		"default": {0, 10 * time.Second},
		"own":     {time.Minute, time.Minute},
		"none":    {-1, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := newGate()
			l := password.Bounded(g, password.Limits{Slots: 1, QueueTimeout: c.configured})
			go l.Hash(t.Context(), "slow")
			synctest.Wait()
			start := time.Now()
			_, err := l.Hash(t.Context(), "waiting")
			if waited := time.Since(start); !errors.Is(err, password.ErrBusy) || waited != c.want {
				t.Errorf("%s: got %v after %v, want ErrBusy after %v", name, err, waited, c.want)
			}
			g.proceed <- struct{}{}
			synctest.Wait()
			checkIdle(t, l, 1)
		})
	}
}

func TestCancelledWaiterLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		l := password.Bounded(g, password.Limits{Slots: 1, MaxQueue: 2})
		gone := errors.New("the client is gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		go l.Hash(t.Context(), "first")
		synctest.Wait()
		failed := make(chan error, 1)
		go func() {
			_, err := l.Hash(ctx, "cancelled")
			failed <- err
		}()
		synctest.Wait()
		go l.Hash(t.Context(), "second")
		synctest.Wait()

		cancel(gone)
		if err := <-failed; !errors.Is(err, password.ErrBusy) || !errors.Is(err, gone) {
			t.Errorf("got %v, want both ErrBusy and the cause", err)
		}
		if free, waiting := l.State(); free != 0 || waiting != 1 {
			t.Errorf("got %d free and %d waiting, want 0 and 1", free, waiting)
		}
		go l.Hash(t.Context(), "third") // takes the place in the queue that became free
		synctest.Wait()
		for range 3 {
			g.proceed <- struct{}{}
			synctest.Wait()
		}
		if got, want := g.begun(), []string{"first", "second", "third"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		checkIdle(t, l, 1)
	})
}

func TestDeadlineOfTheRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		l := password.Bounded(g, password.Limits{Slots: 1})
		go l.Hash(t.Context(), "slow")
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := l.Hash(ctx, "waiting")
		if waited := time.Since(start); !errors.Is(err, password.ErrBusy) || !errors.Is(err, context.DeadlineExceeded) || waited != time.Second {
			t.Errorf("got %v after %v, want ErrBusy and DeadlineExceeded after 1s", err, waited)
		}
		if _, err := l.Hash(ctx, "too late"); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, password.ErrBusy) {
			t.Errorf("a request that is over: got %v, want DeadlineExceeded alone", err)
		}
		g.proceed <- struct{}{}
		synctest.Wait()
		checkIdle(t, l, 1)
	})
}

// panicker is a Hasher with a bug.
type panicker struct{}

func (panicker) Hash(context.Context, string) (string, error)         { panic("bug") }
func (panicker) Verify(context.Context, string, string) (bool, error) { panic("bug") }

func TestPanicFreesTheSlot(t *testing.T) {
	t.Parallel()
	l := password.Bounded(panicker{}, password.Limits{Slots: 1})
	for _, call := range []func(){
		func() { l.Hash(t.Context(), "x") },
		func() { l.Verify(t.Context(), "x", "x") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			call()
		}()
	}
	checkIdle(t, l, 1)
}

func TestLimitDefaults(t *testing.T) {
	t.Parallel()
	checkIdle(t, password.Bounded(panicker{}, password.Limits{}), runtime.GOMAXPROCS(0))
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		l := password.Bounded(g, password.Limits{Slots: 1})
		var refused atomic.Int32
		for range 1 + 128 + 5 {
			go func() {
				if _, err := l.Hash(t.Context(), "x"); errors.Is(err, password.ErrBusy) {
					refused.Add(1)
				}
			}()
		}
		synctest.Wait()
		if got := refused.Load(); got != 5 {
			t.Errorf("%d were refused, want 5: one runs and 128 wait", got)
		}
		for range 129 {
			g.proceed <- struct{}{}
		}
		synctest.Wait()
		checkIdle(t, l, 1)
	})
}

// TestNoSlotIsLost lets slots be handed over at the very moment that waiters give up.
func TestNoSlotIsLost(t *testing.T) {
	t.Parallel()
	l := password.Bounded(&yielder{limit: 3}, password.Limits{Slots: 3, MaxQueue: 10, QueueTimeout: 20 * time.Microsecond})
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 200 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(40))*time.Microsecond)
				_, err := l.Hash(ctx, "x")
				cancel()
				if err != nil && !errors.Is(err, password.ErrBusy) && !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	checkIdle(t, l, 3)
}

// yielder is a Hasher that takes a moment and fails if too many run at once.
type yielder struct {
	limit   int32
	running atomic.Int32
}

func (y *yielder) Hash(context.Context, string) (string, error) {
	defer y.running.Add(-1)
	if n := y.running.Add(1); n > y.limit {
		return "", fmt.Errorf("%d run at once, want at most %d", n, y.limit)
	}
	for range 20 {
		runtime.Gosched()
	}
	return "", nil
}

func (y *yielder) Verify(ctx context.Context, _, password string) (bool, error) {
	_, err := y.Hash(ctx, password)
	return err == nil, err
}

// sizedGate is a gate whose hashes are of argon2id, as far as their memory goes.
type sizedGate struct {
	password.Argon2id
	*gate
}

func (g sizedGate) Hash(ctx context.Context, text string) (string, error) {
	return g.gate.Hash(ctx, text)
}
func (g sizedGate) Verify(ctx context.Context, encoded, text string) (bool, error) {
	return g.gate.Verify(ctx, encoded, text)
}

// argon2Of is a hash that takes so many MiB.
func argon2Of(mib int) string {
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", mib<<10)
}

func TestMemoryIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := sizedGate{gate: newGate()}
		l := password.Bounded(g, password.Limits{Slots: 4, MemoryBytes: 100 << 20})
		var want []string
		for _, mib := range []int{40, 50, 60, 1, 200, 1} { // 200 counts as all there is
			name := fmt.Sprintf("%d, %d MiB", len(want), mib)
			want = append(want, name)
			go l.Verify(t.Context(), argon2Of(mib), name)
			synctest.Wait()
		}
		step := func(begun int, free int64) {
			t.Helper()
			synctest.Wait()
			got := g.begun()
			slices.Sort(got) // those that one step lets in begin in any order
			if !slices.Equal(got, want[:begun]) || l.FreeMemory() != free<<20 {
				t.Errorf("begun are %q with %d MiB left, want %q and %d", got, l.FreeMemory()>>20, want[:begun], free)
			}
		}
		step(2, 10) // 60 does not fit, and 1 does not overtake it
		g.proceed <- struct{}{}
		g.proceed <- struct{}{}
		step(4, 39)
		g.proceed <- struct{}{}
		g.proceed <- struct{}{}
		step(5, 0)
		g.proceed <- struct{}{}
		step(6, 99)
		g.proceed <- struct{}{}
		step(6, 100)
		checkIdle(t, l, 4)
	})
}

// TestLeavingLetsSmallerOnesIn: behind one that needs too much, those that need less wait only as long as it does.
func TestLeavingLetsSmallerOnesIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := sizedGate{gate: newGate()}
		l := password.Bounded(g, password.Limits{Slots: 4, MemoryBytes: 100 << 20, QueueTimeout: time.Second})
		go l.Verify(t.Context(), argon2Of(60), "running")
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		go l.Verify(ctx, argon2Of(60), "too large, cancelled")
		synctest.Wait()
		go l.Verify(t.Context(), argon2Of(10), "small")
		synctest.Wait()
		cancel()
		synctest.Wait()
		go l.Verify(t.Context(), argon2Of(60), "too large, too late")
		synctest.Wait()
		time.Sleep(500 * time.Millisecond)
		go l.Verify(t.Context(), argon2Of(20), "medium")
		synctest.Wait()
		time.Sleep(600 * time.Millisecond)
		synctest.Wait()
		if got, want := g.begun(), []string{"running", "small", "medium"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		for range 3 {
			g.proceed <- struct{}{}
		}
		synctest.Wait()
		checkIdle(t, l, 4)
		if got := l.FreeMemory(); got != 100<<20 {
			t.Errorf("%d bytes are free at rest", got)
		}
	})
}

func TestMemoryDefaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hasher password.Hasher
		want   int64
	}{
		"says nothing":  {panicker{}, 3 * 32 << 20},
		"small":         {password.Argon2id{}, 3 * 32 << 20},
		"large":         {password.Argon2id{MemoryKiB: 64 << 10}, 3 * 64 << 20},
		"large, import": {password.Import(password.Argon2id{MemoryKiB: 64 << 10}, password.Bcrypt{}), 3 * 64 << 20},
	} {
		if got := password.Bounded(c.hasher, password.Limits{Slots: 3}).FreeMemory(); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

// checkIdle fails the test unless all slots are free and nobody waits.
func checkIdle(t *testing.T, l *password.Limiter, slots int) {
	t.Helper()
	if free, waiting := l.State(); free != slots || waiting != 0 {
		t.Errorf("at rest: %d slots are free and %d wait, want %d and 0", free, waiting, slots)
	}
}
