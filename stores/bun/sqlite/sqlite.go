// Package sqlite opens SQLite databases for [bunstore], with modernc.org/sqlite, which needs no C compiler.
//
//	db, err := sqlite.Open("auth.db")
//	st := bunstore.New(db)
//
// Another driver works as well: give bunstore.New what sql.Open returns, and Check says what is missing.
//
// [bunstore]: https://pkg.go.dev/github.com/cardea-auth/cardea/stores/bun
package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"

	_ "modernc.org/sqlite" // the driver
)

// settings are those of every connection that the path does not name itself: readers do not wait for the writer, who
// waits at most five seconds for another, foreign keys are enforced, and the app's own transactions may write from
// their start.
var settings = []struct{ name, parameter string }{
	{"busy_timeout", "_pragma=busy_timeout(5000)"},
	{"journal_mode", "_pragma=journal_mode(WAL)"},
	{"foreign_keys", "_pragma=foreign_keys(1)"},
	{"_txlock", "_txlock=immediate"},
}

// Open opens the database file at path, which is created at the first use if it is not there.
//
// path is a file's name, a URI that begins with "file:" and whose parameters override the package's, or ":memory:" for a
// database that ends with the handle. Open does not touch the file: what is wrong with it is reported by the first use.
// The pool is small, because SQLite has one writer at a time; db.SetMaxOpenConns changes it.
func Open(path string) (*sql.DB, error) {
	name, query, err := split(path)
	if err != nil {
		return nil, err
	}
	var params []string
	if query != "" {
		params = append(params, query)
	}
	for _, set := range settings {
		if !strings.Contains(strings.ToLower(query), set.name) {
			params = append(params, set.parameter)
		}
	}
	db, err := sql.Open("sqlite", name+"?"+strings.Join(params, "&"))
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	conns := max(4, runtime.GOMAXPROCS(0))
	if strings.Contains(path, ":memory:") || strings.Contains(query, "mode=memory") {
		conns = 1 // every connection would have a database of its own
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// split returns a path as a URI without its parameters, and those.
func split(path string) (name, query string, err error) {
	if path == "" {
		return "", "", errors.New("sqlite: the path is empty")
	}
	if strings.HasPrefix(path, "file:") {
		name, query, _ = strings.Cut(path, "?")
		return name, query, nil
	}
	if path == ":memory:" {
		return "file::memory:", "", nil
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath(), "", nil
}
