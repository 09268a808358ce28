package ratelimit

import (
	"fmt"
	"math"
	"time"
)

// Rule is how many requests are allowed before the client has to pause. It is counted from the last allowed request
// (see [Counter]): a client that reaches Max waits for Window.
type Rule struct {
	// Window is the pause, in whole milliseconds.
	Window time.Duration
	// Max is how many requests are allowed without it, at least 1.
	Max int
}

// maxWindow keeps sums of times within range. It is far beyond any sensible limit.
const maxWindow = 10 * 365 * 24 * time.Hour

func (r Rule) validate() error {
	switch {
	case r.Window < time.Millisecond || r.Window > maxWindow || r.Window%time.Millisecond != 0:
		return fmt.Errorf("the window is %v: give it whole milliseconds, from one to ten years", r.Window)
	case r.Max < 1 || r.Max > math.MaxInt32:
		return fmt.Errorf("the maximum is %d: give it a positive number of 32 bits", r.Max)
	}
	return nil
}

// next decides about one more request. count is how many were allowed before it and idle how long ago the last of them
// was. It returns the count to store, or, if the request is denied, how long the client has to wait.
//
// The window begins anew with every allowed request, and not with denied ones: formats.md §8, where others count in
// windows of their own clock.
func (r Rule) next(count int64, idle time.Duration) (stored int64, wait time.Duration) {
	switch {
	case idle >= r.Window:
		return 1, 0
	case count >= int64(r.Max):
		return count, r.Window - idle
	default:
		return count + 1, 0
	}
}
