package memstorage

import (
	"container/heap"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

// entry is a key with its value.
type entry struct {
	key, value string
	expires    time.Time // meaningless while it is not scheduled
	slot       int       // in the queue
}

// unscheduled is the slot of an entry that does not expire.
const unscheduled = -1

// overhead is about what an entry takes besides its key and value: itself and its places in the map and the queue.
const overhead = 160

func (e *entry) expired(now time.Time) bool { return e.slot != unscheduled && !now.Before(e.expires) }

// schedule gives an entry a lifetime that begins now.
func (s *Storage) schedule(e *entry, ttl time.Duration, now time.Time) {
	switch {
	case ttl == storage.Forever:
		s.unschedule(e)
	case e.slot == unscheduled:
		e.expires = now.Add(ttl)
		heap.Push(&s.due, e)
	default:
		e.expires = now.Add(ttl)
		heap.Fix(&s.due, e.slot)
	}
}

func (s *Storage) unschedule(e *entry) {
	if e.slot != unscheduled {
		heap.Remove(&s.due, e.slot)
	}
}

func (s *Storage) remove(e *entry) {
	s.unschedule(e)
	delete(s.entries, e.key)
	s.size -= overhead + int64(len(e.key)+len(e.value))
}

// sweep removes up to n expired entries.
func (s *Storage) sweep(n int, now time.Time) {
	for ; n > 0 && len(s.due) > 0 && s.due[0].expired(now); n-- {
		s.remove(s.due[0])
	}
}

// queue is a heap of entries by the time at which they expire. It implements heap.Interface.
type queue []*entry

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].expires.Before(q[j].expires) }

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].slot, q[j].slot = i, j
}

func (q *queue) Push(x any) {
	e, _ := x.(*entry) // nothing else is ever pushed
	e.slot = len(*q)
	*q = append(*q, e)
}

func (q *queue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	e.slot = unscheduled
	return e
}
