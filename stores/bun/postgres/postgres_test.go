package postgres_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/stores/bun/buntest"
	"github.com/cardea-auth/cardea/stores/bun/postgres"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	_, dsn := buntest.Postgres(t)
	db := buntest.Open(t, postgres.Open, dsn+"&client_encoding=LATIN1")
	var encoding string
	if err := db.QueryRow("SHOW client_encoding").Scan(&encoding); err != nil || encoding != "UTF8" {
		t.Errorf("client_encoding: got %q, %v, want UTF8 whatever the DSN says", encoding, err)
	}
}

func TestErrorsDoNotTellPasswords(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"postgres://ann:hunter2@host:port/db", "postgres://ann:hunter2@host/db?sslmode=perhaps", "password=hunter2 port=none"} {
		db, err := postgres.Open(dsn)
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
