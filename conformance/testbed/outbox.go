package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/cardea-auth/cardea/conformance/testbed/options"
	"github.com/cardea-auth/cardea/core/wire"
)

// outbox keeps the calls of recorded callbacks. Its zero value is empty and safe for concurrent use.
type outbox struct {
	mu       sync.Mutex
	messages []message
}

type message struct {
	Seq      int     `json:"seq"`
	Callback string  `json:"callback"`
	Args     rawJSON `json:"args"`
}

// rawJSON is JSON already.
type rawJSON []byte

// AppendJSON implements [wire.Appender].
func (r rawJSON) AppendJSON(dst []byte) ([]byte, error) { return append(dst, r...), nil }

// recorder returns a function that notes its calls. Arguments are kept as they are at the time of the call.
func (o *outbox) recorder(callback string) options.Function {
	return func(_ context.Context, args ...any) (any, error) {
		data, err := wire.Append(nil, args)
		if err != nil {
			return nil, fmt.Errorf("record %s: %w", callback, err)
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		o.messages = append(o.messages, message{len(o.messages) + 1, callback, data})
		return nil, nil
	}
}

// after returns the messages whose number is larger, oldest first.
func (o *outbox) after(seq int) []message {
	o.mu.Lock()
	defer o.mu.Unlock()
	from := min(max(seq, 0), len(o.messages))
	return o.messages[from:len(o.messages):len(o.messages)] // appends never touch what is there
}
