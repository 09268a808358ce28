package bunstore_test

import (
	"database/sql/driver"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/buntest"
)

func pgxConnector(t *testing.T, dsn string) driver.Connector {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return stdlib.GetConnector(*config)
}

// TestEveryWayOfPgx takes rows through every operation in each of the ways in which pgx sends queries. They differ in
// who decides what type an argument has.
func TestEveryWayOfPgx(t *testing.T) {
	t.Parallel()
	_, dsn := buntest.Postgres(t)
	admin := buntest.Open(t, onPostgres.open, dsn)
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			for _, c := range postgresTables {
				name := strings.ToLower(mode + "_" + c.name)
				execute(t, admin, fmt.Sprintf("CREATE SCHEMA %q", name))
				u, err := url.Parse(dsn)
				if err != nil {
					t.Fatal(err)
				}
				// A session in another time zone must not matter either.
				u.RawQuery += "&default_query_exec_mode=" + mode + "&search_path=" + name + "&timezone=Asia/Kathmandu"
				db := buntest.Open(t, onPostgres.open, u.String())
				execute(t, db, c.ddl...)
				t.Run(c.name, func(t *testing.T) { takeThrough(t, &c, db, bunstore.New(db)) })
			}
		})
	}
}

func TestWithoutPreparedStatements(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		db, _ := d.fresh(t)
		st, s := bunstore.New(db, bunstore.WithoutPreparedStatements()), coreSchema(t)
		if err := st.Migrate(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		fill(t, st, s, 2)
		j := &store.Join{Left: s.Table("session"), Right: s.Table("user"), Key: "token", On: "userId"}
		for range 2 {
			left, _, err := st.FindJoined(t.Context(), j, "token-of-session-number-01-000000")
			if err != nil || normal(t, j.Left, named(j.Left, left))["ipAddress"] != "203.0.113.7" {
				t.Errorf("FindJoined: got %v, %v", left, err)
			}
		}
	})
}
