package bunstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"

	"github.com/uptrace/bun"
)

// begin starts a transaction that may write from its first moment. One that starts as a reader, as a plain BEGIN does,
// fails at its first write if somebody else wrote meanwhile, and no waiting helps. The handle's own setting for that
// (_txlock) cannot be seen from here, so the store begins its transactions itself.
func (sqliteEngine) begin(ctx context.Context, db *sql.DB) (transaction, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	t := &immediateTx{conn, conn}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		_ = t.Rollback() // the context may have ended after it began
		return nil, err
	}
	return t, nil
}

// immediateTx is a transaction on a connection taken out of the pool.
type immediateTx struct {
	bun.IConn
	conn *sql.Conn
}

// Commit ends the transaction. Without a write-ahead log it has to wait for readers. If it cannot be committed it is
// rolled back.
func (t *immediateTx) Commit() error {
	err := persist(context.Background(), func() error {
		_, err := t.conn.ExecContext(context.Background(), "COMMIT")
		return err
	})
	if err != nil {
		_ = t.Rollback()
		return err
	}
	return t.conn.Close()
}

// Rollback ends the transaction. A connection on which that fails is not given to anybody else.
func (t *immediateTx) Rollback() error {
	_, err := t.conn.ExecContext(context.Background(), "ROLLBACK")
	if err != nil && !strings.Contains(err.Error(), "no transaction is active") { // SQLite may have rolled back itself
		_ = t.conn.Raw(func(any) error { return driver.ErrBadConn })
		return err
	}
	return t.conn.Close()
}
