package main

import (
	"database/sql"
	"fmt"
	"net/url"
	"slices"

	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/mysql"
	"github.com/cardea-auth/cardea/stores/bun/postgres"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
	memorystore "github.com/cardea-auth/cardea/stores/memory"
)

// databases are the kinds of databases, in the order of the capabilities.
var databases = []database{
	{"memory", nil},
	{"sqlite", sqlite.Open},
	{"postgres", postgres.Open},
	{"mysql", openMySQL},
}

type database struct {
	kind string
	open func(dsn string) (*sql.DB, error)
}

func databaseKinds() []string {
	kinds := make([]string, len(databases))
	for i, d := range databases {
		kinds[i] = d.kind
	}
	return kinds
}

// maxConns is how many connections an instance opens: a test has many instances on one server.
const maxConns = 8

// openStore opens a database and returns the store on it, with what closes it.
func openStore(spec databaseSpec) (store.Store, func() error, error) {
	at := slices.IndexFunc(databases, func(d database) bool { return d.kind == spec.kind })
	if databases[at].open == nil {
		return memorystore.New(), func() error { return nil }, nil
	}
	if spec.dsn == "" {
		return nil, nil, fmt.Errorf("database.dsn: missing, and %s needs one", spec.kind)
	}
	db, err := databases[at].open(spec.dsn)
	if err != nil {
		return nil, nil, fmt.Errorf("database.dsn: %w", err)
	}
	db.SetMaxOpenConns(min(db.Stats().MaxOpenConnections, maxConns))
	return bunstore.New(db), db.Close, nil
}

// openMySQL takes the driver's own form, user:password@tcp(host:port)/db, or a URL.
func openMySQL(dsn string) (*sql.DB, error) {
	if u, err := url.Parse(dsn); err == nil && u.Scheme == "mysql" {
		dsn = mysqlDSN(u)
	}
	return mysql.Open(dsn)
}

func mysqlDSN(u *url.URL) string {
	host := u.Host
	if u.Port() == "" {
		host += ":3306"
	}
	user := u.User.Username()
	if password, ok := u.User.Password(); ok {
		user += ":" + password
	}
	dsn := user + "@tcp(" + host + ")" + u.Path
	if u.RawQuery != "" {
		dsn += "?" + u.RawQuery
	}
	return dsn
}
