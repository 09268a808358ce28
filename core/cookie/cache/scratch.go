package cache

import "sync"

// scratch are two buffers that a request borrows, so that only what it keeps is allocated.
type scratch struct{ a, b []byte }

// maxKept is the largest buffer worth keeping in a pool, in bytes: four full cookies.
const maxKept = 16 << 10

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// getScratch returns empty buffers.
func getScratch() *scratch {
	s := scratches.Get().(*scratch)
	s.a, s.b = s.a[:0], s.b[:0]
	return s
}

func (s *scratch) put() {
	if cap(s.a) <= maxKept && cap(s.b) <= maxKept {
		scratches.Put(s)
	}
}
