package bunstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/cardea-auth/cardea/core/store"
)

var (
	errNoTable = errors.New("bunstore: the query names no table")
	// errWritten keeps an operation that has done its work from being tried again.
	errWritten = errors.New("bunstore: the row was written, but could not be read back")
)

// fault is what an error means to the store.
type fault uint8

const (
	faultNone     fault = iota // no error
	faultOther                 // an error that the caller gets as it is
	faultNotFound              // no row
	faultConflict              // a unique constraint refused
	faultInvalid               // a value does not fit its column
	faultPassing               // undone by the database; trying again may help
	faultSchema                // the tables are not what they were when the store looked
)

// translate wraps the error of a driver with the sentinel that it stands for.
func translate(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if cause := ctx.Err(); cause != nil && !errors.Is(err, cause) {
		// Drivers have words of their own for a query that was broken off, such as "interrupted".
		return fmt.Errorf("bunstore: %w: %w", cause, err)
	}
	switch faultOf(err) {
	case faultNotFound:
		return sentinel(store.ErrNotFound, err)
	case faultConflict:
		return sentinel(store.ErrConflict, err)
	case faultInvalid:
		return sentinel(store.ErrInvalid, err)
	default:
		return fmt.Errorf("bunstore: %w", err)
	}
}

func sentinel(s, err error) error {
	if errors.Is(err, s) {
		return err
	}
	return fmt.Errorf("bunstore: %w: %w", s, err)
}

// faultOf reads an error. Drivers are recognised by the shape of their errors: naming their types would link every
// driver into every app.
func faultOf(err error) fault {
	if err == nil {
		return faultNone
	}
	switch {
	case errors.Is(err, errWritten):
		return faultOther
	case errors.Is(err, sql.ErrNoRows), errors.Is(err, store.ErrNotFound):
		return faultNotFound
	case errors.Is(err, store.ErrConflict):
		return faultConflict
	case errors.Is(err, store.ErrInvalid):
		return faultInvalid
	case errors.Is(err, errStale):
		return faultSchema
	}
	found := faultOther
	walk(err, func(err error) bool {
		if e, ok := err.(interface{ SQLState() string }); ok { // pgx, lib/pq
			found = postgresFault(e.SQLState())
			return true
		}
		if e, ok := err.(interface{ Field(byte) string }); ok { // pgdriver
			found = postgresFault(e.Field('C'))
			return true
		}
		if e, ok := err.(interface{ Code() int }); ok { // modernc
			found = sqliteFault(e.Code(), err)
			return true
		}
		v := reflect.Indirect(reflect.ValueOf(err))
		if v.Kind() != reflect.Struct {
			return false
		}
		if n := v.FieldByName("Number"); n.IsValid() && n.CanUint() { // go-sql-driver
			found = mysqlFault(n.Uint())
			return true
		}
		if n := v.FieldByName("ExtendedCode"); n.IsValid() && n.CanInt() { // mattn
			found = sqliteFault(int(n.Int()), err)
			return true
		}
		return false
	})
	return found
}

// walk calls visit with err and what it wraps, until it returns true.
func walk(err error, visit func(error) bool) bool {
	if err == nil {
		return false
	}
	if visit(err) {
		return true
	}
	switch e := err.(type) { //nolint:errorlint // this is what errors.As does
	case interface{ Unwrap() error }:
		return walk(e.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if walk(inner, visit) {
				return true
			}
		}
	}
	return false
}

// postgresFault reads a SQLSTATE (PostgreSQL, appendix A).
func postgresFault(state string) fault {
	switch state {
	case "23505": // unique_violation
		return faultConflict
	case "23502", "23514", // not_null_violation, check_violation
		"54000": // program_limit_exceeded: a value too long for the index over it
		return faultInvalid
	case "40001", "40P01", "55P03": // serialization_failure, deadlock_detected, lock_not_available
		return faultPassing
	case "42703", "42P01", "42804", "42883", // undefined column, undefined table, datatype mismatch, no such operator
		"26000": // invalid_sql_statement_name: a prepared statement is gone
		return faultSchema
	case "0A000": // feature_not_supported: among others "cached plan must not change result type"
		return faultSchema
	}
	if strings.HasPrefix(state, "22") { // data exceptions: too long, out of range, not representable
		return faultInvalid
	}
	return faultOther
}

// mysqlFault reads an error number (MySQL, server error message reference; 4025 is MariaDB's).
func mysqlFault(number uint64) fault {
	switch number {
	case 1062, 1586: // ER_DUP_ENTRY, ER_DUP_ENTRY_WITH_KEY_NAME
		return faultConflict
	case 1048, 1264, 1265, 1292, 1364, 1366, 1406, 1411, 1690, // null, out of range, truncated, incorrect, no default, too long
		1300, 3140, 3819, 4025: // invalid character string, invalid JSON, check constraint
		return faultInvalid
	case 1213, 3572: // ER_LOCK_DEADLOCK, ER_LOCK_NOWAIT
		return faultPassing
	case 1054, 1146, 1243: // ER_BAD_FIELD_ERROR, ER_NO_SUCH_TABLE, ER_UNKNOWN_STMT_HANDLER
		return faultSchema
	}
	return faultOther
}

// sqliteFault reads a result code (https://sqlite.org/rescode.html), extended or not.
func sqliteFault(code int, err error) fault {
	switch code {
	case 1555, 2067, 2579: // SQLITE_CONSTRAINT_PRIMARYKEY, _UNIQUE, _ROWID
		return faultConflict
	case 275, 1299, 3091: // SQLITE_CONSTRAINT_CHECK, _NOTNULL, _DATATYPE
		return faultInvalid
	}
	switch code & 0xff {
	case 5, 6: // SQLITE_BUSY, SQLITE_LOCKED
		return faultPassing
	case 18, 20: // SQLITE_TOOBIG, SQLITE_MISMATCH
		return faultInvalid
	case 1: // SQLITE_ERROR has no codes of its own for these
		text := err.Error()
		switch {
		case strings.Contains(text, "no such column"), strings.Contains(text, "no such table"), strings.Contains(text, "has no column named"):
			return faultSchema
		case strings.Contains(text, "integer overflow"):
			return faultInvalid
		}
	}
	return faultOther
}
