package main

import (
	"context"
	"net"
	"sync"
)

// conns are the connections of a server, so that it can be ended at once: a server's own way to shut down waits for
// seconds where a client has opened a connection in advance. Its zero value is ready to use.
type conns struct {
	mu sync.Mutex
	// busy has every open connection, and whether a request on it is being answered.
	busy map[net.Conn]bool
	// changed is closed at the next change; nil while nobody waits for one.
	changed chan struct{}
}

// note takes a new state of a connection.
func (c *conns) note(conn net.Conn, busy, gone bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy == nil {
		c.busy = map[net.Conn]bool{}
	}
	c.busy[conn] = busy
	if gone {
		delete(c.busy, conn)
	}
	if c.changed != nil {
		close(c.changed)
		c.changed = nil
	}
}

// drain lets the requests that are being answered finish until ctx ends, closes all connections and waits until the
// server has let go of them. The listener must be closed already.
func (c *conns) drain(ctx context.Context) {
	c.wait(ctx, func() bool {
		for _, busy := range c.busy {
			if busy {
				return false
			}
		}
		return true
	})
	c.mu.Lock()
	for conn := range c.busy {
		_ = conn.Close() // nobody is left to tell
	}
	c.mu.Unlock()
	c.wait(ctx, func() bool { return len(c.busy) == 0 })
}

// wait returns when a condition on what mu guards is true, or ctx ends.
func (c *conns) wait(ctx context.Context, condition func() bool) {
	for {
		c.mu.Lock()
		if condition() {
			c.mu.Unlock()
			return
		}
		if c.changed == nil {
			c.changed = make(chan struct{})
		}
		changed := c.changed
		c.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
