// Package postgres opens PostgreSQL databases for [bunstore], with github.com/jackc/pgx.
//
//	db, err := postgres.Open("postgres://user:password@localhost:5432/app")
//	st := bunstore.New(db)
//
// [bunstore]: https://pkg.go.dev/github.com/cardea-auth/cardea/stores/bun
package postgres

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Open opens the database of a DSN, which is a URL or a list of key=value as libpq reads them. It does not connect:
// what is wrong with the server is reported by the first use.
//
// pgx keeps statements prepared, which suits the store: its queries carry their values as parameters. Behind PgBouncer
// in transaction mode (before 1.21, or without max_prepared_statements) that does not work: there, add
// default_query_exec_mode=exec to the DSN. At most 25 connections are open; db.SetMaxOpenConns changes that.
func Open(dsn string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err) // pgx leaves the password out
	}
	config.RuntimeParams["client_encoding"] = "UTF8"
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(25)
	db.SetMaxIdleConns(25) // the default of 2 would open and close connections all the time
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}
