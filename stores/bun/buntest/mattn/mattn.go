// Package mattn opens fresh SQLite databases for tests, with github.com/mattn/go-sqlite3, which is SQLite itself and
// needs a C compiler. It is apart from package buntest so that nobody else needs one.
package mattn

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3" // the driver

	"github.com/cardea-auth/cardea/stores/bun/buntest"
)

// SQLite returns a new SQLite database, and its path for [Open]. It goes with the test, which is skipped if the driver
// was built without a C compiler.
func SQLite(t testing.TB) (*sql.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	db := buntest.Open(t, Open, path)
	if err := db.Ping(); err != nil {
		if strings.Contains(err.Error(), "CGO_ENABLED=0") {
			buntest.Missing(t, "github.com/mattn/go-sqlite3 needs a C compiler: %v", err)
		}
		t.Fatal(err)
	}
	return db, path
}

// Open opens the database file at path, with the settings of package sqlite.
func Open(path string) (*sql.DB, error) {
	uri := "file:" + (&url.URL{Path: path}).EscapedPath()
	return sql.Open("sqlite3", uri+"?_busy_timeout=5000&_journal_mode=WAL&_foreign_keys=on&_txlock=immediate")
}
