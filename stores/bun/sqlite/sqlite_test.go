package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/cardea-auth/cardea/stores/bun/sqlite"
)

func open(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func pragma(t *testing.T, db *sql.DB, name string) (value string) {
	t.Helper()
	if err := db.QueryRow("PRAGMA " + name).Scan(&value); err != nil {
		t.Fatalf("PRAGMA %s: %v", name, err)
	}
	return value
}

func TestSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct {
		path                         string
		journal, timeout, foreignKey string
	}{
		{filepath.Join(dir, "plain.db"), "wal", "5000", "1"},
		{filepath.Join(dir, "odd ?#%41&.db"), "wal", "5000", "1"},
		{"file:" + filepath.Join(dir, "uri.db"), "wal", "5000", "1"},
		{"file:" + filepath.Join(dir, "own.db") + "?_pragma=busy_timeout(7)&_pragma=journal_mode(DELETE)", "delete", "7", "1"},
		{":memory:", "memory", "5000", "1"},
	} {
		db := open(t, c.path)
		if got := pragma(t, db, "journal_mode"); got != c.journal {
			t.Errorf("%s: got journal %q, want %q", c.path, got, c.journal)
		}
		if got := pragma(t, db, "busy_timeout"); got != c.timeout {
			t.Errorf("%s: got busy timeout %q, want %q", c.path, got, c.timeout)
		}
		if got := pragma(t, db, "foreign_keys"); got != c.foreignKey {
			t.Errorf("%s: got foreign keys %q, want %q", c.path, got, c.foreignKey)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "odd*.db"))
	if err != nil || len(files) != 1 || filepath.Base(files[0]) != "odd ?#%41&.db" {
		t.Errorf("file with an odd name: got %q, %v, want it as it was given", files, err)
	}
}

// TestTransactionsOfTheAppTakeTheLockFirst would end in "database is locked" if two of them began as readers.
func TestTransactionsOfTheAppTakeTheLockFirst(t *testing.T) {
	t.Parallel()
	for query, immediate := range map[string]bool{"": true, "?_txlock=deferred": false} {
		db := open(t, "file:"+filepath.Join(t.TempDir(), "a.db")+query)
		tx, err := db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback() }()
		other := open(t, "file:"+dbFile(t, db)+"?_pragma=busy_timeout(0)")
		_, err = other.Exec("CREATE TABLE t (a)")
		if (err != nil) != immediate {
			t.Errorf("a write beside a transaction begun with %q: got %v, want an error: %t", query, err, immediate)
		}
	}
}

func dbFile(t *testing.T, db *sql.DB) (file string) {
	t.Helper()
	if err := db.QueryRow("SELECT file FROM pragma_database_list").Scan(&file); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestMemoryIsOneDatabase(t *testing.T) {
	t.Parallel()
	db := open(t, ":memory:")
	if _, err := db.Exec("CREATE TABLE t (a)"); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := db.Exec("INSERT INTO t VALUES (1)"); err != nil {
			t.Fatal(err)
		}
	}
	if n := db.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("connections: got at most %d, want 1", n)
	}
}

func TestEmptyPath(t *testing.T) {
	t.Parallel()
	if db, err := sqlite.Open(""); err == nil {
		_ = db.Close()
		t.Error("Open of an empty path: got no error, want one")
	}
}
