package password

import (
	"runtime"
	"sync"
	"time"
)

// keepIdle is how long a table is kept for the next hash. Making a new one costs about a tenth of a hash.
const keepIdle = 30 * time.Second

// tables keeps the tables of finished hashes for the next ones.
//
// There are never more tables than hashes ran at once, which is why it is not a sync.Pool: that keeps some per processor,
// and 32 MiB times the processors of a large machine is a lot. They are not on the Go heap either (newTable), because the
// collector lets a heap grow to twice of what is in use, and would double them. The collector serves as the clock that
// gives idle ones back: it runs every two minutes even at rest, so no timer or goroutine is needed.
type tables struct {
	mu       sync.Mutex
	idle     []workspace
	used     time.Time // when one was last given back
	watching bool      // a collection will look at idle
}

// workspace is what one hash needs.
type workspace struct {
	*table
	pause *pause
}

// get returns an idle table or a new one. What it contains does not matter: mix writes before it reads.
func (p *tables) get() (workspace, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		t := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return t, nil
	}
	t, err := newTable()
	return workspace{t, newPause()}, err
}

func (p *tables) put(t workspace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, t)
	p.used = time.Now()
	p.watch()
}

// watch has the next garbage collection call collected. The caller holds the lock.
func (p *tables) watch() {
	if p.watching {
		return
	}
	p.watching = true
	type canary struct{ _ *byte } // with a pointer in it, or it might share memory with what lives on
	runtime.AddCleanup(&canary{}, (*tables).collected, p)
}

// collected gives idle tables back if they have been idle for long enough.
func (p *tables) collected() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watching = false
	if len(p.idle) == 0 {
		return
	}
	if time.Since(p.used) < keepIdle {
		p.watch()
		return
	}
	for _, t := range p.idle {
		freeTable(t.table)
		t.pause.close()
	}
	p.idle = nil
}
