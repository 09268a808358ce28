package bunstore

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"time"
)

func (e mysqlEngine) check(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := e.checkTimes(ctx, conn); err != nil {
		return err
	}
	if err := e.checkSession(ctx, conn); err != nil {
		return err
	}
	found, err := countsFound(ctx, conn)
	if err != nil {
		return fmt.Errorf("cannot see whether clientFoundRows is set: %w", err)
	}
	if !found {
		return misconfigured("the driver reports how many rows an UPDATE changed, not how many it found, so that a row which has the " +
			"values already would seem to be missing: set clientFoundRows=true")
	}
	return nil
}

// checkTimes looks at how dates come out. Both half-years matter: a zone may be UTC in winter only.
func (mysqlEngine) checkTimes(ctx context.Context, conn *sql.Conn) error {
	var winter, summer any
	var zone, localWinter, localSummer string
	err := one(ctx, conn, `SELECT TIMESTAMP '2025-01-01 00:00:00', TIMESTAMP '2025-07-01 00:00:00', @@session.time_zone,
		CAST(FROM_UNIXTIME(1735689600) AS CHAR), CAST(FROM_UNIXTIME(1751328000) AS CHAR)`,
		&winter, &summer, &zone, &localWinter, &localSummer)
	if err != nil {
		return err
	}
	w, parsed := winter.(time.Time)
	s, _ := summer.(time.Time)
	switch {
	case !parsed:
		return misconfigured("the driver does not parse dates: set parseTime=true")
	case w.Unix() != 1735689600 || s.Unix() != 1751328000:
		return misconfigured("the driver takes dates for those of the time zone %s: set loc=UTC", w.Location())
	case !strings.HasPrefix(localWinter, "2025-01-01 00:00:00") || !strings.HasPrefix(localSummer, "2025-07-01 00:00:00"):
		return misconfigured("the session's time_zone %q is not UTC, so that a TIMESTAMP would be another moment: set time_zone='+00:00'", zone)
	}
	return nil
}

func (mysqlEngine) checkSession(ctx context.Context, conn *sql.Conn) error {
	var client, connection, results, mode string
	var foreignKeys bool
	err := one(ctx, conn, `SELECT @@character_set_client, @@character_set_connection, COALESCE(@@character_set_results, ''), @@sql_mode,
		@@foreign_key_checks`, &client, &connection, &results, &mode, &foreignKeys)
	if err != nil {
		return err
	}
	for _, charset := range []string{client, connection, results} {
		if charset != "utf8mb4" {
			return misconfigured("the connection has the character set %q: set charset=utf8mb4", charset)
		}
	}
	switch {
	case !strings.Contains(mode, "STRICT_"):
		return misconfigured("the session's sql_mode %q makes MySQL cut off what does not fit: add STRICT_TRANS_TABLES", mode)
	case !foreignKeys:
		return misconfigured("the session does not enforce foreign keys: set foreign_key_checks=1")
	}
	return nil
}

// countsFound reports whether UPDATE counts the rows that it finds. The driver's configuration tells; if the driver is
// wrapped, a temporary table does.
func countsFound(ctx context.Context, conn *sql.Conn) (found bool, err error) {
	known := false
	err = conn.Raw(func(c any) error {
		config := reflect.Indirect(reflect.ValueOf(c))
		if config.Kind() == reflect.Struct {
			config = reflect.Indirect(config.FieldByName("cfg"))
		}
		if config.Kind() == reflect.Struct {
			if f := config.FieldByName("ClientFoundRows"); f.IsValid() && f.Kind() == reflect.Bool {
				known, found = true, f.Bool()
			}
		}
		return nil
	})
	if err != nil || known {
		return found, err
	}
	const table = "cardea_check"
	for _, query := range []string{"CREATE TEMPORARY TABLE " + table + " (n integer)", "INSERT INTO " + table + " VALUES (1)"} {
		if _, err := conn.ExecContext(ctx, query); err != nil {
			return false, err
		}
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "DROP TEMPORARY TABLE "+table) }()
	res, err := conn.ExecContext(ctx, "UPDATE "+table+" SET n = 1")
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
