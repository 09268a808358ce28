// Package redisstorage is secondary storage in Redis 6.2 or later, or in what speaks its protocol, such as Valkey.
//
//	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:6379", ContextTimeoutEnabled: true})
//	s := redisstorage.New(client, redisstorage.Options{})
//
// Names, values and lifetimes of keys are those of @better-auth/redis-storage, so a Node server may share them.
//
// Every method is one round trip, the lookup of a session with what is known of its user ([storage.Linker]) included.
// Where Redis has no single command for something, a script does it, which is as atomic as a command.
//
// What to look after in Redis itself: maxmemory-policy has to be noeviction. With any other, Redis drops sessions, the
// marks of sessions that were revoked, and counters of attempts when its memory is full, and whoever can make keys can
// bring that about. In the client ContextTimeoutEnabled should be set: without it, a Redis that hangs holds a call up to
// its ReadTimeout, whatever the deadline of the context.
package redisstorage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cardea-auth/cardea/core/storage"
)

// Options say how a Storage works. The zero value is good.
type Options struct {
	// Prefix begins the names of all keys. It defaults to "better-auth:", which is also Node's.
	Prefix string
}

const defaultPrefix = "better-auth:"

// Storage is secondary storage in Redis. It implements [storage.Storage], [storage.Swapper] and [storage.Linker] and is
// safe for concurrent use; make one with [New].
//
// Errors are Redis's own, wrapped, so that errors.Is and errors.As find them. They never contain keys or values.
type Storage struct {
	client redis.UniversalClient
	prefix string
	single bool // all keys are in one place
}

var (
	_ storage.Swapper = (*Storage)(nil)
	_ storage.Linker  = (*Storage)(nil)
)

// New returns the storage behind client: a [redis.Client], or a cluster or ring, where GetLinked takes two round trips
// because the two keys may be in two places. The client stays its owner's, who closes it. New does not talk to Redis.
func New(client redis.UniversalClient, o Options) *Storage {
	if o.Prefix == "" {
		o.Prefix = defaultPrefix
	}
	_, single := client.(*redis.Client)
	return &Storage{client, o.Prefix, single}
}

// Get implements [storage.Storage].
func (s *Storage) Get(ctx context.Context, key string) (string, error) {
	value, err := s.client.Get(ctx, s.prefix+key).Result()
	return value, wrap("get", err)
}

// Set implements [storage.Storage].
func (s *Storage) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	ttl = storage.Whole(ttl)
	if ttl == 0 {
		return nil
	}
	return wrap("set", s.client.Set(ctx, s.prefix+key, value, expiration(ttl)).Err())
}

// Delete implements [storage.Storage].
func (s *Storage) Delete(ctx context.Context, key string) error {
	return wrap("delete", s.client.Del(ctx, s.prefix+key).Err())
}

// GetAndDelete implements [storage.Storage].
func (s *Storage) GetAndDelete(ctx context.Context, key string) (string, error) {
	value, err := s.client.GetDel(ctx, s.prefix+key).Result()
	if unknownCommand(err) { // before Redis 6.2
		value, err = takeScript.Run(ctx, s.client, []string{s.prefix + key}).Text()
	}
	return value, wrap("get and delete", err)
}

// Increment implements [storage.Storage].
func (s *Storage) Increment(ctx context.Context, key string, ttl time.Duration) (int64, error) {
	ttl, err := storage.Window(ttl)
	if err != nil {
		return 0, err
	}
	n, err := incrementScript.Run(ctx, s.client, []string{s.prefix + key}, seconds(ttl)).Int64()
	return n, wrap("increment", err)
}

// SetIfAbsent implements [storage.Swapper].
func (s *Storage) SetIfAbsent(ctx context.Context, key, value string, ttl time.Duration) (bool, error) {
	ttl = storage.Whole(ttl)
	if ttl == 0 {
		return false, nil
	}
	done, err := s.client.SetNX(ctx, s.prefix+key, value, expiration(ttl)).Result()
	return done, wrap("set if absent", err)
}

// Replace implements [storage.Swapper].
func (s *Storage) Replace(ctx context.Context, key, old, value string, ttl time.Duration) (bool, error) {
	ttl = storage.Whole(ttl)
	if ttl == 0 {
		return false, nil
	}
	done, err := replaceScript.Run(ctx, s.client, []string{s.prefix + key}, old, value, seconds(ttl)).Bool()
	return done, wrap("replace", err)
}

// DeleteIf implements [storage.Swapper].
func (s *Storage) DeleteIf(ctx context.Context, key, old string) (bool, error) {
	done, err := deleteIfScript.Run(ctx, s.client, []string{s.prefix + key}, old).Bool()
	return done, wrap("delete if", err)
}

// expiration is a lifetime as the client's commands want it.
func expiration(ttl time.Duration) time.Duration {
	if ttl == storage.Forever {
		return 0
	}
	return ttl
}

// seconds is a lifetime as the scripts want it.
func seconds(ttl time.Duration) int64 { return int64(expiration(ttl) / time.Second) }

// wrap says what failed. Redis answers a command that it does not know by repeating what it was given; that would carry
// session tokens into logs, so it is told in other words.
func wrap(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, redis.Nil):
		return storage.ErrNotFound
	case unknownCommand(err):
		return fmt.Errorf("redisstorage: %s: Redis does not know the command", what)
	}
	return fmt.Errorf("redisstorage: %s: %w", what, err)
}

func unknownCommand(err error) bool {
	return refused(err) && strings.Contains(strings.ToLower(err.Error()), "unknown command")
}

// refused says that Redis answered with an error, as opposed to not answering, or to having no value.
func refused(err error) bool {
	var answer redis.Error
	return errors.As(err, &answer) && !errors.Is(err, redis.Nil)
}
