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
	// Slots is how many hashes run at once; each takes a core and, with [Scrypt], 32 MiB. Default: GOMAXPROCS.
	Slots int
	// MemoryBytes is how much memory the hashes that run at once take together: those that need more than is left
	// wait, and one that needs more than all of it runs alone. Each hasher of this package says what it needs, also
	// for an imported hash with parameters of its own; one from elsewhere is taken to need 32 MiB. Default: for each
	// slot what Hash needs, at least 32 MiB.
	MemoryBytes int64
	// QueueTimeout is the longest time to wait for a slot, negative to not wait at all. Whoever waits longer than a
	// few seconds has mostly given up, and hashing for them delays the others. Default: 10 seconds.
	QueueTimeout time.Duration
	// MaxQueue is how many may wait, negative for none. A queue that cannot be served before the timeout only costs
	// memory. Default: 128 for each slot, what a slot can hash in about 7 seconds.
	MaxQueue int
}

// usualBytes is the memory of a hash that does not say what it needs.
const usualBytes = 32 << 20

func (l Limits) withDefaults(hashBytes int64) Limits {
	if l.Slots <= 0 {
		l.Slots = runtime.GOMAXPROCS(0)
	}
	if l.MemoryBytes <= 0 {
		l.MemoryBytes = int64(l.Slots) * max(usualBytes, hashBytes)
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

	mu     sync.Mutex
	free   int       // slots
	memory int64     // bytes that are free
	queue  list.List // of *waiter; whoever comes while somebody waits stands behind them
}

// waiter is a call that waits for a slot and its memory.
type waiter struct {
	turn  chan struct{} // closed when it is given both
	bytes int64
}

var (
	_ Upgrader = (*Limiter)(nil)
	_ burner   = (*Limiter)(nil)
)

// Bounded returns a Hasher that calls h within the limits.
func Bounded(h Hasher, l Limits) *Limiter {
	l = l.withDefaults(hashBytes(h))
	return &Limiter{hasher: h, limits: l, free: l.Slots, memory: l.MemoryBytes}
}

func hashBytes(h Hasher) int64 {
	if s, ok := h.(hashSizer); ok {
		return s.hashBytes()
	}
	return usualBytes
}

func verifyBytes(v Verifier, encoded string) int64 {
	if s, ok := v.(verifySizer); ok {
		return s.verifyBytes(encoded)
	}
	return usualBytes
}

// Hash is Hash of the hasher behind l, after a wait for a slot.
//
// It returns [ErrBusy] if the queue is full or the wait too long. If ctx ends the wait, the error is both ErrBusy and
// the cause of ctx. A ctx that is done beforehand is reported as it is.
func (l *Limiter) Hash(ctx context.Context, password string) (string, error) {
	release, err := l.acquire(ctx, hashBytes(l.hasher))
	if err != nil {
		return "", err
	}
	defer release()
	return l.hasher.Hash(ctx, password)
}

// Verify is Verify of the hasher behind l, after a wait for a slot, with the errors of [Limiter.Hash] in addition.
func (l *Limiter) Verify(ctx context.Context, encoded, password string) (bool, error) {
	release, err := l.acquire(ctx, verifyBytes(l.hasher, encoded))
	if err != nil {
		return false, err
	}
	defer release()
	return l.hasher.Verify(ctx, encoded, password)
}

// Outdated is Outdated of the hasher behind l, and false if that is no [Upgrader]. It waits for nothing.
func (l *Limiter) Outdated(encoded string) bool {
	u, ok := l.hasher.(Upgrader)
	return ok && u.Outdated(encoded)
}

func (l *Limiter) burn(ctx context.Context, password string) (string, error) {
	release, err := l.acquire(ctx, hashBytes(l.hasher))
	if err != nil {
		return "", err
	}
	defer release()
	return burn(ctx, l.hasher, password)
}

// acquire waits for a slot and so many bytes. The caller calls release when it is done with them.
func (l *Limiter) acquire(ctx context.Context, bytes int64) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := &waiter{make(chan struct{}), min(bytes, l.limits.MemoryBytes)}
	release = func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.giveBack(w)
	}
	l.mu.Lock()
	if l.queue.Len() == 0 && l.take(w) {
		l.mu.Unlock()
		return release, nil
	}
	if l.queue.Len() >= l.limits.MaxQueue {
		l.mu.Unlock()
		return nil, ErrBusy
	}
	place := l.queue.PushBack(w)
	l.mu.Unlock()

	timeout := time.NewTimer(l.limits.QueueTimeout)
	defer timeout.Stop()
	select {
	case <-w.turn:
		return release, nil
	case <-timeout.C:
		err = ErrBusy
	case <-ctx.Done():
		err = fmt.Errorf("%w: %w", ErrBusy, context.Cause(ctx))
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-w.turn: // it came at the last moment: pass it on
		l.giveBack(w)
	default:
		l.queue.Remove(place)
		l.passOn() // those behind may need less
	}
	return nil, err
}

// take takes a slot and the memory for w, if there are both. The caller holds the lock.
func (l *Limiter) take(w *waiter) bool {
	if l.free == 0 || l.memory < w.bytes {
		return false
	}
	l.free--
	l.memory -= w.bytes
	return true
}

// giveBack undoes take. The caller holds the lock.
func (l *Limiter) giveBack(w *waiter) {
	l.free++
	l.memory += w.bytes
	l.passOn()
}

// passOn gives what is free to those who have waited longest; the caller holds the lock. Handing it over, rather than
// letting everybody try for it, is what keeps the order.
func (l *Limiter) passOn() {
	for first := l.queue.Front(); first != nil; first = l.queue.Front() {
		w := first.Value.(*waiter)
		if !l.take(w) {
			return
		}
		l.queue.Remove(first)
		close(w.turn)
	}
}
