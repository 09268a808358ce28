package bunstore_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cardea-auth/cardea/conformance/storetest"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/buntest"
	"github.com/cardea-auth/cardea/stores/bun/buntest/mattn"
	"github.com/cardea-auth/cardea/stores/bun/mysql"
	"github.com/cardea-auth/cardea/stores/bun/postgres"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
)

// database is one of the databases that the tests run on.
type database struct {
	name    string
	dialect bunstore.Dialect
	fresh   func(t testing.TB) (*sql.DB, string)
	open    func(dsn string) (*sql.DB, error)
}

var (
	onSQLite      = database{"SQLite", bunstore.SQLite, buntest.SQLite, sqlite.Open}
	onSQLiteMattn = database{"SQLiteMattn", bunstore.SQLite, mattn.SQLite, mattn.Open}
	onPostgres    = database{"PostgreSQL", bunstore.PostgreSQL, buntest.Postgres, postgres.Open}
	onMySQL       = database{"MySQL", bunstore.MySQL, buntest.MySQL, mysql.Open}
)

// everywhere runs a test on all databases.
func everywhere(t *testing.T, test func(t *testing.T, d database)) {
	t.Helper()
	for _, d := range []database{onSQLite, onSQLiteMattn, onPostgres, onMySQL} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			test(t, d)
		})
	}
}

// TestConformance runs the suite that every store has to pass.
func TestConformance(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) { conform(t, d) })
}

// TestConformanceWithoutReturning runs it along the paths of MySQL, on databases that have others.
func TestConformanceWithoutReturning(t *testing.T) {
	t.Parallel()
	for _, d := range []database{onSQLite, onPostgres} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			conform(t, d, bunstore.WithoutReturning())
		})
	}
}

func conform(t *testing.T, d database, options ...bunstore.Option) {
	t.Helper()
	if d.dialect == bunstore.PostgreSQL {
		d.fresh = schemas(t) // a database for each case would take a minute
	}
	var dsns, handles sync.Map // by store
	open := func(db *sql.DB, dsn string) store.Store {
		st := bunstore.New(db, options...)
		dsns.Store(st, dsn)
		handles.Store(st, db)
		return st
	}
	storetest.Run(t, storetest.Options{
		Parallel: true,
		// A TIMESTAMP, which is what the contract has for dates, begins in 1970 and ends in 2038.
		Features: storetest.Features{
			NoWideDates: d.dialect == bunstore.MySQL,
			NoSerialIDs: d.dialect == bunstore.PostgreSQL && len(options) > 0, // WithoutReturning: its drivers tell no last id
		},
		Open: func(t testing.TB, s *schema.Schema) store.Store {
			t.Helper()
			db, dsn := d.fresh(t)
			st := open(db, dsn)
			if err := st.(store.Checker).Check(t.Context()); err != nil {
				t.Fatalf("Check: %v", err)
			}
			if err := st.(store.Migrator).Migrate(t.Context(), s); err != nil {
				t.Fatalf("Migrate: %v", err)
			}
			return st
		},
		Reopen: func(t testing.TB, s store.Store) store.Store {
			t.Helper()
			dsn, _ := dsns.Load(s)
			return open(buntest.Open(t, d.open, dsn.(string)), dsn.(string))
		},
		Close: func(_ testing.TB, s store.Store) {
			db, _ := handles.Load(s)
			_ = db.(*sql.DB).Close()
		},
	})
}

// schemas returns a function that opens a new schema of one PostgreSQL database.
func schemas(t *testing.T) func(t testing.TB) (*sql.DB, string) {
	t.Helper()
	db, dsn := buntest.Postgres(t)
	var count atomic.Int64
	return func(t testing.TB) (*sql.DB, string) {
		t.Helper()
		name := fmt.Sprintf("Schema %d", count.Add(1)) // a name that has to be quoted
		execute(t, db, fmt.Sprintf("CREATE SCHEMA %q", name))
		u, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("search_path", fmt.Sprintf("%q", name))
		u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // libpq's URLs know no plus
		return buntest.Open(t, postgres.Open, u.String()), u.String()
	}
}

// execute runs statements.
func execute(t testing.TB, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
