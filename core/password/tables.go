package password

import (
	"sync"
	"weak"
)

// tables keeps the tables of finished hashes for the next ones.
//
// There are never more tables than hashes ran at once, which is why it is not a sync.Pool: that keeps some per
// processor, and 32 MiB times the processors of a large machine is a lot. The pointers are weak, so an idle table lasts
// until the next garbage collection; no timer has to decide when to let go.
type tables struct {
	mu   sync.Mutex
	idle []weak.Pointer[table]
}

// get returns an idle table or a new one. What it contains does not matter: mix writes before it reads.
func (p *tables) get() *table {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := len(p.idle) - 1; n >= 0; n-- {
		t := p.idle[n].Value()
		p.idle = p.idle[:n]
		if t != nil {
			return t
		}
	}
	return new(table)
}

func (p *tables) put(t *table) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, weak.Make(t))
}
