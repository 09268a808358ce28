package main

import (
	"sync"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
)

// clock is one instance's time: the real one until it is moved. Its zero value is ready to use and safe for concurrent
// use.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
	// frozen is where the clock stands still; zero while it runs.
	frozen time.Time
}

// Now returns the time, without a monotonic reading: that would know nothing of the offset.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *clock) now() time.Time {
	if !c.frozen.IsZero() {
		return c.frozen
	}
	return time.Now().Round(0).Add(c.offset)
}

// move is a control request: {"now": ms since the epoch}, {"advanceMs": ms} or {"reset": true}.
type move struct {
	now     *time.Time
	advance time.Duration
	reset   bool
	// freeze, an extension of the protocol, makes the clock stand still there until the next move.
	freeze bool
}

func readMove(doc *strict.Document) (move, error) {
	var m move
	var now, advance float64
	o := doc.Root()
	o.Number("now", &now)
	o.Number("advanceMs", &advance)
	o.Bool("reset", &m.reset)
	o.Bool("freeze", &m.freeze)
	if o.Has("now") {
		t := time.UnixMilli(int64(now))
		m.now = &t
		if m.reset || o.Has("advanceMs") {
			o.Fail("now", "a clock takes one of now, advanceMs and reset")
		}
	} else if m.reset && o.Has("advanceMs") {
		o.Fail("reset", "a clock takes one of now, advanceMs and reset")
	}
	m.advance = time.Duration(advance * float64(time.Millisecond))
	return m, doc.Err()
}

func (c *clock) move(m move) {
	c.mu.Lock()
	defer c.mu.Unlock()
	target := c.now().Add(m.advance)
	switch {
	case m.reset:
		target = time.Now().Round(0)
	case m.now != nil:
		target = *m.now
	}
	c.offset, c.frozen = target.Sub(time.Now().Round(0)), time.Time{}
	if m.reset {
		c.offset = 0
	}
	if m.freeze {
		c.frozen = target
	}
}
