package bunstore

import (
	"context"
	"database/sql"
)

// migrationLock is the key of the advisory lock, "cardea" in ASCII. Such locks are the database's own.
const migrationLock = 0x636172646561

// migrating looks at the first schema of the search_path alone, which is where new tables go: a table of the same name
// in another schema is somebody else's.
func (e postgresEngine) migrating(ctx context.Context, db *sql.DB, change bool, fn func(q querier) error) error {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted, ReadOnly: !change})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	var name string
	if err := one(ctx, tx, "SELECT COALESCE(current_schema()::text, '')", &name); err != nil {
		return err
	}
	if name == "" {
		return misconfigured("no schema of the search_path exists: create one, or set search_path")
	}
	if _, err := tx.ExecContext(ctx, "SELECT set_config('search_path', quote_ident($1), true)", name); err != nil {
		return err
	}
	if change {
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
			return err
		}
	}
	if err := fn(tx); err != nil || !change {
		return err
	}
	return tx.Commit()
}
