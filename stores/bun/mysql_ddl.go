package bunstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core/schema"
)

// text gives a length to what is in an index or sorted by: MySQL indexes no text without one.
func (mysqlEngine) text(c *schema.Column, t *schema.Table) string {
	if n := indexLength(c, t); n > 0 {
		return fmt.Sprintf("varchar(%d)", n)
	}
	if c.Unique || c.Sortable || c.Index {
		return "varchar(255)"
	}
	return "text"
}

// indexLength returns the length with which a text fits into the indexes over several columns that it is in, or 0 if it
// is in none. A key has 3072 bytes, four for a character and 16 for a column of another type; 191 is the most in any
// case.
func indexLength(c *schema.Column, t *schema.Table) int {
	length := 0
	for _, ix := range t.Indexes {
		if !slices.Contains(ix.Columns, c.Name) {
			continue
		}
		texts := 0
		for _, name := range ix.Columns {
			if t.Column(name).Kind == schema.String {
				texts++
			}
		}
		n := min(191, (3072-16*(len(ix.Columns)-texts))/4/texts)
		if length == 0 || n < length {
			length = n
		}
	}
	return length
}

// tableOptions choose a collation that tells all texts apart, so that unique constraints do too: with MySQL's defaults
// "Ann" and "ann" are the same token. The contract's tables name no collation, and those that a Node server made keep
// theirs.
func (mysqlEngine) tableOptions(ctx context.Context, q querier) (options, collation string, err error) {
	collation = "utf8mb4_bin" // takes spaces at the end for padding, but every version has it
	err = each(ctx, q, `SELECT collation_name FROM information_schema.collations
		WHERE collation_name IN ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')`, nil, func(scan func(...any) error) error {
		return scan(&collation)
	})
	return " engine=InnoDB character set utf8mb4 collate " + collation, collation, err
}

// migrating holds a named lock, since MySQL's DDL cannot be in a transaction. If it stops in the middle, what it did
// stays, and the next run does the rest.
func (mysqlEngine) migrating(ctx context.Context, db *sql.DB, change bool, fn func(q querier) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if !change {
		return fn(conn)
	}
	if err := explicitTimestamps(ctx, conn); err != nil {
		return err
	}
	const lock = "CONCAT('cardea:', MD5(DATABASE()))" // locks are the server's, not the database's
	for got := 0; got == 0; {
		// By the second, so that an end of the context is seen.
		if err := one(ctx, conn, "SELECT COALESCE(GET_LOCK("+lock+", 1), -1)", &got); err != nil {
			return err
		}
		if got < 0 {
			return fmt.Errorf("the lock of the migration cannot be had")
		}
	}
	defer func() {
		var released sql.NullInt64
		_ = one(context.WithoutCancel(ctx), conn, "SELECT RELEASE_LOCK("+lock+")", &released)
	}()
	return fn(conn)
}

// explicitTimestamps makes sure that a TIMESTAMP has no default that nobody asked for. In MariaDB before 10.10 the first
// one of a table would be set to the present by every UPDATE: in the table of sessions, the moment of expiry.
func explicitTimestamps(ctx context.Context, conn *sql.Conn) error {
	var explicit bool
	if err := one(ctx, conn, "SELECT @@explicit_defaults_for_timestamp", &explicit); err != nil || explicit {
		return err
	}
	if _, err := conn.ExecContext(ctx, "SET SESSION explicit_defaults_for_timestamp = 1"); err != nil {
		return misconfigured("the server gives TIMESTAMP columns defaults of their own: set explicit_defaults_for_timestamp=ON (%v)", err)
	}
	return nil
}
