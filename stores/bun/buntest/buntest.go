// Package buntest opens fresh databases for tests of what runs on [bunstore].
//
//	func TestOnPostgres(t *testing.T) {
//		db, dsn := buntest.Postgres(t)
//		st := bunstore.New(db)
//		…
//	}
//
// SQLite needs nothing. PostgreSQL and MySQL are looked for at the DSNs in the environment variables
// CARDEA_TEST_POSTGRES and CARDEA_TEST_MYSQL, by default on this machine. A test whose server cannot be reached is
// skipped, and says so; where CI=true is set it fails instead.
//
// [bunstore]: https://pkg.go.dev/github.com/cardea-auth/cardea/stores/bun
package buntest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"

	"github.com/cardea-auth/cardea/stores/bun/mysql"
	"github.com/cardea-auth/cardea/stores/bun/postgres"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
)

// MaxConns is how many connections a handle of this package opens at most. The servers are shared with others.
const MaxConns = 8

// SQLite returns a new SQLite database, and its path for [sqlite.Open]. It goes with the test.
func SQLite(t testing.TB) (*sql.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	return Open(t, sqlite.Open, path), path
}

// Postgres returns a new PostgreSQL database, and its DSN for [postgres.Open]. It goes with the test.
func Postgres(t testing.TB) (*sql.DB, string) {
	t.Helper()
	dsn := setting("CARDEA_TEST_POSTGRES", "postgres://root@127.0.0.1:5432/test?sslmode=disable")
	name := fresh(t, "PostgreSQL", "CARDEA_TEST_POSTGRES", postgres.Open, dsn, " WITH (FORCE)")
	own := dsn + " dbname=" + name // the last one counts
	if u, err := url.Parse(dsn); err == nil && strings.HasPrefix(u.Scheme, "postgres") {
		u.Path = "/" + name
		own = u.String()
	}
	return Open(t, postgres.Open, own), own
}

// MySQL returns a new database on MySQL or MariaDB, and its DSN for [mysql.Open]. It goes with the test.
func MySQL(t testing.TB) (*sql.DB, string) {
	t.Helper()
	dsn := setting("CARDEA_TEST_MYSQL", "root@tcp(127.0.0.1:3306)/test")
	name := fresh(t, "MySQL", "CARDEA_TEST_MYSQL", mysql.Open, dsn, "")
	config, err := mysqldriver.ParseDSN(dsn)
	if err != nil {
		t.Fatalf("CARDEA_TEST_MYSQL: %v", err)
	}
	config.DBName = name
	return Open(t, mysql.Open, config.FormatDSN()), config.FormatDSN()
}

// Open opens another handle on a database, which is closed when the test ends. open is the function Open of package
// sqlite, postgres or mysql.
func Open(t testing.TB, open func(dsn string) (*sql.DB, error), dsn string) *sql.DB {
	t.Helper()
	db, err := open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(MaxConns)
	db.SetMaxIdleConns(MaxConns)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Missing skips the test because of something that it needs, or fails it where CI=true says that all is there.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("CI=true, but "+format, args...)
	}
	t.Skipf(format, args...)
}

func setting(variable, fallback string) string {
	if v := os.Getenv(variable); v != "" {
		return v
	}
	return fallback
}

// fresh creates a database on a server and returns its name.
func fresh(t testing.TB, service, variable string, open func(string) (*sql.DB, error), dsn, dropOption string) string {
	t.Helper()
	admin, err := open(dsn)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	admin.SetMaxIdleConns(0) // it is used twice
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := admin.PingContext(ctx); err != nil {
		_ = admin.Close()
		Missing(t, "%s cannot be reached: start it, or set %s (%v)", service, variable, err)
	}
	id := make([]byte, 8)
	_, _ = rand.Read(id) // never fails
	name := "cardea_" + hex.EncodeToString(id)
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		t.Fatalf("%s: %v", service, err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if _, err := admin.ExecContext(ctx, fmt.Sprintf("DROP DATABASE IF EXISTS %s%s", name, dropOption)); err != nil {
			t.Errorf("%s: %v", service, err)
		}
		_ = admin.Close()
	})
	return name
}
