package authscs_test

import (
	"context"
	"crypto/rand"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// clock is a time that only moves when it is told to. It begins now, because scs stores have a clock of their own.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// needRedis skips a test where there is no Redis, and returns its address otherwise. CI has to have one.
func needRedis(t testing.TB) string {
	t.Helper()
	address := os.Getenv("CARDEA_TEST_REDIS")
	if address == "" {
		address = "127.0.0.1:6379"
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	switch {
	case err == nil:
		_ = c.Close()
	case os.Getenv("CI") == "true":
		t.Fatalf("Redis is not within reach (CARDEA_TEST_REDIS): %v", err)
	default:
		t.Skipf("skipped: Redis is not within reach (CARDEA_TEST_REDIS): %v", err)
	}
	return address
}

// dial returns a client of its own, which is closed when the test ends.
func dial(t testing.TB) *redis.Client {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: needRedis(t), ContextTimeoutEnabled: true})
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
		it := client.Scan(ctx, 0, prefix+"*", 1000).Iterator()
		for it.Next(ctx) {
			if err := client.Del(ctx, it.Val()).Err(); err != nil {
				t.Errorf("cleaning up: %v", err)
			}
		}
		if err := it.Err(); err != nil {
			t.Errorf("cleaning up: %v", err)
		}
	})
	return prefix
}
