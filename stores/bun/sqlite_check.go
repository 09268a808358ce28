package bunstore

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// check looks at two connections at once, because a setting made by a statement is that of one connection: the one it
// happened to run on.
func (e sqliteEngine) check(ctx context.Context, db *sql.DB) error {
	first, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = first.Close() }()
	single := db.Stats().MaxOpenConnections == 1
	if err := e.checkConn(ctx, first, single); err != nil || single {
		return err
	}
	soon, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	second, err := db.Conn(soon)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return nil // the app uses all the others
		}
		return err
	}
	defer func() { _ = second.Close() }()
	return e.checkConn(ctx, second, single)
}

func (sqliteEngine) checkConn(ctx context.Context, q querier, single bool) error {
	var version, file string
	var returning, foreignKeys bool
	err := one(ctx, q, `SELECT sqlite_version(), CAST(substr(sqlite_version(), 3) AS REAL) >= 35, foreign_keys, COALESCE(file, '')
		FROM pragma_foreign_keys, pragma_database_list WHERE name = 'main'`, &version, &returning, &foreignKeys, &file)
	switch {
	case err != nil:
		return err
	case !returning:
		return misconfigured("SQLite %s has no RETURNING: use 3.35 or newer", version)
	case !foreignKeys:
		return misconfigured("SQLite does not enforce foreign keys on a connection of this handle, so that what belongs to a user " +
			"would outlive the user: open it with _pragma=foreign_keys(1) (modernc.org/sqlite) or _foreign_keys=on (mattn/go-sqlite3)")
	case file == "" && !single:
		return misconfigured("every connection to a SQLite database in memory has one of its own, or, with a shared cache, fails where " +
			"others would wait: call SetMaxOpenConns(1), or keep the database in a file")
	}
	return nil
}
