package storage

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Swapper is what a storage may offer besides Storage: writes that happen only if the value is still what the caller
// takes it for. What several requests change at once, such as the list of a user's sessions, or what must not come back
// after it was deleted, such as a session that is prolonged while it is revoked, can be kept only in one of these.
//
// Each method is one step: of any number of concurrent calls that expect the same, one is done. Each reports whether it
// was. If a connection breaks, a change may have been made although the call failed, or reports false after the client
// tried again: what is written should bear to be written twice.
//
// As with Set, a ttl of less than a second writes nothing; the answer is then false.
type Swapper interface {
	Storage
	// SetIfAbsent gives key a value if it has none.
	SetIfAbsent(ctx context.Context, key, value string, ttl time.Duration) (bool, error)
	// Replace gives key another value, and a new lifetime, if its value is old.
	Replace(ctx context.Context, key, old, value string, ttl time.Duration) (bool, error)
	// DeleteIf removes the value of key if it is old.
	DeleteIf(ctx context.Context, key, old string) (bool, error)
}

// Change is what the function of [Update] decides to do. The zero value leaves everything as it is.
type Change struct {
	kind  changeKind
	value string
	ttl   time.Duration
}

type changeKind uint8

const (
	keep changeKind = iota
	put
	drop
)

// Put gives the key a value for ttl. With a ttl of less than a second it is Drop: what is to be written is over already.
func Put(value string, ttl time.Duration) Change {
	if Whole(ttl) == 0 {
		return Drop()
	}
	return Change{put, value, ttl}
}

// Drop removes the value of the key.
func Drop() Change { return Change{kind: drop} }

// maxRounds is how often Update tries. Of those who change a key at the same time one succeeds in each round, so this is
// also how many of them all get through.
const maxRounds = 1000

// Update changes the value of key as one step: fn is given the value, or found false, and returns what is to become of
// it. If another caller was faster, fn is called again with the value that is there then, so it must do nothing but
// compute. To change only what exists, fn returns the zero Change where found is false.
//
// It returns fn's error as it is, without having changed anything; no value is not an error here.
func Update(ctx context.Context, s Swapper, key string, fn func(old string, found bool) (Change, error)) error {
	for range maxRounds {
		old, err := s.Get(ctx, key)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		found := err == nil
		change, err := fn(old, found)
		if err != nil {
			return err
		}
		done, err := change.apply(ctx, s, key, old, found)
		if err != nil || done {
			return err
		}
	}
	return fmt.Errorf("storage: update: the value changed %d times while it was being changed", maxRounds)
}

// Force makes the change whatever the value has become meanwhile, for a storage that is no [Swapper].
func (c Change) Force(ctx context.Context, s Storage, key string) error {
	switch c.kind {
	case put:
		return s.Set(ctx, key, c.value, c.ttl)
	case drop:
		return s.Delete(ctx, key)
	}
	return nil
}

func (c Change) apply(ctx context.Context, s Swapper, key, old string, found bool) (done bool, err error) {
	switch {
	case c.kind == put && found:
		return s.Replace(ctx, key, old, c.value, c.ttl)
	case c.kind == put:
		return s.SetIfAbsent(ctx, key, c.value, c.ttl)
	case c.kind == drop && found:
		return s.DeleteIf(ctx, key, old)
	}
	return true, nil
}
