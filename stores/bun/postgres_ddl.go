package bunstore

import (
	"context"
	"database/sql"
)

// migrationLock is the key of the advisory lock, "cardea" in ASCII. Such locks are the database's own.
const migrationLock = 0x636172646561

// migrating looks at the first schema of the search_path alone, which is where new tables go: a table of the same name
// in another schema is somebody else's. Where the schema is given, all names have it in front.
func (e postgresEngine) migrating(ctx context.Context, db *sql.DB, change bool, fn func(q querier) error) error {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted, ReadOnly: !change})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	if e.schema == "" {
		if err := firstSchema(ctx, tx); err != nil {
			return err
		}
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

// firstSchema leaves only the first schema in the transaction's search_path.
func firstSchema(ctx context.Context, tx *sql.Tx) error {
	var name string
	if err := one(ctx, tx, "SELECT COALESCE(current_schema()::text, '')", &name); err != nil {
		return err
	}
	if name == "" {
		return misconfigured("no schema of the search_path exists: create one, or set search_path")
	}
	_, err := tx.ExecContext(ctx, "SELECT set_config('search_path', quote_ident($1), true)", name)
	return err
}

// schemas returns the statement that creates the schema, if it is missing.
func (e postgresEngine) schemas(ctx context.Context, q querier) (statements []string, err error) {
	if e.schema == "" {
		return nil, nil
	}
	var missing bool
	if err := q.QueryRowContext(ctx, "SELECT to_regnamespace($1) IS NULL", e.quote(e.schema)).Scan(&missing); err != nil || !missing {
		return nil, err
	}
	return []string{"create schema " + e.quote(e.schema)}, nil
}
