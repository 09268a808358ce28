// Package mysql opens MySQL and MariaDB databases for [bunstore], with github.com/go-sql-driver/mysql.
//
//	db, err := mysql.Open("user:password@tcp(localhost:3306)/app")
//	st := bunstore.New(db)
//
// [bunstore]: https://pkg.go.dev/github.com/cardea-auth/cardea/stores/bun
package mysql

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-sql-driver/mysql"
)

// Open opens the database of a DSN as the driver reads it. It does not connect: what is wrong with the server is
// reported by the first use.
//
// Whatever the DSN says, dates are parsed and are UTC, on both sides of the connection; the character set is utf8mb4;
// and UPDATE counts the rows that it finds, not those that it changes. Parameters are put into the text by the driver,
// which saves two round trips for each query. At most 25 connections are open; db.SetMaxOpenConns changes that.
func Open(dsn string) (*sql.DB, error) {
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, errors.New("mysql: the DSN cannot be read: it looks like user:password@tcp(host:3306)/database") // the driver's error may quote it
	}
	config.ParseTime = true
	config.Loc = time.UTC
	config.ClientFoundRows = true
	config.InterpolateParams = true
	if config.Params == nil {
		config.Params = map[string]string{}
	}
	config.Params["time_zone"] = "'+00:00'"
	if err := config.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		return nil, fmt.Errorf("mysql: %w", err)
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("mysql: %w", err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(25)
	db.SetMaxIdleConns(25)
	db.SetConnMaxLifetime(3 * time.Minute) // shorter than what servers and proxies cut without a word
	return db, nil
}
