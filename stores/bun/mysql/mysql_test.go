package mysql_test

import (
	"strings"
	"testing"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"github.com/cardea-auth/cardea/stores/bun/buntest"
	"github.com/cardea-auth/cardea/stores/bun/mysql"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	_, dsn := buntest.MySQL(t)
	config, err := driver.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	config.Loc, config.ParseTime, config.ClientFoundRows = paris, false, false // all of this Open changes
	config.Params = map[string]string{"time_zone": "'+05:00'"}
	if err := config.Apply(driver.Charset("latin1", "")); err != nil {
		t.Fatal(err)
	}
	db := buntest.Open(t, mysql.Open, config.FormatDSN())
	var zone, charset string
	var at time.Time
	if err := db.QueryRow("SELECT @@time_zone, @@character_set_connection, TIMESTAMP '2026-07-01 12:00:00'").Scan(&zone, &charset, &at); err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC); zone != "+00:00" || charset != "utf8mb4" || !at.Equal(want) {
		t.Errorf("got time zone %q, character set %q, date %v, want +00:00, utf8mb4, %v", zone, charset, at, want)
	}
	if _, err := db.Exec("CREATE TABLE t (a int)"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO t VALUES (1), (2)"); err != nil {
		t.Fatal(err)
	}
	res, err := db.Exec("UPDATE t SET a = 1")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 2 {
		t.Errorf("rows of an UPDATE, one of which had the value already: got %d, %v, want 2", n, err)
	}
}

func TestErrorsDoNotTellPasswords(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"ann:hunter2@/db?parseTime=perhaps", "ann:hunter2", "ann:hunter2@tcp(host:3306)db", "ann:hunter2@tcp(host/db?loc=hunter2"} {
		db, err := mysql.Open(dsn)
		if err == nil {
			_ = db.Close()
			t.Errorf("Open(%q): got no error, want one", dsn)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Open(%q): got %q, want it without the password", dsn, err)
		}
	}
}
