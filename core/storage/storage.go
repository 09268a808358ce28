package storage

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// ErrNotFound says that a key has no value: it never had one, the value was deleted, or its lifetime is over.
var ErrNotFound = errors.New("storage: not found")

// Forever is the lifetime of a value that stays until it is deleted.
const Forever time.Duration = math.MaxInt64

// Storage keeps values by their keys. All methods are safe for concurrent use, by any number of processes where the
// storage is shared, and honour the context. ErrNotFound is returned where it is said to be; every other error is a
// breakdown, tells nothing about the key and is never reported as ErrNotFound.
//
// A key is text of up to 1 KiB: valid UTF-8 without NUL, compared byte by byte. A value is any sequence of bytes of up
// to at least 1 MiB, the empty one included, and comes back as it went in.
//
// Lifetimes are cut to whole seconds, as better-auth's are ([Whole]). A value is gone at the very moment at which its
// lifetime is over. Reading does not prolong it.
type Storage interface {
	// Get returns the value of key, or ErrNotFound. The value of a counter is its decimal digits.
	Get(ctx context.Context, key string) (string, error)
	// Set gives key a value for ttl, in place of any value and lifetime it had. A ttl of less than a second writes
	// nothing and leaves what there was, without an error.
	Set(ctx context.Context, key, value string, ttl time.Duration) error
	// Delete removes the value of key. It is no error if there is none.
	Delete(ctx context.Context, key string) error
	// GetAndDelete removes the value of key and returns it. Of any number of concurrent calls for one value, exactly
	// one gets it; the others get ErrNotFound.
	GetAndDelete(ctx context.Context, key string) (string, error)
	// Increment adds one to the counter of key and returns the sum, all in one step: of fifty concurrent calls each
	// gets another number. A counter that is not there begins at zero and lives for ttl from then on, however often
	// it is incremented: the lifetime is set on creation only. A value that was Set counts on if it is a decimal
	// number; otherwise it is an error, and stays. ttl must be a second or more, and not Forever ([Window]).
	Increment(ctx context.Context, key string, ttl time.Duration) (int64, error)
}

// Whole cuts a lifetime to whole seconds, which is what a storage keeps. Zero means that nothing is left of it and that
// nothing is to be written; Forever stays Forever.
func Whole(ttl time.Duration) time.Duration {
	if ttl == Forever {
		return Forever
	}
	return max(0, ttl.Truncate(time.Second))
}

// Window is [Whole] for the lifetime of a counter, which must come to a second at least and end at some time: a counter
// without an end would lock somebody out for good.
func Window(ttl time.Duration) (time.Duration, error) {
	whole := Whole(ttl)
	if whole == 0 || whole == Forever {
		return 0, fmt.Errorf("storage: a counter lives for a second or more, and not forever: got %v", ttl)
	}
	return whole, nil
}
