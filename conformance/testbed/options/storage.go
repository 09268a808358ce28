package options

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core/storage"
)

// SecondaryStorage reads a storage whose operations are functions: {"get","set","delete","getAndDelete","increment"}, of
// which the last two may be absent.
func SecondaryStorage(o strict.Object, functions Functions) storage.Storage {
	r := reader{functions: functions}
	s := &functionStorage{
		get: r.function(o, "get"), set: r.function(o, "set"), remove: r.function(o, "delete"),
		getAndDelete: r.function(o, "getAndDelete"), increment: r.function(o, "increment"),
	}
	for name, f := range map[string]Function{"get": s.get, "set": s.set, "delete": s.remove} {
		if f == nil && !o.Has(name) {
			o.Fail(name, "missing")
		}
	}
	return s
}

// functionStorage asks functions. For an operation that there is none for it does what the others can do, one call at a
// time.
type functionStorage struct {
	get, set, remove, getAndDelete, increment Function
	mu                                        sync.Mutex
}

var _ storage.Storage = (*functionStorage)(nil)

func (s *functionStorage) Get(ctx context.Context, key string) (string, error) {
	return storedText(s.get(ctx, key))
}

// storedText reads a value; null is none.
func storedText(v any, err error) (string, error) {
	switch v := v.(type) {
	case string:
		return v, err
	case nil:
		return "", errors.Join(err, storage.ErrNotFound)
	}
	return "", errors.Join(err, fmt.Errorf("secondary storage returned %T instead of a string", v))
}

func (s *functionStorage) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	args := []any{key, value}
	switch ttl = storage.Whole(ttl); ttl {
	case 0:
		return nil
	case storage.Forever:
	default:
		args = append(args, ttl.Seconds())
	}
	_, err := s.set(ctx, args...)
	return err
}

func (s *functionStorage) Delete(ctx context.Context, key string) error {
	_, err := s.remove(ctx, key)
	return err
}

func (s *functionStorage) GetAndDelete(ctx context.Context, key string) (string, error) {
	if s.getAndDelete != nil {
		return storedText(s.getAndDelete(ctx, key))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	value, err := s.Get(ctx, key)
	if err != nil {
		return "", err
	}
	return value, s.Delete(ctx, key)
}

func (s *functionStorage) Increment(ctx context.Context, key string, ttl time.Duration) (int64, error) {
	ttl, err := storage.Window(ttl)
	if err != nil {
		return 0, err
	}
	if s.increment != nil {
		v, err := s.increment(ctx, key, ttl.Seconds())
		n, ok := v.(float64)
		if err == nil && !ok {
			err = fmt.Errorf("secondary storage counted %T instead of a number", v)
		}
		return int64(n), err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	value, err := s.Get(ctx, key)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return 0, err
	}
	n := int64(0)
	if err == nil {
		if n, err = strconv.ParseInt(value, 10, 64); err != nil {
			return 0, err
		}
	}
	n++ // the lifetime begins again with each: without an operation of its own there is no way to keep it
	return n, s.Set(ctx, key, strconv.FormatInt(n, 10), ttl)
}
