package bunstore_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/buntest"
	"github.com/cardea-auth/cardea/stores/bun/buntest/mattn"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
)

// refused says that Check refuses a store, in words that name what to change.
func refused(t *testing.T, st *bunstore.Store, word string) {
	t.Helper()
	err := st.Check(t.Context())
	if !errors.Is(err, store.ErrMisconfigured) {
		t.Fatalf("Check: got %v, want ErrMisconfigured", err)
	}
	if !strings.Contains(err.Error(), word) {
		t.Errorf("Check: got %q, want it to mention %q", err, word)
	}
}

func accepted(t *testing.T, st *bunstore.Store) {
	t.Helper()
	if err := st.Check(t.Context()); err != nil {
		t.Errorf("Check: got %v, want none", err)
	}
}

func TestCheckAcceptsTheOpeners(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		db, _ := d.fresh(t)
		accepted(t, bunstore.New(db))
	})
}

func TestCheckSQLite(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T, driver, dsn string) *sql.DB {
		t.Helper()
		db, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	t.Run("WithoutForeignKeys", func(t *testing.T) {
		t.Parallel()
		refused(t, bunstore.New(open(t, "sqlite", filepath.Join(t.TempDir(), "a.db"))), "_pragma=foreign_keys(1)")
	})
	t.Run("WithoutForeignKeysOverMattn", func(t *testing.T) {
		t.Parallel()
		_, path := mattn.SQLite(t)
		refused(t, bunstore.New(open(t, "sqlite3", path)), "_foreign_keys=on")
	})
	t.Run("ForeignKeysOnOneConnection", func(t *testing.T) {
		t.Parallel()
		db := open(t, "sqlite", filepath.Join(t.TempDir(), "a.db"))
		execute(t, db, "PRAGMA foreign_keys = ON")
		refused(t, bunstore.New(db), "_pragma=foreign_keys(1)")
	})
	t.Run("ForeignKeysOnTheOnlyConnection", func(t *testing.T) {
		t.Parallel()
		db := open(t, "sqlite", filepath.Join(t.TempDir(), "a.db"))
		db.SetMaxOpenConns(1)
		execute(t, db, "PRAGMA foreign_keys = ON")
		accepted(t, bunstore.New(db))
	})
	t.Run("PoolIsUsedUp", func(t *testing.T) {
		t.Parallel()
		db := buntest.Open(t, sqlite.Open, filepath.Join(t.TempDir(), "a.db"))
		db.SetMaxOpenConns(2)
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		accepted(t, bunstore.New(db))
	})
	t.Run("MemoryOfEachConnection", func(t *testing.T) {
		t.Parallel()
		refused(t, bunstore.New(open(t, "sqlite", "file::memory:?_pragma=foreign_keys(1)")), "SetMaxOpenConns(1)")
	})
	t.Run("MemoryOfOneConnection", func(t *testing.T) {
		t.Parallel()
		db, err := sqlite.Open(":memory:")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		st := bunstore.New(db)
		accepted(t, st)
		s := coreSchema(t)
		if err := st.Migrate(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		fill(t, st, s, 3)
		if n, err := st.Count(t.Context(), store.From(s.Table("session"))); err != nil || n != 3 {
			t.Errorf("Count: got %d, %v, want 3", n, err)
		}
	})
}

func TestCheckPostgres(t *testing.T) {
	t.Parallel()
	_, dsn := buntest.Postgres(t)
	for param, word := range map[string]string{
		"client_encoding=LATIN1": "client_encoding",
	} {
		// The package's own Open would set it right.
		db := sql.OpenDB(pgxConnector(t, dsn+"&"+param))
		t.Cleanup(func() { _ = db.Close() })
		refused(t, bunstore.New(db), word)
	}
	// The store sends no literals, so this old setting does not matter.
	db := buntest.Open(t, onPostgres.open, dsn+"&standard_conforming_strings=off")
	accepted(t, bunstore.New(db))
	keepsBackslashes(t, db)
}

func TestCheckMySQL(t *testing.T) {
	t.Parallel()
	_, dsn := buntest.MySQL(t)
	base, err := mysqldriver.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	const good = "parseTime=true&loc=UTC&clientFoundRows=true&time_zone=%27%2B00%3A00%27&charset=utf8mb4"
	open := func(t *testing.T, change string) *sql.DB {
		t.Helper()
		params, err := url.ParseQuery(good)
		if err != nil {
			t.Fatal(err)
		}
		if change != "" {
			name, value, _ := strings.Cut(change, "=")
			params.Set(name, value)
		}
		db, err := sql.Open("mysql", base.FormatDSN()+"?"+params.Encode())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	accepted(t, bunstore.New(open(t, "")))
	for change, word := range map[string]string{
		"parseTime=false":       "parseTime=true",
		"loc=Europe/London":     "loc=UTC",
		"clientFoundRows=false": "clientFoundRows=true",
		"time_zone='+02:00'":    "time_zone",
		"time_zone='-11:30'":    "time_zone",
		"charset=latin1":        "charset=utf8mb4",
		"charset=utf8":          "charset=utf8mb4",
		"sql_mode=''":           "STRICT_TRANS_TABLES",
		"foreign_key_checks=0":  "foreign_key_checks",
		"sql_mode='ANSI'":       "STRICT_TRANS_TABLES",
	} {
		t.Run(change, func(t *testing.T) {
			t.Parallel()
			refused(t, bunstore.New(open(t, change)), word)
		})
	}
	for _, change := range []string{"sql_mode='STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES'", "sql_mode='ANSI,STRICT_TRANS_TABLES'", "interpolateParams=true"} {
		t.Run(change, func(t *testing.T) { // one after the other: they share the tables
			db := open(t, change)
			accepted(t, bunstore.New(db))
			keepsBackslashes(t, db)
		})
	}
	t.Run("WrappedDriver", func(t *testing.T) {
		t.Parallel()
		for query, found := range map[string]bool{good: true, strings.Replace(good, "clientFoundRows=true", "clientFoundRows=false", 1): false} {
			db := sql.OpenDB(wrappedConnector{mysqldriver.MySQLDriver{}, base.FormatDSN() + "?" + query})
			t.Cleanup(func() { _ = db.Close() })
			if st := bunstore.New(db, bunstore.WithDialect(bunstore.MySQL)); found {
				accepted(t, st)
			} else {
				refused(t, st, "clientFoundRows=true")
			}
			refused(t, bunstore.New(db), "WithDialect")
		}
	})
}

// TestTablesWithoutTransactions is about MySQL's older engines.
func TestTablesWithoutTransactions(t *testing.T) {
	t.Parallel()
	db, _ := buntest.MySQL(t)
	execute(t, db, "CREATE TABLE verification (id varchar(36) primary key, identifier text, value text, expiresAt datetime, createdAt datetime, updatedAt datetime) ENGINE=MyISAM")
	_, err := bunstore.New(db).Count(t.Context(), store.From(coreSchema(t).Table("verification")))
	if !errors.Is(err, store.ErrMisconfigured) || !strings.Contains(err.Error(), "ENGINE=InnoDB") {
		t.Errorf("Count: got %v, want ErrMisconfigured that says how to change the engine", err)
	}
}

// keepsBackslashes writes and finds what servers read in different ways when it stands in a literal.
func keepsBackslashes(t *testing.T, db *sql.DB) {
	t.Helper()
	st, s := bunstore.New(db), coreSchema(t)
	if err := st.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	table := s.Table("verification")
	for _, v := range []string{`\`, `\'`, `' OR 1=1 -- `, `\\`, `a\nb`, "a\nb", `"`, `%\_`} {
		rec := store.Record{"id": v, "identifier": v, "value": v, "expiresAt": moment, "createdAt": moment, "updatedAt": moment}
		if _, err := st.Create(t.Context(), table, rec); err != nil {
			t.Errorf("Create(%q): %v", v, err)
		}
		got, err := st.FindOne(t.Context(), store.From(table, store.Eq("identifier", v), store.EndsWith("value", v), store.Contains("value", v)))
		if err != nil || normal(t, table, got)["value"] != v {
			t.Errorf("FindOne(%q): got %v, %v", v, got, err)
		}
		if n, err := st.Delete(t.Context(), store.From(table)); err != nil || n != 1 {
			t.Errorf("Delete of %q: got %d, %v, want 1", v, n, err)
		}
	}
}

// wrappedConnector hides a driver, as tracing does.
type wrappedConnector struct {
	wrapped driver.Driver
	dsn     string
}

func (c wrappedConnector) Driver() driver.Driver { return c }

func (c wrappedConnector) Connect(context.Context) (driver.Conn, error) { return c.Open("") }

func (c wrappedConnector) Open(string) (driver.Conn, error) {
	conn, err := c.wrapped.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return wrappedConn{conn}, nil
}

type wrappedConn struct{ driver.Conn }

func TestMisuseIsReportedByEveryOperation(t *testing.T) {
	t.Parallel()
	db, _ := buntest.SQLite(t)
	s := coreSchema(t)
	for what, st := range map[string]*bunstore.Store{
		"no handle":          bunstore.New(nil),
		"no handle of bun":   bunstore.FromBun(nil),
		"an unknown driver":  bunstore.New(sql.OpenDB(wrappedConnector{})),
		"an unknown dialect": bunstore.New(db, bunstore.WithDialect(9)),
		"a schema":           bunstore.New(db, bunstore.WithSchema("auth")),
		"bun, with a schema": bunstore.FromBun(bun.NewDB(db, sqlitedialect.New()), bunstore.WithSchema("auth")),
		"a quoted schema":    bunstore.New(db, bunstore.WithDialect(bunstore.PostgreSQL), bunstore.WithSchema(`a"b`)),
	} {
		q := store.From(s.Table("user"))
		errs := map[string]error{"Check": st.Check(t.Context()), "Migrate": st.Migrate(t.Context(), s)}
		_, errs["MigrationPlan"] = st.MigrationPlan(t.Context(), s)
		_, errs["FindOne"] = st.FindOne(t.Context(), q)
		_, errs["FindMany"] = st.FindMany(t.Context(), q)
		_, errs["Count"] = st.Count(t.Context(), q)
		_, errs["Create"] = st.Create(t.Context(), s.Table("user"), store.Record{})
		_, errs["Update"] = st.Update(t.Context(), q, store.Record{})
		_, errs["Delete"] = st.Delete(t.Context(), q)
		_, errs["ConsumeOne"] = st.ConsumeOne(t.Context(), q)
		_, errs["IncrementOne"] = st.IncrementOne(t.Context(), q, "id", 1)
		_, _, errs["FindJoined"] = st.FindJoined(t.Context(), &store.Join{Left: s.Table("session"), Right: s.Table("user"), Key: "token", On: "userId"}, "x")
		errs["InTx"] = st.InTx(t.Context(), func(context.Context) error { return nil })
		for method, err := range errs {
			if !errors.Is(err, store.ErrMisconfigured) {
				t.Errorf("%s of a store with %s: got %v, want ErrMisconfigured", method, what, err)
			}
		}
	}
}
