package bunstore_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/buntest"
)

// TestTablesThatChange changes tables under a store that has seen them.
func TestTablesThatChange(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		db, dsn := d.fresh(t)
		s := liveSchema(t)
		thing, owner := s.Table("thing"), s.Table("owner")
		j := &store.Join{Left: thing, Right: owner, Key: "token", On: "ownerId"}
		st := bunstore.New(db)

		_, err := st.Count(t.Context(), store.From(thing))
		if err == nil || !strings.Contains(err.Error(), "run the migration") {
			t.Errorf("Count without a table: got %v, want an error that says what to do", err)
		}
		if _, _, err = st.FindJoined(t.Context(), j, "x"); err == nil || errors.Is(err, store.ErrNotFound) {
			t.Errorf("FindJoined without a table: got %v, want an error", err)
		}
		// Another process migrates.
		if err := bunstore.New(buntest.Open(t, d.open, dsn)).Migrate(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		row := store.Record{"id": "t1", "token": "one", "expiresAt": moment, "ownerId": "o1"}
		use := func(what string) {
			t.Helper()
			if _, err := st.Create(t.Context(), owner, store.Record{"id": "o1", "email": "a", "createdAt": moment}); err != nil {
				t.Fatalf("%s: Create owner: %v", what, err)
			}
			if _, err := st.Create(t.Context(), thing, row); err != nil {
				t.Fatalf("%s: Create: %v", what, err)
			}
			left, _, err := st.FindJoined(t.Context(), j, "one")
			if err != nil {
				t.Fatalf("%s: FindJoined: %v", what, err)
			}
			same(t, what, normal(t, thing, named(thing, left)), normal(t, thing, row))
			if n, err := st.Delete(t.Context(), store.From(owner)); err != nil || n != 1 {
				t.Errorf("%s: Delete: got %d, %v, want 1", what, n, err)
			}
		}
		use("as migrated")

		quote := `"`
		if d.dialect == bunstore.MySQL {
			quote = "`"
		}
		sql := func(text string) string { return strings.ReplaceAll(text, "'", quote) }
		execute(t, db, sql("ALTER TABLE thing RENAME COLUMN 'price' TO 'cost'"))
		if _, err := st.FindOne(t.Context(), store.From(thing)); err == nil || !strings.Contains(err.Error(), `no column "price"`) {
			t.Errorf("FindOne after a column went: got %v, want an error that names it", err)
		}
		if _, _, err := st.FindJoined(t.Context(), j, "one"); err == nil || !strings.Contains(err.Error(), `no column "price"`) {
			t.Errorf("FindJoined after a column went: got %v, want an error that names it", err)
		}
		execute(t, db, sql("ALTER TABLE thing RENAME COLUMN 'cost' TO 'price'"))
		use("after the column came back")

		// A column of another kind: what was known of it is wrong.
		switch d.dialect {
		case bunstore.SQLite:
			execute(t, db, "DROP TABLE thing", "DROP TABLE owner")
			execute(t, db, things("`", "text PRIMARY KEY NOT NULL", "text", "text", "text", "integer", "integer", "integer", drizzleMillis, "integer",
				"text", "text", "text", "")...)
			st = bunstore.New(db) // SQLite reports nothing, since any column takes any value: this needs a restart
		case bunstore.PostgreSQL:
			execute(t, db, `ALTER TABLE thing ALTER COLUMN "active" TYPE integer USING 0, ALTER COLUMN "tags" TYPE text[] USING NULL`,
				`ALTER TABLE thing ALTER COLUMN "expiresAt" TYPE timestamp`)
		case bunstore.MySQL:
			execute(t, db, "ALTER TABLE thing MODIFY active bit(1), MODIFY expiresAt datetime(3) NOT NULL")
		}
		row["active"], row["tags"] = true, []string{"a", "b"}
		use("with other types")
	})
}

// TestJoinsWhileTablesChange migrates while the hot path runs: no caller may notice.
func TestJoinsWhileTablesChange(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		st, s, _ := ready(t, d)
		fill(t, st, s, 1)
		grown := grownSchema(t)
		j := &store.Join{Left: s.Table("session"), Right: s.Table("user"), Key: "token", On: "userId"}
		var wg sync.WaitGroup
		errs := make([]error, 5)
		for i := range errs {
			wg.Go(func() {
				for range 200 {
					if _, _, err := st.FindJoined(t.Context(), j, "token-of-session-number-00-000000"); err != nil {
						errs[i] = err
						return
					}
				}
			})
		}
		wg.Go(func() {
			for range 5 {
				if err := st.Migrate(t.Context(), grown); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
	})
}

// TestDatesOfAnEmptyTable is about SQLite tables that do not tell how they keep dates until somebody else writes.
func TestDatesOfAnEmptyTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, column, foreign, want string
	}{
		{"Seconds", "integer NOT NULL", "1700000000", "integer 1782911945"},
		{"Milliseconds", "integer NOT NULL", "1700000000000", "integer 1782911945678"},
		{"PrismaNumbers", "DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP", "1700000000000", "integer 1782911945678"},
		{"SQLText", "DATETIME NOT NULL", "'2024-01-02 03:04:05'", "text 2026-07-01 13:19:05.678"},
		{"TextOfGo", "timestamp NOT NULL", "'2024-01-02 03:04:05.5+00:00'", "text 2026-07-01 13:19:05.678"},
		{"ISO", "timestamp NOT NULL", "'2024-01-02T03:04:05.500Z'", "text 2026-07-01T13:19:05.678Z"},
		{"Nothing", "DATETIME NOT NULL", "", "text 2026-07-01T13:19:05.678Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db, _ := buntest.SQLite(t)
			execute(t, db, `CREATE TABLE owner (id text PRIMARY KEY NOT NULL, email text NOT NULL UNIQUE, "createdAt" `+c.column+`)`)
			st, owner := bunstore.New(db), liveSchema(t).Table("owner")
			if n, err := st.Count(t.Context(), store.From(owner)); err != nil || n != 0 {
				t.Fatalf("Count: got %d, %v, want 0", n, err)
			}
			want := int64(0)
			if c.foreign != "" {
				execute(t, db, fmt.Sprintf(`INSERT INTO owner VALUES ('theirs', 'theirs', %s)`, c.foreign))
				want = 1
			}
			if _, err := st.Create(t.Context(), owner, store.Record{"id": "ours", "email": "ours", "createdAt": moment}); err != nil {
				t.Fatal(err)
			}
			var got string
			err := db.QueryRow(`SELECT typeof("createdAt") || ' ' || "createdAt" FROM (SELECT +"createdAt" AS "createdAt", id FROM owner) WHERE id = 'ours'`).Scan(&got)
			if err != nil || got != c.want {
				t.Errorf("kept: got %q, %v, want %q", got, err, c.want)
			}
			early := moment.AddDate(-1, 0, 0)
			if n, err := st.Count(t.Context(), store.From(owner, store.Lt("createdAt", early))); err != nil || n != want {
				t.Errorf("rows of the other program that are earlier: got %d, %v, want %d", n, err, want)
			}
			step := time.Second // of the coarsest
			if n, err := st.Count(t.Context(), store.From(owner, store.Gt("createdAt", moment.Add(-step)), store.Lt("createdAt", moment.Add(step)))); err != nil || n != 1 {
				t.Errorf("rows of this moment: got %d, %v, want 1", n, err)
			}
		})
	}
}

// TestValuesThatNoColumnTakes are refused before they reach a database.
func TestValuesThatNoColumnTakes(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		st, s, _ := ready(t, d)
		table := s.Table("verification")
		for what, set := range map[string]store.Record{
			"the year 0":     {"expiresAt": time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)},
			"the year 10000": {"expiresAt": time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -3600))},
			"a NUL":          {"value": "a\x00b"},
			"invalid UTF-8":  {"value": "a\xffb"},
			"a NUL in an id": {"id": "\x00"},
		} {
			rec := verification("x")
			for name, v := range set {
				rec[name] = v
			}
			if _, err := st.Create(t.Context(), table, rec); !errors.Is(err, store.ErrInvalid) {
				t.Errorf("Create with %s: got %v, want ErrInvalid", what, err)
			}
			if _, err := st.Update(t.Context(), store.From(table), set); !errors.Is(err, store.ErrInvalid) {
				t.Errorf("Update to %s: got %v, want ErrInvalid", what, err)
			}
		}
		for what, set := range map[string]store.Record{
			"an int": {"value": 1}, "a named string": {"value": schema.Kind(1)}, "text for a date": {"expiresAt": "2026-01-01T00:00:00Z"},
		} {
			if _, err := st.Update(t.Context(), store.From(table), set); err == nil || errors.Is(err, store.ErrInvalid) {
				t.Errorf("Update to %s: got %v, want an error of the program", what, err)
			}
		}
		if n, err := st.Count(t.Context(), store.From(table)); err != nil || n != 0 {
			t.Errorf("rows: got %d, %v, want 0", n, err)
		}
	})
}
