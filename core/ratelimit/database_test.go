package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
)

const key = "192.0.2.1|/ok"

func TestSchema(t *testing.T) {
	t.Parallel()
	table := newTable(t)
	var got []string
	for _, c := range table.Columns {
		got = append(got, fmt.Sprint(c.Name, " ", c.Kind, " required=", c.Required, " unique=", c.Unique, " bigint=", c.BigInt, " returned=", c.Returned))
	}
	want := []string{
		"key string required=true unique=true bigint=false returned=false",
		"count number required=true unique=false bigint=false returned=false",
		"lastRequest number required=true unique=false bigint=true returned=false",
	}
	if len(got) != 4 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("got %q, want %q and the id", got, want)
	}
}

func TestDatabaseRow(t *testing.T) {
	t.Parallel()
	now, table, db := authtest.NewClock(), newTable(t), memdb.New()
	c := ratelimit.NewDatabase(db, table, compile(t, ratelimit.Config{}), ratelimit.DatabaseOptions{Now: now.Now})
	for range 5 {
		consume(t, c, key, rule(10, 2))
		now.Advance(time.Second)
	}
	rec := find(t, db, table, key)
	if id, _ := rec["id"].(string); len(id) != 32 {
		t.Errorf("got the id %q, want 32 characters", id)
	}
	// Of the five the second was the last to be allowed.
	if want := now.Now().Add(-4 * time.Second).UnixMilli(); rec["count"] != int64(2) || rec["lastRequest"] != want {
		t.Errorf("got count %v and lastRequest %v, want 2 and %d", rec["count"], rec["lastRequest"], want)
	}
}

// rival lets something happen just before the first call of a method.
type rival struct {
	store.Store
	method string
	act    func()
}

func (r *rival) before(method string) {
	if act := r.act; act != nil && method == r.method {
		r.act = nil
		act()
	}
}

func (r *rival) Create(ctx context.Context, t *schema.Table, rec store.Record) (store.Record, error) {
	r.before("Create")
	return r.Store.Create(ctx, t, rec)
}

func (r *rival) Update(ctx context.Context, q store.Query, set store.Record) (int64, error) {
	r.before("Update")
	return r.Store.Update(ctx, q, set)
}

func (r *rival) IncrementOne(ctx context.Context, q store.Query, column string, by int64) (store.Record, error) {
	r.before("IncrementOne")
	return r.Store.IncrementOne(ctx, q, column, by)
}

// TestDatabaseRivals has every way in which somebody else can come between reading a counter and changing it.
func TestDatabaseRivals(t *testing.T) {
	t.Parallel()
	r := rule(10, 3)
	type world struct {
		*testing.T
		now   *authtest.Clock
		db    *memdb.DB
		table *schema.Table
		other ratelimit.Counter // over the same table
		rival *rival
	}
	count := func(n int) func(w *world) {
		return func(w *world) {
			for range n {
				wantAllowed(w, w.other, key, r)
			}
		}
	}
	remove := func(w *world) {
		if n, err := w.db.Delete(w.Context(), store.From(w.table, store.Eq("key", key))); n != 1 || err != nil {
			w.Fatalf("got %d rows deleted, %v", n, err)
		}
	}
	expire := func(w *world) { w.now.Advance(r.Window) }
	after := func(steps ...func(w *world)) func(w *world) {
		return func(w *world) {
			for _, step := range steps {
				step(w)
			}
		}
	}
	nothing := func(*world) {}

	for _, c := range []struct {
		name    string
		prepare func(w *world)
		method  string
		act     func(w *world)
		allowed bool
		count   int64
	}{
		{"creates it", nothing, "Create", count(1), true, 2},
		{"creates it and fills it", nothing, "Create", count(3), false, 3},
		{"counts", count(1), "Update", count(1), true, 3},
		{"takes the last one", count(2), "Update", count(1), false, 3},
		{"begins the new window", after(count(3), expire), "Update", count(1), true, 2},
		{"begins the new window and fills it", after(count(3), expire), "Update", count(3), false, 3},
		{"deletes it", count(1), "Update", remove, true, 1},
		{"deletes it when it had expired", after(count(1), expire), "Update", remove, true, 1},
		{"counts, then before the window takes the last one", count(1), "Update", func(w *world) {
			count(1)(w)
			w.rival.method, w.rival.act = "Update", func() { count(1)(w) }
		}, false, 3},
		{"counts, then before the window deletes it", count(1), "Update", func(w *world) {
			count(1)(w)
			w.rival.method, w.rival.act = "Update", func() { remove(w) }
		}, true, 1},
		{"counts, then before the window lets the window end", count(1), "Update", func(w *world) {
			count(1)(w)
			w.rival.method, w.rival.act = "Update", func() { after(expire, count(1))(w) }
		}, true, 2},
		{"counts, then before the count takes the last one", count(1), "Update", func(w *world) {
			count(1)(w)
			w.rival.method, w.rival.act = "IncrementOne", func() { count(1)(w) }
		}, false, 3},
		{"counts, then before the count deletes it", count(1), "Update", func(w *world) {
			count(1)(w)
			w.rival.method, w.rival.act = "IncrementOne", func() { remove(w) }
		}, true, 1},
		{"counts, then before the count lets the window end", count(1), "Update", func(w *world) {
			count(1)(w)
			w.rival.method, w.rival.act = "IncrementOne", func() { after(expire, count(1))(w) }
		}, true, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := &world{T: t, now: authtest.NewClock(), db: memdb.New(), table: newTable(t)}
			o := ratelimit.DatabaseOptions{Now: w.now.Now}
			rules := compile(t, ratelimit.Config{})
			w.rival = &rival{Store: w.db, method: c.method}
			w.other = ratelimit.NewDatabase(w.db, w.table, rules, o)
			c.prepare(w)
			w.rival.act = func() { c.act(w) }
			if _, ok := consume(t, ratelimit.NewDatabase(w.rival, w.table, rules, o), key, r); ok != c.allowed {
				t.Errorf("got allowed %v, want %v", ok, c.allowed)
			}
			if w.rival.act != nil {
				t.Errorf("the rival did not come before %s", w.rival.method)
			}
			if got := find(t, w.db, w.table, key); got["count"] != c.count || got["lastRequest"] != w.now.Now().UnixMilli() {
				t.Errorf("got %v, want count %d now", got, c.count)
			}
		})
	}
}

// behind is a store whose reads come from a replica that has nothing yet.
type behind struct{ store.Store }

func (behind) FindOne(context.Context, store.Query) (store.Record, error) {
	return nil, store.ErrNotFound
}

// TestDatabaseBehind: what cannot be counted is not allowed, and does not go on forever.
func TestDatabaseBehind(t *testing.T) {
	t.Parallel()
	db := memdb.New()
	c := ratelimit.NewDatabase(behind{db}, newTable(t), compile(t, ratelimit.Config{}), ratelimit.DatabaseOptions{Now: authtest.NewClock().Now})
	wantAllowed(t, c, key, rule(10, 3))
	if _, ok, err := c.Consume(t.Context(), key, rule(10, 3)); ok || err == nil {
		t.Errorf("got allowed %v, %v, want an error", ok, err)
	}
}

// broken is a store of which one method fails.
type broken struct {
	store.Store
	method string
}

var errBroken = errors.New("connection reset")

func (b broken) fails(method string) error {
	if method == b.method {
		return errBroken
	}
	return nil
}

func (b broken) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	if err := b.fails("FindOne"); err != nil {
		return nil, err
	}
	return b.Store.FindOne(ctx, q)
}

func (b broken) Create(ctx context.Context, t *schema.Table, rec store.Record) (store.Record, error) {
	if err := b.fails("Create"); err != nil {
		return nil, err
	}
	return b.Store.Create(ctx, t, rec)
}

func (b broken) Update(ctx context.Context, q store.Query, set store.Record) (int64, error) {
	if err := b.fails("Update"); err != nil {
		return 0, err
	}
	return b.Store.Update(ctx, q, set)
}

func (b broken) Delete(ctx context.Context, q store.Query) (int64, error) {
	if err := b.fails("Delete"); err != nil {
		return 0, err
	}
	return b.Store.Delete(ctx, q)
}

func TestDatabaseBroken(t *testing.T) {
	t.Parallel()
	for method, callsBefore := range map[string]int{"FindOne": 0, "Create": 0, "Delete": 0, "Update": 1} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			now, table, db := authtest.NewClock(), newTable(t), memdb.New()
			o := ratelimit.DatabaseOptions{Now: now.Now}
			rules := compile(t, ratelimit.Config{})
			for range callsBefore {
				wantAllowed(t, ratelimit.NewDatabase(db, table, rules, o), key, rule(10, 3))
			}
			c := ratelimit.NewDatabase(broken{db, method}, table, rules, o)
			if _, ok, err := c.Consume(t.Context(), key, rule(10, 3)); ok || !errors.Is(err, errBroken) {
				t.Errorf("got allowed %v, %v, want %v", ok, err, errBroken)
			}
		})
	}
}

func TestDatabaseDeletesExpiredRows(t *testing.T) {
	t.Parallel()
	now, table, db := authtest.NewClock(), newTable(t), memdb.New()
	rules := compile(t, ratelimit.Config{Custom: []ratelimit.CustomRule{{Path: "/slow", Rule: rule(100, 1)}}})
	c := ratelimit.NewDatabase(db, table, rules, ratelimit.DatabaseOptions{Now: now.Now})
	rows := func(want int64) {
		t.Helper()
		if got, err := db.Count(t.Context(), store.From(table)); got != want || err != nil {
			t.Errorf("got %d rows, %v, want %d", got, err, want)
		}
	}
	quick := rule(1, 5)
	for i := range 5 {
		wantAllowed(t, c, fmt.Sprintf("192.0.2.%d|/ok", i), quick)
	}
	now.Advance(100 * time.Second)
	wantAllowed(t, c, "192.0.2.0|/ok", quick) // a new window; the others' rows are as old as the longest, not older
	rows(5)
	now.Advance(10 * time.Second)
	wantAllowed(t, c, "192.0.2.0|/ok", quick)
	rows(1)

	wantAllowed(t, c, "192.0.2.9|/slow", rule(100, 1))
	now.Advance(100*time.Second - time.Millisecond)
	wantAllowed(t, c, "192.0.2.0|/ok", quick)
	wantDenied(t, c, "192.0.2.9|/slow", rule(100, 1), time.Millisecond)

	// A longer window counts once it has been seen.
	wantAllowed(t, c, "192.0.2.8|/made-up", rule(1000, 1))
	now.Advance(999 * time.Second)
	wantAllowed(t, c, "192.0.2.7|/ok", quick)
	wantDenied(t, c, "192.0.2.8|/made-up", rule(1000, 1), time.Second)

	now.Advance(2000 * time.Second)
	if n, err := c.DeleteExpired(t.Context()); n != 3 || err != nil {
		t.Errorf("got %d rows deleted, %v, want 3", n, err)
	}
	rows(0)
}

// TestDatabaseDeletesNowAndThen: a deletion goes through the whole table, so nobody may cause one with each request.
func TestDatabaseDeletesNowAndThen(t *testing.T) {
	t.Parallel()
	now := authtest.NewClock()
	var names []string
	var tasks []func(context.Context) error
	c := ratelimit.NewDatabase(broken{memdb.New(), "Delete"}, newTable(t), compile(t, ratelimit.Config{}), ratelimit.DatabaseOptions{
		Now: now.Now,
		Background: func(_ context.Context, name string, fn func(context.Context) error) {
			names, tasks = append(names, name), append(tasks, fn)
		},
	})
	for i := range 100 {
		wantAllowed(t, c, fmt.Sprintf("192.0.2.%d|/ok", i), rule(10, 3))
		now.Advance(time.Second)
	}
	if len(tasks) != 10 || names[0] != "delete expired rate limits" {
		t.Fatalf("got %d deletions in 100 s, %q, want 10", len(tasks), names)
	}
	if err := tasks[0](t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("got %v from a deletion that failed, want %v", err, errBroken)
	}
}
