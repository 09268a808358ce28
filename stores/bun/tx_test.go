package bunstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/buntest"
)

// ready returns a store with core's tables.
func ready(t *testing.T, d database) (*bunstore.Store, *schema.Schema, *sql.DB) {
	t.Helper()
	db, _ := d.fresh(t)
	st, s := bunstore.New(db), coreSchema(t)
	if err := st.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return st, s, db
}

func verification(id string) store.Record {
	return store.Record{"id": id, "identifier": id, "value": "v", "expiresAt": moment, "createdAt": moment, "updatedAt": moment}
}

// TestOneConnectionIsEnough would hang if an operation took a second connection while it has one.
func TestOneConnectionIsEnough(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		db, _ := d.fresh(t)
		db.SetMaxOpenConns(1)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		s := coreSchema(t)
		if err := bunstore.New(db).Migrate(ctx, s); err != nil {
			t.Fatal(err)
		}
		st := bunstore.New(db) // which has not seen the tables yet
		err := st.InTx(ctx, func(ctx context.Context) error {
			fill(t, txStore{st, ctx}, s, 1)
			j := &store.Join{Left: s.Table("session"), Right: s.Table("user"), Key: "token", On: "userId"}
			if _, _, err := st.FindJoined(ctx, j, "token-of-session-number-00-000000"); err != nil {
				return err
			}
			_, err := st.ConsumeOne(ctx, store.From(s.Table("session")))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := st.Check(ctx); err != nil {
			t.Error(err)
		}
		if _, err := st.MigrationPlan(ctx, s); err != nil {
			t.Error(err)
		}
	})
}

// txStore is a store whose Create runs in a transaction.
type txStore struct {
	store.Store
	ctx context.Context
}

func (s txStore) Create(_ context.Context, t *schema.Table, rec store.Record) (store.Record, error) {
	return s.Store.Create(s.ctx, t, rec)
}

// slow makes every UPDATE of a verification take longer than the test waits. MySQL goes on for itself after that.
var slow = map[bunstore.Dialect][]string{
	bunstore.SQLite: {`CREATE TRIGGER slow BEFORE UPDATE ON verification BEGIN
		SELECT count(*) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 10000000000) SELECT x FROM c); END`},
	bunstore.PostgreSQL: {
		`CREATE FUNCTION slow() RETURNS trigger AS 'BEGIN PERFORM pg_sleep(60); RETURN new; END' LANGUAGE plpgsql`,
		`CREATE TRIGGER slow BEFORE UPDATE ON verification FOR EACH ROW EXECUTE FUNCTION slow()`},
	bunstore.MySQL: {"CREATE TRIGGER slow BEFORE UPDATE ON verification FOR EACH ROW DO SLEEP(2)"},
}

// TestInterruptedStatementEndsTheTransaction is about databases that undo the transaction when a statement is broken
// off: what follows must not be committed by itself.
func TestInterruptedStatementEndsTheTransaction(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		st, s, db := ready(t, d)
		execute(t, db, slow[d.dialect]...)
		table := s.Table("verification")
		err := st.InTx(t.Context(), func(ctx context.Context) error {
			if _, err := st.Create(ctx, table, verification("before")); err != nil {
				return err
			}
			short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
			defer cancel()
			if _, err := st.Update(short, store.From(table), store.Record{"value": "w"}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Update that takes too long: got %v, want DeadlineExceeded", err)
			}
			if _, err := st.Create(ctx, table, verification("after")); err == nil {
				t.Errorf("Create after that: got no error, want one")
			}
			return nil
		})
		if err == nil {
			t.Errorf("InTx: got no error, want one")
		}
		if n, err := st.Count(t.Context(), store.From(table)); err != nil || n != 0 {
			t.Errorf("rows: got %d, %v, want 0", n, err)
		}
		if _, err := st.Create(t.Context(), table, verification("later")); err != nil {
			t.Errorf("Create afterwards: %v", err)
		}
	})
}

// TestDeadlockIsReportedOnce lets two transactions lock two rows in opposite orders.
func TestDeadlockIsReportedOnce(t *testing.T) {
	t.Parallel()
	for _, d := range []database{onPostgres, onMySQL} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			st, s, _ := ready(t, d)
			table := s.Table("verification")
			for _, id := range []string{"a", "b"} {
				if _, err := st.Create(t.Context(), table, verification(id)); err != nil {
					t.Fatal(err)
				}
			}
			var runs atomic.Int64
			var both, wg sync.WaitGroup
			both.Add(2)
			errs := make([]error, 2)
			for i, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
				wg.Go(func() {
					errs[i] = st.InTx(t.Context(), func(ctx context.Context) error {
						runs.Add(1)
						_, err := st.Update(ctx, store.From(table, store.Eq("id", order[0])), store.Record{"value": order[0]})
						both.Done()
						both.Wait()
						if err == nil {
							_, err = st.Update(ctx, store.From(table, store.Eq("id", order[1])), store.Record{"value": order[0]})
						}
						return err
					})
				})
			}
			wg.Wait()
			if runs.Load() != 2 || (errs[0] == nil) == (errs[1] == nil) {
				t.Errorf("two transactions in a deadlock: got %d runs, errors %v and %v, want 2 runs and one error", runs.Load(), errs[0], errs[1])
			}
			recs, err := st.FindMany(t.Context(), store.From(table))
			if err != nil || len(recs) != 2 || normal(t, table, recs[0])["value"] != normal(t, table, recs[1])["value"] {
				t.Errorf("rows: got %v, %v, want both as the winner left them", recs, err)
			}
		})
	}
}

// TestOperationsPersist runs writers at once where the database answers some of them with "try again".
func TestOperationsPersist(t *testing.T) {
	t.Parallel()
	impatient := map[string]func(t *testing.T) *sql.DB{
		// Without a busy timeout SQLite does not wait at all.
		"SQLite": func(t *testing.T) *sql.DB {
			db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "a.db")+"?_pragma=foreign_keys(1)")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			return db
		},
		"PostgreSQL": func(t *testing.T) *sql.DB {
			_, dsn := buntest.Postgres(t)
			return buntest.Open(t, onPostgres.open, dsn+"&default_transaction_isolation=serializable")
		},
	}
	for name, open := range impatient {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			st, s := bunstore.New(db), coreSchema(t)
			if err := st.Migrate(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			fill(t, st, s, 1)
			table := s.Table("verification")
			const callers = 20
			errs := make([]error, callers)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() {
					rec := verification(fmt.Sprint(i))
					if i%2 == 0 {
						_, errs[i] = st.Create(t.Context(), table, rec)
						return
					}
					errs[i] = st.InTx(t.Context(), func(ctx context.Context) error {
						_, err := st.Create(ctx, table, rec)
						return err
					})
				})
			}
			wg.Wait()
			if err := errors.Join(errs...); err != nil {
				t.Error(err)
			}
			if n, err := st.Count(t.Context(), store.From(table)); err != nil || n != callers {
				t.Errorf("rows: got %d, %v, want %d", n, err, callers)
			}
		})
	}
}

// TestIsolationIsTheStoresOwn is about servers with another default than the store is made for.
func TestIsolationIsTheStoresOwn(t *testing.T) {
	t.Parallel()
	_, pg := buntest.Postgres(t)
	_, my := buntest.MySQL(t)
	for name, db := range map[string]*sql.DB{
		"PostgreSQL": buntest.Open(t, onPostgres.open, pg+"&default_transaction_isolation=serializable"),
		"MySQL":      buntest.Open(t, onMySQL.open, my+"?tx_isolation=SERIALIZABLE"),
	} {
		t.Run(name, func(t *testing.T) {
			st, s := bunstore.New(db), coreSchema(t)
			if err := st.Migrate(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			table := s.Table("verification")
			err := st.InTx(t.Context(), func(ctx context.Context) error {
				if n, err := st.Count(ctx, store.From(table)); err != nil || n != 0 {
					return fmt.Errorf("rows at first: got %d, %w, want 0", n, err)
				}
				if _, err := st.Create(t.Context(), table, verification("of another")); err != nil {
					return err
				}
				if n, err := st.Count(ctx, store.From(table)); err != nil || n != 1 {
					return fmt.Errorf("rows after another committed one: got %d, %w, want 1", n, err)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestNotFoundIsNoFailure is about the one error after which a transaction goes on.
func TestNotFoundIsNoFailure(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		st, s, _ := ready(t, d)
		j := &store.Join{Left: s.Table("session"), Right: s.Table("user"), Key: "token", On: "userId"}
		err := st.InTx(t.Context(), func(ctx context.Context) error {
			for _, key := range []string{"missing", "\x00"} {
				if _, _, err := st.FindJoined(ctx, j, key); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("FindJoined(%q): got %v, want ErrNotFound", key, err)
				}
			}
			_, err := st.Create(ctx, s.Table("verification"), verification("1"))
			return err
		})
		if err != nil {
			t.Errorf("InTx: %v", err)
		}
	})
}

// TestConsumeTakesTheNextRow is about a caller who waits for a row that another one then takes.
func TestConsumeTakesTheNextRow(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		st, s, _ := ready(t, d)
		table := s.Table("verification")
		for _, id := range []string{"1", "2"} {
			if _, err := st.Create(t.Context(), table, verification(id)); err != nil {
				t.Fatal(err)
			}
		}
		q := store.From(table, store.In("identifier", "1", "2"))
		q.OrderBy = []store.Order{{Column: "identifier"}}
		taken, got := make(chan struct{}), make(chan string, 1)
		go func() {
			<-taken
			rec, err := st.ConsumeOne(context.WithoutCancel(t.Context()), q)
			got <- fmt.Sprint(text(rec["id"]), err)
		}()
		err := st.InTx(t.Context(), func(ctx context.Context) error {
			rec, err := st.ConsumeOne(ctx, q)
			if err == nil && text(rec["id"]) != "1" {
				err = fmt.Errorf("got %v first", rec)
			}
			close(taken)
			select { // the other one waits, or is just about to
			case early := <-got:
				t.Errorf("the other caller did not wait: got %s", early)
			case <-time.After(100 * time.Millisecond):
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if other := <-got; other != "2<nil>" {
			t.Errorf("the other caller: got %s, want the second row", other)
		}
	})
}

func text(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return strings.TrimSpace(fmt.Sprint(v))
}

// TestDeleteDoesNotWaitForOthers: rows of one user are deleted while those of another are being inserted, also where the
// table is so small that no database would look into an index.
func TestDeleteDoesNotWaitForOthers(t *testing.T) {
	t.Parallel()
	for _, d := range []database{onPostgres, onMySQL} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			st, s, _ := ready(t, d)
			table := s.Table("verification")
			for _, id := range []string{"a", "b", "c"} {
				rec := verification(id)
				rec["value"] = "mine"
				if _, err := st.Create(t.Context(), table, rec); err != nil {
					t.Fatal(err)
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			err := st.InTx(ctx, func(inserting context.Context) error {
				if _, err := st.Create(inserting, table, verification("theirs")); err != nil {
					return err
				}
				return st.InTx(ctx, func(deleting context.Context) error {
					if n, err := st.Delete(deleting, store.From(table, store.Eq("value", "mine"))); err != nil || n != 3 {
						return fmt.Errorf("deleted %d: %w", n, err)
					}
					return nil
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := st.Count(t.Context(), store.From(table)); err != nil || n != 1 {
				t.Errorf("rows: got %d, %v, want 1", n, err)
			}
		})
	}
}

// TestCreatedAndDeleted: whoever creates a row is not told an error because somebody else has deleted it at once.
func TestCreatedAndDeleted(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		st, s, _ := ready(t, d)
		table := s.Table("verification")
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := st.Delete(ctx, store.From(table, store.Eq("value", "v"))); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
		for i := range 200 {
			id := fmt.Sprint("v", i)
			rec, err := st.Create(t.Context(), table, verification(id))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := normal(t, table, rec), normal(t, table, verification(id)); !maps.Equal(got, want) {
				t.Fatalf("got %v, want %v", got, want)
			}
		}
		stop()
		wg.Wait()
	})
}
