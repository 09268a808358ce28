package bunstore

import (
	"context"
	"database/sql"
)

func (e sqliteEngine) migrating(ctx context.Context, db *sql.DB, change bool, fn func(q querier) error) error {
	if !change {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		return fn(conn)
	}
	tx, err := e.begin(ctx, db)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}
