package main

import (
	"database/sql"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/stores/bun/buntest"
)

// freshDatabases open a new database of each kind that is one outside of the testbed, and return its DSN.
var freshDatabases = map[string]func(testing.TB) (*sql.DB, string){
	"sqlite":   buntest.SQLite,
	"postgres": buntest.Postgres,
	"mysql":    buntest.MySQL,
}

// TestDatabases: what an instance keeps is in the database that it was given, for the next instance to find.
func TestDatabases(t *testing.T) {
	t.Parallel()
	for kind, fresh := range freshDatabases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			_, dsn := fresh(t)
			b := newTestbed(t)
			description := map[string]any{"database": map[string]any{"kind": kind, "dsn": dsn}, "options": enabled()}
			first := b.open(description)
			cookie := first.signUp("ann@example.com")
			first.remove()

			description["migrate"] = false // there is nothing left to do
			second := b.open(description)
			if res := second.request("GET", "/me", "", "Cookie", cookie); res.status != 200 {
				t.Errorf("/me: got %d %s, want 200", res.status, res.body)
			}
			b.open(map[string]any{"database": description["database"], "migrate": true}) // and where there is nothing, that is fine
		})
	}
}

// TestWithoutMigration: without tables there is an answer, and none are made.
func TestWithoutMigration(t *testing.T) {
	t.Parallel()
	db, dsn := buntest.SQLite(t)
	i := newTestbed(t).open(map[string]any{"database": map[string]any{"kind": "sqlite", "dsn": dsn}, "migrate": false, "options": enabled()})
	wantBody(t, i.request("POST", "/api/auth/sign-up/email", `{"name":"A","email":"a@example.com","password":"password-1"}`), 500, "")
	if n := count(t, db, `select count(*) from sqlite_master`); n != 0 {
		t.Errorf("got %d tables, want none", n)
	}
}

func count(t *testing.T, db *sql.DB, query string) int {
	t.Helper()
	var n int
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestMySQLAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"mysql://root@127.0.0.1:3306/test":             "root@tcp(127.0.0.1:3306)/test",
		"mysql://ann:p%40ss%2Fword@db.example/app":     "ann:p@ss/word@tcp(db.example:3306)/app",
		"mysql://ann:secret@[::1]:3307/app?timeout=5s": "ann:secret@tcp([::1]:3307)/app?timeout=5s",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := mysqlDSN(u); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}

// TestMySQLByURL opens a database by a URL, the other form that the protocol has.
func TestMySQLByURL(t *testing.T) {
	t.Parallel()
	_, dsn := buntest.MySQL(t)
	m := regexp.MustCompile(`^(.+)@tcp\((.+)\)(/\w+)`).FindStringSubmatch(dsn)
	if m == nil {
		t.Fatalf("a DSN of another form: %s", dsn)
	}
	user := url.User(m[1])
	if name, password, ok := strings.Cut(m[1], ":"); ok {
		user = url.UserPassword(name, password)
	}
	address := url.URL{Scheme: "mysql", User: user, Host: m[2], Path: m[3]}
	i := newTestbed(t).open(map[string]any{"database": map[string]any{"kind": "mysql", "dsn": address.String()}, "options": enabled()})
	i.signUp("ann@example.com")
}
