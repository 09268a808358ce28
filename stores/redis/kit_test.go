package redisstorage_test

import (
	"context"
	"crypto/rand"
	"net"
	"os"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cardea-auth/cardea/core/storage"
	redisstorage "github.com/cardea-auth/cardea/stores/redis"
)

// address is where Redis is.
func address() string {
	if a := os.Getenv("CARDEA_TEST_REDIS"); a != "" {
		return a
	}
	return "127.0.0.1:6379"
}

// needRedis skips a test where there is no Redis. CI has to have one.
func needRedis(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address())
	switch {
	case err == nil:
		_ = c.Close()
	case os.Getenv("CI") == "true":
		t.Fatalf("Redis is not within reach (CARDEA_TEST_REDIS): %v", err)
	default:
		t.Skipf("skipped: Redis is not within reach (CARDEA_TEST_REDIS): %v", err)
	}
}

// dial returns a client of its own, which is closed when the test ends.
func dial(t testing.TB) *redis.Client {
	t.Helper()
	needRedis(t)
	client := redis.NewClient(&redis.Options{Addr: address(), ContextTimeoutEnabled: true})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// newPrefix returns a prefix that nobody else has. The keys under it go when the test ends.
func newPrefix(t testing.TB) string {
	t.Helper()
	prefix := "cardea-test-" + rand.Text() + ":"
	client := dial(t)
	t.Cleanup(func() {
		ctx := context.Background() // that of the test has ended
		for _, key := range keysOf(ctx, t, client, prefix) {
			if err := client.Del(ctx, key).Err(); err != nil {
				t.Errorf("cleaning up: %v", err)
			}
		}
	})
	return prefix
}

// keysOf returns the names of all keys with a prefix, which must have no characters that mean something to SCAN.
func keysOf(ctx context.Context, t testing.TB, client *redis.Client, prefix string) []string {
	t.Helper()
	var keys []string
	it := client.Scan(ctx, 0, prefix+"*", 1000).Iterator()
	for it.Next(ctx) {
		keys = append(keys, it.Val())
	}
	if err := it.Err(); err != nil {
		t.Fatal(err)
	}
	return keys
}

// opened is a storage with what tests need to know of it.
type opened struct {
	*redisstorage.Storage
	client *redis.Client
	prefix string
}

func open(t testing.TB) *opened {
	t.Helper()
	prefix := newPrefix(t)
	return reopen(t, prefix)
}

func reopen(t testing.TB, prefix string) *opened {
	t.Helper()
	client := dial(t)
	return &opened{redisstorage.New(client, redisstorage.Options{Prefix: prefix}), client, prefix}
}

// advance makes d pass for all keys with a prefix by bringing their expiry forward. What has nothing left expires at once.
func advance(t testing.TB, client *redis.Client, prefix string, d time.Duration) {
	t.Helper()
	ctx := t.Context()
	for _, key := range keysOf(ctx, t, client, prefix) {
		left, err := client.PTTL(ctx, key).Result()
		if err != nil {
			t.Fatal(err)
		}
		if left < 0 {
			continue // it has no expiry, or went in between
		}
		if err := client.PExpire(ctx, key, left-d).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

func mustSet(t testing.TB, s storage.Storage, key, value string, ttl time.Duration) {
	t.Helper()
	if err := s.Set(t.Context(), key, value, ttl); err != nil {
		t.Fatalf("Set(%q, %v): got error %v, want none", key, ttl, err)
	}
}
