package bunstore_test

import (
	"database/sql"
	"errors"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
)

// TestWithSchema: tables in a schema that the search_path does not name, beside others with the same names that are
// somebody else's.
func TestWithSchema(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"auth", "Our Users", "user"} {
		db, _ := onPostgres.fresh(t)
		execute(t, db, `CREATE TABLE "user" (something text)`, `CREATE TABLE team (x text)`, `INSERT INTO team VALUES ('x')`)
		for _, ids := range []schema.IDs{schema.TextIDs, schema.UUIDs, schema.SerialIDs} {
			execute(t, db, `DROP SCHEMA IF EXISTS "`+name+`" CASCADE`)
			st, s := bunstore.New(db, bunstore.WithSchema(name)), grownSchemaWith(t, ids)
			plan, err := st.MigrationPlan(t.Context(), s)
			if err != nil || len(plan.Statements) == 0 || plan.Statements[0] != `create schema "`+name+`"` {
				t.Fatalf("MigrationPlan: got %q, %v, want the schema first", plan.Statements, err)
			}
			if err := st.Migrate(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			wantNothingToDo(t, st, s)
			useGrownSchema(t, st, s, ids.String())
			if got := tablesIn(t, db, name); !slices.Equal(got, []string{"account", "member", "session", "team", "user", "verification"}) {
				t.Errorf("tables of %q: %q", name, got)
			}
		}
		if got := tablesIn(t, db, "public"); !slices.Equal(got, []string{"team", "user"}) {
			t.Errorf("tables of public: %q", got)
		}
		var n int
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM public.team").Scan(&n); err != nil || n != 1 {
			t.Errorf("rows of public.team: %d, %v, want 1", n, err)
		}
	}
}

func TestWithSchemaGrows(t *testing.T) {
	t.Parallel()
	db, _ := onPostgres.fresh(t)
	st := bunstore.New(db, bunstore.WithSchema("auth"))
	if _, err := st.Count(t.Context(), store.From(coreSchema(t).Table("user"))); err == nil || errors.Is(err, store.ErrMisconfigured) {
		t.Errorf("before the migration: got %v, want that the table is missing", err)
	}
	if err := st.Migrate(t.Context(), coreSchema(t)); err != nil {
		t.Fatal(err)
	}
	fill(t, st, coreSchema(t), 2)
	s := grownSchema(t)
	if err := st.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	wantNothingToDo(t, st, s)
	j := &store.Join{Left: s.Table("session"), Right: s.Table("user"), Key: "token", On: "userId"}
	rec, err := st.FindOne(t.Context(), store.From(s.Table("session")))
	if err != nil {
		t.Fatal(err)
	}
	token := normal(t, s.Table("session"), rec)["token"].(string)
	if _, right, err := st.FindJoined(t.Context(), j, token); err != nil || len(right) != len(s.Table("user").Columns) {
		t.Errorf("FindJoined: got %v, %v", right, err)
	}
}

func tablesIn(t *testing.T, db *sql.DB, name string) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY 1", name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		out = append(out, table)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
