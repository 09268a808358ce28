package main

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cardea-auth/cardea/stores/bun/buntest"
)

// freshRedis describes a secondary storage in Redis under a prefix that nobody else has. Its keys go with the test.
func freshRedis(t testing.TB) (description map[string]any, client *redis.Client) {
	t.Helper()
	address := os.Getenv("CARDEA_TEST_REDIS")
	if address == "" {
		address = "127.0.0.1:6379"
	}
	if !strings.Contains(address, "://") {
		address = "redis://" + address
	}
	o, err := redis.ParseURL(address)
	if err != nil {
		t.Fatalf("CARDEA_TEST_REDIS: %v", err)
	}
	o.ContextTimeoutEnabled = true
	client = redis.NewClient(o)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := client.Ping(ctx).Err(); err != nil {
		_ = client.Close()
		buntest.Missing(t, "Redis cannot be reached: start it, or set CARDEA_TEST_REDIS (%v)", err)
	}
	prefix := "cardea-test-" + rand.Text() + ":"
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if keys := redisKeys(ctx, t, client, prefix); len(keys) > 0 {
			if err := client.Del(ctx, keys...).Err(); err != nil {
				t.Errorf("Redis: %v", err)
			}
		}
		_ = client.Close()
	})
	return map[string]any{"kind": "redis", "url": address, "prefix": prefix}, client
}

// redisKeys returns the names of all keys with a prefix.
func redisKeys(ctx context.Context, t testing.TB, client *redis.Client, prefix string) []string {
	t.Helper()
	var keys []string
	it := client.Scan(ctx, 0, prefix+"*", 1000).Iterator()
	for it.Next(ctx) {
		keys = append(keys, it.Val())
	}
	if err := it.Err(); err != nil {
		t.Fatalf("Redis: %v", err)
	}
	return keys
}

// TestRedis: what an instance keeps in Redis is under its prefix, for the next instance to find.
func TestRedis(t *testing.T) {
	t.Parallel()
	storage, client := freshRedis(t)
	database, _ := freshDatabase(t, "sqlite")
	b := newTestbed(t)
	description := map[string]any{"database": database, "secondaryStorage": storage, "options": enabled()}
	first := b.open(description)
	cookie := first.signUp("ann@example.com")
	first.remove()
	prefix, _ := storage["prefix"].(string)
	if keys := redisKeys(t.Context(), t, client, prefix); len(keys) != 2 {
		t.Errorf("got the keys %q, want a session and a list of sessions", keys)
	}
	if res := b.open(description).request("GET", "/me", "", "Cookie", cookie); res.status != 200 {
		t.Errorf("/me: got %d %s, want 200", res.status, res.body)
	}
}
