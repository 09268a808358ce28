package bunstore

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"

	"github.com/uptrace/bun/dialect"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// Dialect is a kind of database.
type Dialect uint8

// The dialects. MySQL is MariaDB's too.
const (
	SQLite Dialect = iota + 1
	PostgreSQL
	MySQL
)

// String returns the name as people write it.
func (d Dialect) String() string {
	switch d {
	case SQLite:
		return "SQLite"
	case PostgreSQL:
		return "PostgreSQL"
	case MySQL:
		return "MySQL"
	default:
		return "unknown"
	}
}

// engine is what the databases do differently. Its methods that give SQL get identifiers and expressions that are
// quoted already.
type engine interface {
	dialect() Dialect
	// bun returns bun's own description of the database. Making it must not talk to the database.
	bun() bunschema.Dialect
	// quote returns a name as an identifier. The name has no quotes in it: schema.Merge sees to that.
	quote(name string) string
	// table returns the name of a table as an identifier, with that of its schema if there is one.
	table(name string) string
	// placeholder stands for the n-th argument, counted from 1.
	placeholder(n int) string
	// returning reports whether INSERT, UPDATE and DELETE can return rows.
	returning() bool

	// inspect describes a table as queries find it by its name; nil if there is none.
	inspect(ctx context.Context, q querier, table string) (*liveTable, error)
	// indexes lists the indexes and unique constraints of a table.
	indexes(ctx context.Context, q querier, table string) ([]schema.LiveIndex, error)
	// fit returns how a live column keeps the values of c, or 0 if it cannot.
	fit(c *schema.Column, live *liveColumn) form
	// describe completes c, whose form and name are known, with the SQL that reads, writes and compares it.
	describe(c *column, live *liveColumn)

	// fold returns a text operand with the ASCII capitals in lower case.
	fold(expr string) string
	// contains, starts and ends compare a text operand with a piece of text, which is a placeholder and length long.
	contains(expr, piece string) string
	starts(expr, piece string, length int) string
	ends(expr, piece string, length int) string
	// length counts s in the unit that starts and ends want.
	length(s string) int
	// sort returns a sort key: nulls first in ascending order.
	sort(expr string, desc bool) string
	// increment is the column plus a placeholder, null counting as zero. It must fail where the sum does not fit.
	increment(ident, by string) string
	// lockRow is what a SELECT ends with that keeps others from its row until the transaction ends.
	lockRow() string

	// begin starts a transaction in which writers wait for each other instead of failing.
	begin(ctx context.Context, db *sql.DB) (transaction, error)
	// check looks for settings with which the store would be wrong.
	check(ctx context.Context, db *sql.DB) error

	ddl
}

func (d Dialect) engine() engine {
	switch d {
	case SQLite:
		return sqliteEngine{}
	case PostgreSQL:
		return postgresEngine{}
	case MySQL:
		return mysqlEngine{}
	default:
		return nil
	}
}

// drivers maps the packages of drivers, by prefix, to what they talk to.
var drivers = []struct {
	path    string
	dialect Dialect
}{
	{"modernc.org/sqlite", SQLite},
	{"github.com/mattn/go-sqlite3", SQLite},
	{"github.com/ncruces/go-sqlite3", SQLite},
	{"github.com/glebarez/go-sqlite", SQLite},
	{"github.com/jackc/pgx", PostgreSQL},
	{"github.com/lib/pq", PostgreSQL},
	{"github.com/uptrace/bun/driver/pgdriver", PostgreSQL},
	{"github.com/go-sql-driver/mysql", MySQL},
}

// driverPath returns the import path of the package of the driver behind db.
func driverPath(db *sql.DB) string {
	t := reflect.TypeOf(db.Driver())
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath()
}

// detect tells the dialect by the driver.
func detect(db *sql.DB) (Dialect, error) {
	path := driverPath(db)
	for _, d := range drivers {
		if path == d.path || strings.HasPrefix(path, d.path+"/") {
			return d.dialect, nil
		}
	}
	return 0, fmt.Errorf("bunstore: the driver %T is not known: say what it talks to with WithDialect: %w", db.Driver(), store.ErrMisconfigured)
}

// fromBun translates bun's names of dialects.
func fromBun(name dialect.Name) (Dialect, error) {
	switch name {
	case dialect.SQLite:
		return SQLite, nil
	case dialect.PG:
		return PostgreSQL, nil
	case dialect.MySQL:
		return MySQL, nil
	default:
		return 0, fmt.Errorf("bunstore: bun's dialect %q is not supported: use SQLite, PostgreSQL or MySQL: %w", name, store.ErrMisconfigured)
	}
}
