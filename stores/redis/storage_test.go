package redisstorage_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cardea-auth/cardea/conformance/storagetest"
	"github.com/cardea-auth/cardea/core/storage"
	redisstorage "github.com/cardea-auth/cardea/stores/redis"
)

func TestStorage(t *testing.T) {
	t.Parallel()
	needRedis(t)
	storagetest.Run(t, storagetest.Options{
		Open: func(t testing.TB) storage.Storage { return open(t) },
		Advance: func(t testing.TB, s storage.Storage, d time.Duration) {
			o := s.(*opened)
			advance(t, o.client, o.prefix, d)
		},
		Reopen: func(t testing.TB, s storage.Storage) storage.Storage { return reopen(t, s.(*opened).prefix) },
		Close: func(t testing.TB, s storage.Storage) {
			if err := s.(*opened).client.Close(); err != nil {
				t.Error(err)
			}
		},
		Parallel: true,
	})
}

// TestStorageOverRing runs the suite on a client that spreads keys over two servers. That they are one and the same here
// makes no difference to what the client does.
func TestStorageOverRing(t *testing.T) {
	t.Parallel()
	needRedis(t)
	ring := func(t testing.TB) *redis.Ring {
		r := redis.NewRing(&redis.RingOptions{Addrs: map[string]string{"one": address(), "two": address()}, ContextTimeoutEnabled: true})
		t.Cleanup(func() { _ = r.Close() })
		return r
	}
	storagetest.Run(t, storagetest.Options{
		Open: func(t testing.TB) storage.Storage {
			prefix := newPrefix(t)
			r := ring(t)
			return &ringed{redisstorage.New(r, redisstorage.Options{Prefix: prefix}), r, prefix}
		},
		Advance: func(t testing.TB, s storage.Storage, d time.Duration) { advance(t, dial(t), s.(*ringed).prefix, d) },
		Reopen: func(t testing.TB, s storage.Storage) storage.Storage {
			r, prefix := ring(t), s.(*ringed).prefix
			return &ringed{redisstorage.New(r, redisstorage.Options{Prefix: prefix}), r, prefix}
		},
		Close: func(t testing.TB, s storage.Storage) {
			if err := s.(*ringed).ring.Close(); err != nil {
				t.Error(err)
			}
		},
		Parallel: true,
	})
}

type ringed struct {
	*redisstorage.Storage
	ring   *redis.Ring
	prefix string
}

// TestLifetimesInRedis looks at what Redis was told, since time is not to pass in a test.
func TestLifetimesInRedis(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := t.Context()
	mustSet(t, s, "set", "v", 1999*time.Millisecond)
	mustSet(t, s, "forever", "v", storage.Forever)
	mustSet(t, s, "longest", "v", storage.Forever-1)
	if _, err := s.Increment(ctx, "counter", 10*time.Second+900*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SetIfAbsent(ctx, "absent", "v", 20*time.Second); err != nil {
		t.Fatal(err)
	}
	mustSet(t, s, "replaced", "v", storage.Forever)
	if _, err := s.Replace(ctx, "replaced", "v", "w", 30*time.Second+time.Millisecond); err != nil {
		t.Fatal(err)
	}
	mustSet(t, s, "unbound", "v", time.Second)
	if _, err := s.Replace(ctx, "unbound", "v", "w", storage.Forever); err != nil {
		t.Fatal(err)
	}
	// A key of one second may have gone when it is looked at: -2.
	for key, want := range map[string]struct{ least, most time.Duration }{
		"set":      {-2, time.Second},
		"counter":  {0, 10 * time.Second},
		"absent":   {10 * time.Second, 20 * time.Second},
		"replaced": {20 * time.Second, 30 * time.Second},
		"forever":  {-1, -1},
		"unbound":  {-1, -1},
		"longest":  {250 * 365 * 24 * time.Hour, storage.Forever},
	} {
		got, err := s.client.PTTL(ctx, s.prefix+key).Result()
		if err != nil || got < want.least || got > want.most {
			t.Errorf("lifetime of %q: got %v, %v, want from %v to %v", key, got, err, want.least, want.most)
		}
	}
}

func TestDefaultPrefixIsNodes(t *testing.T) {
	t.Parallel()
	prefix := newPrefix(t) // only for a name that nobody else has
	client := dial(t)
	s := redisstorage.New(client, redisstorage.Options{})
	t.Cleanup(func() { _ = client.Del(context.Background(), "better-auth:"+prefix).Err() })
	mustSet(t, s, prefix, "value", time.Minute)
	if got, err := client.Get(t.Context(), "better-auth:"+prefix).Result(); err != nil || got != "value" {
		t.Errorf("the key with Node's prefix: got %q, %v, want %q", got, err, "value")
	}
}

// TestWrongTypeIsAnError holds something in the place of a value that another program put there.
func TestWrongTypeIsAnError(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := t.Context()
	if err := s.client.RPush(ctx, s.prefix+"list", "a", "b").Err(); err != nil {
		t.Fatal(err)
	}
	errs := map[string]error{}
	_, errs["Get"] = s.Get(ctx, "list")
	_, errs["GetAndDelete"] = s.GetAndDelete(ctx, "list")
	_, errs["Increment"] = s.Increment(ctx, "list", time.Minute)
	_, errs["Replace"] = s.Replace(ctx, "list", "a", "b", time.Minute)
	_, errs["DeleteIf"] = s.DeleteIf(ctx, "list", "a")
	_, errs["GetLinked"] = s.GetLinked(ctx, "list", storage.Link{})
	for what, err := range errs {
		if err == nil || errors.Is(err, storage.ErrNotFound) || !strings.Contains(err.Error(), "WRONGTYPE") {
			t.Errorf("%s of a list: got error %v, want Redis's", what, err)
		}
	}
	if n, err := s.client.LLen(ctx, s.prefix+"list").Result(); err != nil || n != 2 {
		t.Errorf("length of the list: got %d, %v, want 2", n, err)
	}
}

// TestUnreachable has an address where nobody listens.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	client := redis.NewClient(&redis.Options{Addr: l.Addr().String(), MaxRetries: -1})
	t.Cleanup(func() { _ = client.Close() })
	s := redisstorage.New(client, redisstorage.Options{})
	errs := map[string]error{}
	_, errs["Get"] = s.Get(t.Context(), "key")
	_, errs["GetAndDelete"] = s.GetAndDelete(t.Context(), "key")
	_, errs["Increment"] = s.Increment(t.Context(), "key", time.Minute)
	_, errs["GetLinked"] = s.GetLinked(t.Context(), "key", storage.Link{})
	errs["Set"] = s.Set(t.Context(), "key", "value", time.Minute)
	for what, err := range errs {
		if err == nil || errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s without Redis: got error %v, want one that is not ErrNotFound", what, err)
		}
	}
}

// TestHangingRedis has a server that takes connections and never says a word.
func TestHangingRedis(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	client := redis.NewClient(&redis.Options{Addr: l.Addr().String(), ContextTimeoutEnabled: true, ReadTimeout: time.Hour})
	t.Cleanup(func() { _ = client.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = redisstorage.New(client, redisstorage.Options{}).Get(ctx, "key")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Get from a Redis that hangs: got error %v, want the context's", err)
	}
}
