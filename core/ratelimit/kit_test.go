package ratelimit_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/internal/memstorage"
)

// quiet is for tests that know what is logged and do not care.
var quiet = slog.New(slog.DiscardHandler)

var _ ratelimit.Incrementer = storage.Storage(nil)

func compile(t testing.TB, c ratelimit.Config) *ratelimit.Rules {
	t.Helper()
	rules, err := ratelimit.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func newTable(t testing.TB) *schema.Table {
	t.Helper()
	s, err := schema.Merge(schema.Source{Owner: "core", Extensions: []schema.Extension{ratelimit.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	return s.Table(ratelimit.TableName)
}

func newMemory(_ testing.TB, c *authtest.Clock) ratelimit.Counter {
	return ratelimit.NewMemory(ratelimit.MemoryOptions{Now: c.Now})
}

func newDatabase(t testing.TB, c *authtest.Clock) ratelimit.Counter {
	return ratelimit.NewDatabase(memdb.New(), newTable(t), compile(t, ratelimit.Config{}), ratelimit.DatabaseOptions{Now: c.Now})
}

func newSecondary(_ testing.TB, c *authtest.Clock) ratelimit.Counter {
	return ratelimit.NewSecondary(memstorage.New(memstorage.Options{Now: c.Now}))
}

// counters are the constructors of all counters.
var counters = map[string]func(testing.TB, *authtest.Clock) ratelimit.Counter{
	"memory": newMemory, "database": newDatabase, "secondary-storage": newSecondary,
}

// recorder is a counter that allows everything and remembers what it was asked last.
type recorder struct {
	key  string
	rule ratelimit.Rule
}

func (r *recorder) Consume(_ context.Context, key string, rule ratelimit.Rule) (time.Duration, bool, error) {
	r.key, r.rule = key, rule
	return 0, true, nil
}

// consume counts a request with a counter that must not fail.
func consume(t testing.TB, c ratelimit.Counter, key string, rule ratelimit.Rule) (time.Duration, bool) {
	t.Helper()
	wait, ok, err := c.Consume(t.Context(), key, rule)
	if err != nil {
		t.Fatalf("Consume(%q): %v", key, err)
	}
	if ok && wait != 0 || !ok && wait <= 0 {
		t.Fatalf("Consume(%q): got allowed %v with a wait of %v", key, ok, wait)
	}
	return wait, ok
}

func wantAllowed(t testing.TB, c ratelimit.Counter, key string, rule ratelimit.Rule) {
	t.Helper()
	if wait, ok := consume(t, c, key, rule); !ok {
		t.Errorf("%s: got denied for %v, want allowed", key, wait)
	}
}

func wantDenied(t testing.TB, c ratelimit.Counter, key string, rule ratelimit.Rule, want time.Duration) {
	t.Helper()
	if wait, ok := consume(t, c, key, rule); ok || wait != want {
		t.Errorf("%s: got allowed %v with a wait of %v, want denied for %v", key, ok, wait, want)
	}
}

func find(t testing.TB, s store.Store, table *schema.Table, key string) map[string]any {
	t.Helper()
	rec, err := s.FindOne(t.Context(), store.From(table, store.Eq("key", key)))
	if err != nil {
		t.Fatalf("row of %q: %v", key, err)
	}
	rec, err = table.NormalizeRecord(rec)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}
