package password

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// ErrBusy says that a password was not hashed because too many others are waiting: the answer is 503, and nothing was
// learned about the password.
var ErrBusy = errors.New("password: too many passwords are being hashed")

// Limits bound the work of hashing. The zero value has all defaults.
type Limits struct {
	// Slots is how many hashes run at once; each takes a core and 32 MiB. Default: GOMAXPROCS.
	Slots int
	// QueueTimeout is the longest time to wait for a slot, negative to not wait at all. Whoever waits longer than a
	// few seconds has mostly given up, and hashing for them delays the others. Default: 10 seconds.
	QueueTimeout time.Duration
	// MaxQueue is how many may wait, negative for none. A queue that cannot be served before the timeout only costs
	// memory. Default: 128 for each slot, what a slot can hash in about 7 seconds.
	MaxQueue int
}

func (l Limits) withDefaults() Limits {
	if l.Slots <= 0 {
		l.Slots = runtime.GOMAXPROCS(0)
	}
	if l.MaxQueue == 0 {
		l.MaxQueue = 128 * l.Slots
	}
	if l.QueueTimeout == 0 {
		l.QueueTimeout = 10 * time.Second
	}
	if l.QueueTimeout < 0 {
		l.MaxQueue = 0
	}
	return l
}

// Limiter is a [Hasher] that lets only some calls of another one run at a time; [Bounded] makes one. The others wait in
// the order they came. It starts no goroutines and is safe for concurrent use.
type Limiter struct {
	hasher Hasher
	limits Limits

	mu    sync.Mutex
	free  int       // slots; positive only while nobody waits
	queue list.List // of chan struct{}, closed when the waiter is given a slot
}

var _ Hasher = (*Limiter)(nil)

// Bounded returns a Hasher that calls h within the limits.
func Bounded(h Hasher, l Limits) *Limiter {
	l = l.withDefaults()
	return &Limiter{hasher: h, limits: l, free: l.Slots}
}

// Hash is Hash of the hasher behind l, after a wait for a slot.
//
// It returns [ErrBusy] if the queue is full or the wait too long. If ctx ends the wait, the error is both ErrBusy and
// the cause of ctx. A ctx that is done beforehand is reported as it is.
func (l *Limiter) Hash(ctx context.Context, password string) (string, error) {
	if err := l.acquire(ctx); err != nil {
		return "", err
	}
	defer l.release()
	return l.hasher.Hash(ctx, password)
}

// Verify is Verify of the hasher behind l, after a wait for a slot, with the errors of [Limiter.Hash] in addition.
func (l *Limiter) Verify(ctx context.Context, encoded, password string) (bool, error) {
	if err := l.acquire(ctx); err != nil {
		return false, err
	}
	defer l.release()
	return l.hasher.Verify(ctx, encoded, password)
}

func (l *Limiter) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	if l.free > 0 {
		l.free--
		l.mu.Unlock()
		return nil
	}
	if l.queue.Len() >= l.limits.MaxQueue {
		l.mu.Unlock()
		return ErrBusy
	}
	turn := make(chan struct{})
	place := l.queue.PushBack(turn)
	l.mu.Unlock()

	timeout := time.NewTimer(l.limits.QueueTimeout)
	defer timeout.Stop()
	var err error
	select {
	case <-turn:
		return nil
	case <-timeout.C:
		err = ErrBusy
	case <-ctx.Done():
		err = fmt.Errorf("%w: %w", ErrBusy, context.Cause(ctx))
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-turn: // given a slot at the last moment: pass it on
		l.passOn()
	default:
		l.queue.Remove(place)
	}
	return err
}

func (l *Limiter) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.passOn()
}

// passOn gives a slot to whoever has waited longest, or back; the caller holds the lock. Handing it over, rather than
// letting everybody try for it, is what keeps the order.
func (l *Limiter) passOn() {
	if first := l.queue.Front(); first != nil {
		close(l.queue.Remove(first).(chan struct{}))
		return
	}
	l.free++
}
