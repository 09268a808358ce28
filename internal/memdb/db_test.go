package memdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

func merge(t testing.TB, tables ...schema.Extension) *schema.Schema {
	t.Helper()
	s, err := schema.Merge(schema.Source{Owner: "test", Extensions: tables})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func userTable() schema.Extension {
	return schema.Extension{Table: "user", Columns: []schema.Column{
		{Name: "email", Kind: schema.String, Unique: true},
		{Name: "age", Kind: schema.Number},
	}}
}

func sessionTable() schema.Extension {
	return schema.Extension{Table: "session", Columns: []schema.Column{
		{Name: "token", Kind: schema.String, Required: true, Unique: true},
		{Name: "group", Kind: schema.String, Index: true},
		{Name: "slot", Kind: schema.Number},
		{Name: "userId", Kind: schema.String, References: &schema.Reference{Table: "user"}},
	}, Indexes: []schema.Index{{Columns: []string{"group", "slot"}, Unique: true}}}
}

func mustCreate(t testing.TB, db *DB, table *schema.Table, r store.Record) {
	t.Helper()
	if _, err := db.Create(context.Background(), table, r); err != nil {
		t.Fatalf("Create(%s, %v): %v", table.Name, r, err)
	}
}

func ids(t testing.TB, db *DB, q store.Query) []string {
	t.Helper()
	recs, err := db.FindMany(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range recs {
		out = append(out, r["id"].(string))
	}
	return out
}

func TestTypesAreExact(t *testing.T) {
	t.Parallel()
	type role string
	all := merge(t, schema.Extension{Table: "x", Columns: []schema.Column{
		{Name: "s", Kind: schema.String}, {Name: "b", Kind: schema.Boolean}, {Name: "n", Kind: schema.Number},
		{Name: "d", Kind: schema.Date}, {Name: "sa", Kind: schema.StringArray}, {Name: "na", Kind: schema.NumberArray},
	}}).Table("x")
	for _, c := range []struct {
		column string
		value  any
	}{
		{"s", role("admin")}, {"s", []byte("x")}, {"s", 1}, {"b", 1}, {"b", "true"}, {"n", 1}, {"n", int32(1)}, {"n", 1.0},
		{"d", "2026-01-01T00:00:00Z"}, {"d", int64(1)}, {"sa", []any{"x"}}, {"sa", `["x"]`}, {"na", []int64{1}}, {"id", 7},
	} {
		db := New()
		rec := store.Record{"id": "1"}
		rec[c.column] = c.value
		if _, err := db.Create(t.Context(), all, rec); err == nil || !strings.Contains(err.Error(), c.column) {
			t.Errorf("Create with %s = %T(%v): got error %v, want one that names the column", c.column, c.value, c.value, err)
		}
		if c.column == "sa" || c.column == "na" {
			continue
		}
		if _, err := db.FindMany(t.Context(), store.From(all, store.Eq(c.column, c.value))); err == nil {
			t.Errorf("FindMany with %s = %T(%v): got no error, want one", c.column, c.value, c.value)
		}
	}
}

func TestTiesKeepTheOrderOfCreation(t *testing.T) {
	t.Parallel()
	db, users := New(), merge(t, userTable()).Table("user")
	var want []string
	for i := range 50 {
		id := fmt.Sprint((i * 37) % 50)
		want = append(want, id)
		mustCreate(t, db, users, store.Record{"id": id, "age": int64(1)})
	}
	if _, err := db.Update(t.Context(), store.From(users, store.In("id", "3", "30")), store.Record{"email": nil}); err != nil {
		t.Fatal(err)
	}
	for what, order := range map[string][]store.Order{"no order": nil, "equal keys": {{Column: "age"}}, "equal keys, descending": {{Column: "age", Desc: true}}} {
		q := store.From(users)
		q.OrderBy = order
		if got := ids(t, db, q); !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", what, got, want)
		}
	}
	first, err := db.FindOne(t.Context(), store.From(users, store.Eq("age", int64(1))))
	if err != nil || first["id"] != "0" {
		t.Errorf("FindOne without an order: got %v, %v, want the row created first", first["id"], err)
	}
}

func TestIncrementDoesNotOverflow(t *testing.T) {
	t.Parallel()
	db, users := New(), merge(t, userTable()).Table("user")
	mustCreate(t, db, users, store.Record{"id": "max", "age": int64(math.MaxInt64)})
	mustCreate(t, db, users, store.Record{"id": "min", "age": int64(math.MinInt64)})
	for id, by := range map[string]int64{"max": 1, "min": -1} {
		q := store.From(users, store.Eq("id", id))
		if _, err := db.IncrementOne(t.Context(), q, "age", by); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("IncrementOne of %s: got error %v, want ErrInvalid", id, err)
		}
		if _, err := db.IncrementOne(t.Context(), q, "age", -by); err != nil {
			t.Errorf("IncrementOne of %s in the other direction: %v", id, err)
		}
	}
}

func TestLaterSchema(t *testing.T) {
	t.Parallel()
	db := New()
	was := merge(t, userTable()).Table("user")
	mustCreate(t, db, was, store.Record{"id": "u1", "email": "a"})
	// A plugin's columns come before the id, so every position after them is another one.
	now := merge(t, userTable(), schema.Extension{Table: "user", Columns: []schema.Column{
		{Name: "name", Kind: schema.String, Unique: true}, {Name: "teamId", Kind: schema.String, References: &schema.Reference{Table: "team"}},
	}}, schema.Extension{Table: "team"})
	users, teams := now.Table("user"), now.Table("team")

	rec, err := db.FindOne(t.Context(), store.From(users, store.Eq("email", "a"), store.Eq("name", nil)))
	if err != nil || rec["id"] != "u1" || len(rec) != len(users.Columns) {
		t.Errorf("FindOne by the later schema: got %v, %v, want u1 with all columns", rec, err)
	}
	mustCreate(t, db, teams, store.Record{"id": "t1"})
	if n, err := db.Update(t.Context(), store.From(users), store.Record{"name": "Ann", "teamId": "t1"}); n != 1 || err != nil {
		t.Errorf("Update of new columns: got %d, %v, want 1", n, err)
	}
	mustCreate(t, db, was, store.Record{"id": "u2", "email": "b"})
	if _, err := db.Update(t.Context(), store.From(users, store.Eq("id", "u2")), store.Record{"name": "Ann"}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Update to a name that is taken: got %v, want ErrConflict", err)
	}
	if n, err := db.Update(t.Context(), store.From(was, store.Eq("id", "u1")), store.Record{"email": "c"}); n != 1 || err != nil {
		t.Errorf("Update by the earlier schema: got %d, %v, want 1", n, err)
	}
	rec, err = db.FindOne(t.Context(), store.From(users, store.Eq("name", "Ann")))
	if err != nil || rec["email"] != "c" || rec["teamId"] != "t1" {
		t.Errorf("row after an update by the earlier schema: got %v, %v, want its name and team kept", rec, err)
	}
	if _, err := db.Delete(t.Context(), store.From(teams)); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, db, store.From(was)); !slices.Equal(got, []string{"u2"}) {
		t.Errorf("users after the team went: got %q, want u2", got)
	}
}

func TestOutsideContextInATransaction(t *testing.T) {
	t.Parallel()
	db, users := New(), merge(t, userTable()).Table("user")
	db.patience = time.Millisecond
	outside := t.Context()
	err := db.InTx(outside, func(inside context.Context) error {
		if _, err := db.Create(inside, users, store.Record{"id": "u1"}); err != nil {
			return err
		}
		if n, err := db.Count(outside, store.From(users)); n != 0 || err != nil {
			t.Errorf("Count from outside: got %d, %v, want nothing, at once", n, err)
		}
		if _, err := db.Create(outside, users, store.Record{"id": "u2"}); !errors.Is(err, errStuck) {
			t.Errorf("Create from outside: got error %v, want errStuck", err)
		}
		if err := db.InTx(outside, func(context.Context) error { return nil }); !errors.Is(err, errStuck) {
			t.Errorf("InTx from outside: got error %v, want errStuck", err)
		}
		short, cancel := context.WithCancel(outside)
		cancel()
		db.patience = time.Hour
		if err := db.takeTurn(short); !errors.Is(err, context.Canceled) {
			t.Errorf("waiting with a context that ends: got error %v, want context.Canceled", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(t, db, store.From(users)); !slices.Equal(got, []string{"u1"}) {
		t.Errorf("users: got %q, want what the transaction wrote", got)
	}
}

func TestRefusedWriteEndsTheTransaction(t *testing.T) {
	t.Parallel()
	db, users := New(), merge(t, userTable()).Table("user")
	mustCreate(t, db, users, store.Record{"id": "u1"})
	err := db.InTx(t.Context(), func(ctx context.Context) error {
		if _, err := db.Create(ctx, users, store.Record{"id": "u1"}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("Create: got error %v, want ErrConflict", err)
		}
		if _, err := db.FindOne(ctx, store.From(users)); !errors.Is(err, store.ErrConflict) {
			t.Errorf("FindOne after that: got error %v, want one that wraps the conflict", err)
		}
		return nil
	})
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("InTx: got error %v, want one that wraps the conflict", err)
	}
}

func TestIDOfAParentCannotChange(t *testing.T) {
	t.Parallel()
	db, s := New(), merge(t, userTable(), sessionTable())
	mustCreate(t, db, s.Table("user"), store.Record{"id": "u1"})
	mustCreate(t, db, s.Table("user"), store.Record{"id": "u2"})
	mustCreate(t, db, s.Table("session"), store.Record{"id": "s1", "token": "t", "userId": "u1"})
	for id, free := range map[string]bool{"u1": false, "u2": true} {
		_, err := db.Update(t.Context(), store.From(s.Table("user"), store.Eq("id", id)), store.Record{"id": id + "new"})
		if (err == nil) != free {
			t.Errorf("Update of the id %s: got error %v, want one: %v", id, err, !free)
		}
	}
}

// TestIndexesStayInStep does random things, in transactions of which half are undone, and compares what the indexes find
// with what is there.
func TestIndexesStayInStep(t *testing.T) {
	t.Parallel()
	s := merge(t, userTable(), sessionTable())
	for seed := range uint64(20) {
		db, rnd := New(), rand.New(rand.NewPCG(seed, 1))
		for range 30 {
			before := dump(db)
			err := db.InTx(t.Context(), func(ctx context.Context) error {
				for range 1 + rnd.IntN(6) {
					if err := randomWrite(ctx, db, s, rnd); err != nil {
						return err
					}
					checkView(t, ctx, db, s)
				}
				if rnd.IntN(2) == 0 {
					return errEnded
				}
				return nil
			})
			if err != nil && !slices.Equal(dump(db), before) {
				t.Fatalf("seed %d: rows after a rollback:\n got %q\nwant %q", seed, dump(db), before)
			}
			checkView(t, t.Context(), db, s)
		}
	}
}

func randomWrite(ctx context.Context, db *DB, s *schema.Schema, rnd *rand.Rand) error {
	id := func() string { return fmt.Sprint(rnd.IntN(8)) }
	table := s.Tables()[rnd.IntN(2)]
	rec := store.Record{"email": "e" + id(), "age": int64(rnd.IntN(3))}
	if table.Name == "session" {
		rec = store.Record{"token": "t" + id(), "group": id(), "slot": int64(rnd.IntN(3)), "userId": id()}
		if rnd.IntN(3) == 0 {
			rec["userId"], rec["group"] = nil, nil
		}
	}
	q := store.From(table, store.Eq("id", id()))
	var err error
	switch rnd.IntN(5) {
	case 0, 1:
		rec["id"] = id()
		_, err = db.Create(ctx, table, rec)
	case 2:
		_, err = db.Update(ctx, q, rec)
	case 3:
		_, err = db.Delete(ctx, q)
	case 4:
		_, err = db.ConsumeOne(ctx, q)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// checkView compares every look-up that an index serves with a scan.
func checkView(t *testing.T, ctx context.Context, db *DB, s *schema.Schema) {
	t.Helper()
	for _, table := range s.Tables() {
		all, err := db.FindMany(ctx, store.From(table))
		if err != nil {
			t.Fatal(err)
		}
		for _, column := range []string{"id", "email", "token", "group", "userId"} {
			if table.Column(column) == nil {
				continue
			}
			for i := range 8 {
				value := fmt.Sprint(i)
				if column == "email" || column == "token" {
					value = column[:1] + value
				}
				want := int64(0)
				for _, r := range all {
					if r[column] == value {
						want++
					}
				}
				if got, err := db.Count(ctx, store.From(table, store.Eq(column, value))); got != want || err != nil {
					t.Fatalf("Count(%s.%s = %q): got %d, %v, want %d", table.Name, column, value, got, err, want)
				}
			}
		}
	}
}

// dump returns the committed rows and what each index files, in words.
func dump(db *DB) []string {
	db.mu.RLock()
	defer db.mu.RUnlock()
	var out []string
	for name, t := range db.tables {
		for i, filed := range t.data.filed {
			for key, rows := range filed {
				for _, r := range rows {
					out = append(out, fmt.Sprint(name, " ", t.indexes[i].columns, " ", key, " ", r.values))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}
