package bunstore_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/buntest"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
)

// grownSchema is core's, with a plugin's tables and columns.
func grownSchema(tb testing.TB) *schema.Schema {
	tb.Helper()
	return grownSchemaWith(tb, schema.TextIDs)
}

func grownSchemaWith(tb testing.TB, ids schema.IDs) *schema.Schema {
	tb.Helper()
	s, err := schema.MergeWith(ids,
		schema.Source{Owner: "core", Extensions: model.Schema()},
		schema.Source{Owner: "plugin", Extensions: []schema.Extension{
			{Table: "user", Columns: []schema.Column{
				{Name: "username", Kind: schema.String, Unique: true},
				{Name: "role", Kind: schema.String, Index: true},
				{Name: "teamId", Kind: schema.String, References: &schema.Reference{Table: "team", OnDelete: schema.SetNull}},
				{Name: "locale", Kind: schema.String, Required: true, Default: schema.Value("en")},
			}},
			{Table: "member", Columns: []schema.Column{
				{Name: "userId", Kind: schema.String, Required: true, Index: true, References: &schema.Reference{Table: "user"}},
				{Name: "teamId", Kind: schema.String, Required: true, References: &schema.Reference{Table: "team"}},
			}, Indexes: []schema.Index{{Columns: []string{"userId", "teamId"}, Unique: true}}},
			{Table: "team", Columns: []schema.Column{
				{Name: "name", Kind: schema.String, Required: true},
				{Name: "leadId", Kind: schema.String, References: &schema.Reference{Table: "member"}}, // each needs the other first
			}},
		}},
	)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestMigrateInProcessesAtOnce(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		db, dsn := d.fresh(t)
		var wg sync.WaitGroup
		outputs, errs := make([][]byte, 10), make([]error, 10)
		for i := range outputs {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMigrationProcess$")
			cmd.Env = append(os.Environ(), "CARDEA_MIGRATE_DIALECT="+d.name, "CARDEA_MIGRATE_DSN="+dsn)
			wg.Go(func() { outputs[i], errs[i] = cmd.CombinedOutput() })
		}
		wg.Wait()
		for i, err := range errs {
			if err != nil {
				t.Errorf("process %d: %v\n%s", i, err, outputs[i])
			}
		}
		wantNothingToDo(t, bunstore.New(db), grownSchema(t))
	})
}

// TestMigrationProcess is what TestMigrateInProcessesAtOnce runs. By itself it does nothing.
func TestMigrationProcess(t *testing.T) {
	dsn := os.Getenv("CARDEA_MIGRATE_DSN")
	if dsn == "" {
		t.Skip("runs in processes of TestMigrateInProcessesAtOnce")
	}
	for _, d := range []database{onSQLite, onSQLiteMattn, onPostgres, onMySQL} {
		if d.name == os.Getenv("CARDEA_MIGRATE_DIALECT") {
			if err := bunstore.New(buntest.Open(t, d.open, dsn)).Migrate(t.Context(), grownSchema(t)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func wantNothingToDo(t *testing.T, st *bunstore.Store, s *schema.Schema) {
	t.Helper()
	plan, err := st.MigrationPlan(t.Context(), s)
	if err != nil || len(plan.Statements) > 0 || len(plan.Warnings) > 0 {
		t.Errorf("MigrationPlan: got %q, warnings %q, %v, want nothing", plan.Statements, plan.Warnings, err)
	}
}

// TestMigrateTablesOfNode adds a plugin's tables to those that better-auth's own migrator made.
func TestMigrateTablesOfNode(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		for strategy, ids := range map[string]schema.IDs{"text": schema.TextIDs, "uuid": schema.UUIDs, "serial": schema.SerialIDs} {
			t.Run(strategy, func(t *testing.T) {
				db, _ := d.fresh(t)
				execute(t, db, nodeTables(d.dialect, strategy)...)
				st, s := bunstore.New(db), grownSchemaWith(t, ids)
				wantNothingToDo(t, st, coreSchemaWith(t, ids))

				if err := st.Migrate(t.Context(), s); err != nil {
					t.Fatal(err)
				}
				wantNothingToDo(t, st, s)
				useGrownSchema(t, st, s, strategy)
			})
		}
	})
}

// nodeTables are the statements of better-auth's migrator for core's tables, on MySQL with the server's collation.
func nodeTables(d bunstore.Dialect, strategy string) []string {
	types := map[bunstore.Dialect]map[string]string{
		bunstore.SQLite: {"KEY": "text not null primary key", "FK": "text", "NAME": "text", "BOOL": "integer", "DATE": "date", "NOW": "date"},
		bunstore.PostgreSQL: {"KEY": "text not null primary key", "FK": "text", "NAME": "text", "BOOL": "boolean", "DATE": "timestamptz",
			"NOW": "timestamptz default CURRENT_TIMESTAMP"},
		bunstore.MySQL: {"KEY": "varchar(36) not null primary key", "FK": "varchar(36)", "NAME": "varchar(255)", "BOOL": "boolean", "DATE": "timestamp(3)",
			"NOW": "timestamp(3) default CURRENT_TIMESTAMP(3)"},
	}[d]
	key, fk := types["KEY"], types["FK"]
	switch {
	case strategy == "serial":
		fk = "integer"
		key = map[bunstore.Dialect]string{bunstore.SQLite: "integer not null primary key",
			bunstore.PostgreSQL: "integer GENERATED BY DEFAULT AS IDENTITY not null primary key",
			bunstore.MySQL:      "integer not null primary key auto_increment"}[d]
	case strategy == "uuid" && d == bunstore.PostgreSQL:
		key, fk = "uuid default pg_catalog.gen_random_uuid() not null primary key", "uuid"
	}
	quote := `"`
	if d == bunstore.MySQL {
		quote = "`"
	}
	fill := strings.NewReplacer("'", quote, "KEY", key, "FK", fk, "NAME", types["NAME"], "BOOL", types["BOOL"], "DATE", types["DATE"], "NOW", types["NOW"])
	var out []string
	for _, statement := range []string{
		"create table 'user' ('id' KEY, 'name' NAME not null, 'email' NAME not null unique, 'emailVerified' BOOL not null, 'image' text, 'createdAt' NOW not null, 'updatedAt' NOW not null)",
		"create table 'session' ('id' KEY, 'expiresAt' DATE not null, 'token' NAME not null unique, 'createdAt' NOW not null, 'updatedAt' DATE not null, 'ipAddress' text, 'userAgent' text, 'userId' FK not null references 'user' ('id') on delete cascade)",
		"create table 'account' ('id' KEY, 'accountId' text not null, 'providerId' text not null, 'userId' FK not null references 'user' ('id') on delete cascade, 'accessToken' text, 'refreshToken' text, 'idToken' text, 'accessTokenExpiresAt' DATE, 'refreshTokenExpiresAt' DATE, 'scope' text, 'password' text, 'createdAt' NOW not null, 'updatedAt' DATE not null)",
		"create table 'verification' ('id' KEY, 'identifier' NAME not null, 'value' text not null, 'expiresAt' DATE not null, 'createdAt' NOW not null, 'updatedAt' NOW not null)",
		"create index 'session_userId_idx' on 'session' ('userId')",
		"create index 'account_userId_idx' on 'account' ('userId')",
		"create index 'verification_identifier_idx' on 'verification' ('identifier')",
	} {
		out = append(out, fill.Replace(statement))
	}
	return out
}

func useGrownSchema(t *testing.T, st *bunstore.Store, s *schema.Schema, strategy string) {
	t.Helper()
	n := 0
	create := func(table string, rec store.Record) string {
		t.Helper()
		n++
		switch strategy {
		case "text":
			rec["id"] = fmt.Sprintf("id-%d", n)
		case "uuid":
			rec["id"] = fmt.Sprintf("0b0e7a4e-6f0c-4b5e-9d8c-3a0f7c1d2e%02x", n)
		}
		got, err := st.Create(t.Context(), s.Table(table), rec)
		if err != nil {
			t.Fatalf("Create %s: %v", table, err)
		}
		return normal(t, s.Table(table), got)["id"].(string)
	}
	user := create("user", store.Record{"name": "Ann", "email": "ann@example.com", "emailVerified": false, "createdAt": moment, "updatedAt": moment,
		"username": "ann", "locale": "de"})
	team := create("team", store.Record{"name": "T"})
	member := create("member", store.Record{"userId": user, "teamId": team})
	if _, err := st.Update(t.Context(), store.From(s.Table("team")), store.Record{"leadId": member}); err != nil {
		t.Error(err)
	}
	if _, err := st.Update(t.Context(), store.From(s.Table("user")), store.Record{"teamId": team}); err != nil {
		t.Error(err)
	}
	_, err := st.Create(t.Context(), s.Table("member"), store.Record{"id": memberID(strategy), "userId": user, "teamId": team})
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("Create of the same member: got %v, want ErrConflict", err)
	}
	_, err = st.Update(t.Context(), store.From(s.Table("member")), store.Record{"userId": member + "9"})
	if err == nil || errors.Is(err, store.ErrConflict) {
		t.Errorf("Update to a user who is not there: got %v, want an error of the foreign key", err)
	}
	if _, err := st.Delete(t.Context(), store.From(s.Table("team"))); err != nil {
		t.Errorf("Delete of the team: %v", err)
	}
	if c, err := st.Count(t.Context(), store.From(s.Table("member"))); err != nil || c != 0 {
		t.Errorf("members after their team went: got %d, %v, want 0", c, err)
	}
	got, err := st.FindOne(t.Context(), store.From(s.Table("user"), store.Eq("id", user), store.Eq("teamId", nil)))
	if err != nil || got["username"] == nil {
		t.Errorf("the user, whose team went: got %v, %v", got, err)
	}
}

func memberID(strategy string) any {
	return map[string]any{"text": "another", "uuid": "aaaaaaaa-6f0c-4b5e-9d8c-3a0f7c1d2e00", "serial": "4711"}[strategy]
}

// TestMigrationIsWholeOrCanBeRunAgain breaks a migration in the middle.
func TestMigrationIsWholeOrCanBeRunAgain(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		db, _ := d.fresh(t)
		st := bunstore.New(db)
		if err := st.Migrate(t.Context(), coreSchema(t)); err != nil {
			t.Fatal(err)
		}
		// A view takes the name of a table that the plugin wants, so that the statements fail from there on.
		execute(t, db, "CREATE VIEW team AS SELECT 1 AS id")
		s := grownSchema(t)
		if err := st.Migrate(t.Context(), s); err == nil {
			t.Fatal("Migrate over a view: got no error, want one")
		}
		if d.dialect != bunstore.MySQL {
			if n := tableCount(t, db, "member"); n != 0 {
				t.Errorf("a table of the broken migration: got %d, want none", n)
			}
		}
		execute(t, db, "DROP VIEW team")
		if err := st.Migrate(t.Context(), s); err != nil {
			t.Fatalf("Migrate again: %v", err)
		}
		wantNothingToDo(t, st, s)
		useGrownSchema(t, st, s, "text")
	})
}

func tableCount(t *testing.T, db *sql.DB, name string) (n int) {
	t.Helper()
	catalogue := "information_schema.tables WHERE table_name"
	if strings.Contains(fmt.Sprintf("%T", db.Driver()), "ite") {
		catalogue = "sqlite_master WHERE name"
	}
	if err := db.QueryRow("SELECT COUNT(*) FROM " + catalogue + " = '" + name + "'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestMigrateWarns is about tables that are there but not as they should be.
func TestMigrateWarns(t *testing.T) {
	t.Parallel()
	db, _ := buntest.MySQL(t)
	execute(t, db,
		"CREATE TABLE owner (id varchar(36) PRIMARY KEY, email text NOT NULL, createdAt date NOT NULL, secret text NOT NULL)",
		"CREATE TABLE pair (id varchar(36) PRIMARY KEY, a text, b varchar(10))")
	s, err := schema.Merge(schema.Source{Owner: "test", Extensions: []schema.Extension{
		{Table: "owner", Columns: []schema.Column{
			{Name: "email", Kind: schema.String, Required: true, Unique: true},
			{Name: "createdAt", Kind: schema.Date, Required: true},
			{Name: "name", Kind: schema.String, Required: true},
		}},
		{Table: "pair", Columns: []schema.Column{{Name: "a", Kind: schema.String, Index: true}, {Name: "b", Kind: schema.String}},
			Indexes: []schema.Index{{Columns: []string{"a", "b"}, Unique: true}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	st := bunstore.New(db)
	plan, err := st.MigrationPlan(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"cannot hold a date", "no unique constraint", "nobody here fills", "added as nullable", "unique index"} {
		if !slices.ContainsFunc(plan.Warnings, func(w string) bool { return strings.Contains(w, word) }) {
			t.Errorf("MigrationPlan: got warnings %q, want one with %q", plan.Warnings, word)
		}
	}
	want := []string{"alter table `owner` add column `name` text", "create index `pair_a_idx` on `pair` (`a`(191))"}
	if !slices.Equal(plan.Statements, want) {
		t.Errorf("MigrationPlan: got %q, want %q", plan.Statements, want)
	}
	if err := st.Migrate(t.Context(), s); err != nil {
		t.Error(err)
	}
	_, err = st.Count(t.Context(), store.From(s.Table("owner")))
	if !errors.Is(err, store.ErrMisconfigured) || !strings.Contains(err.Error(), "cannot hold a date") {
		t.Errorf("Count of a table with such a column: got %v, want ErrMisconfigured", err)
	}
}

// TestSearchPath is about tables of one name in two schemas.
func TestSearchPath(t *testing.T) {
	t.Parallel()
	db, dsn := buntest.Postgres(t)
	s := coreSchema(t)
	if err := bunstore.New(db).Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	execute(t, db, "CREATE SCHEMA tenant", "CREATE SCHEMA nobody")
	tenant := bunstore.New(buntest.Open(t, onPostgres.open, dsn+"&search_path=tenant,public"))
	if err := tenant.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	fill(t, tenant, s, 2)
	for name, want := range map[string]int{"public": 0, "tenant": 2} {
		var n int
		if err := db.QueryRow("SELECT count(*) FROM " + name + ".session").Scan(&n); err != nil || n != want {
			t.Errorf("rows in the schema %s: got %d, %v, want %d", name, n, err, want)
		}
	}
	lost := bunstore.New(buntest.Open(t, onPostgres.open, dsn+"&search_path=missing"))
	if err := lost.Migrate(t.Context(), s); !errors.Is(err, store.ErrMisconfigured) {
		t.Errorf("Migrate without a schema: got %v, want ErrMisconfigured", err)
	}
	// The session's own search_path is what it was.
	one := buntest.Open(t, onPostgres.open, dsn+"&search_path=nobody,public")
	one.SetMaxOpenConns(1)
	if err := bunstore.New(one).Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	var path string
	if err := one.QueryRow("SHOW search_path").Scan(&path); err != nil || path != "nobody,public" {
		t.Errorf("search_path after a migration: got %q, %v, want what it was", path, err)
	}
}

// TestFixtureOfNode opens a database that a Node server wrote.
func TestFixtureOfNode(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/node-basic.sqlite")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "node.sqlite")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := schema.Merge(schema.Source{Owner: "core", Extensions: model.Schema()}, schema.Source{Owner: "app", Extensions: []schema.Extension{
		{Table: "user", Columns: []schema.Column{
			{Name: "locale", Kind: schema.String}, {Name: "score", Kind: schema.Number}, {Name: "tags", Kind: schema.StringArray}, {Name: "prefs", Kind: schema.JSON},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	st := bunstore.New(buntest.Open(t, sqlite.Open, path))
	wantNothingToDo(t, st, s)
	j := &store.Join{Left: s.Table("session"), Right: s.Table("user"), Key: "token", On: "userId"}
	left, right, err := st.FindJoined(t.Context(), j, "fW5P6YkMrwBCi0pOyNAAjrd8K1QDt1a1")
	if err != nil {
		t.Fatal(err)
	}
	session, user := normal(t, j.Left, named(j.Left, left)), normal(t, j.Right, named(j.Right, right))
	wantUser := store.Record{
		"id": "QhiyhHg4KExoRgBp2oPFpgRjkxkgVF4A", "name": "Bob Ünïcødé 🚀", "email": "bob.builder@example.com", "emailVerified": false, "image": nil,
		"createdAt": date(t, "2026-11-23T08:30:40.937Z"), "updatedAt": date(t, "2026-11-23T08:30:40.937Z"),
		"locale": "fr", "score": int64(0), "tags": []string{"a", "b,c", "ü"},
		"prefs": map[string]any{"theme": "dark", "n": []any{1.0, 2.0, map[string]any{"x": nil}}},
	}
	same(t, "user", user, wantUser)
	same(t, "session", session, store.Record{
		"id": "rki2T4ySKU0BBVd4eOguxsBo7qwYUQHV", "expiresAt": date(t, "2099-01-01T00:00:00Z"), "token": "fW5P6YkMrwBCi0pOyNAAjrd8K1QDt1a1",
		"createdAt": date(t, "2026-11-23T08:30:40.939Z"), "updatedAt": date(t, "2026-11-23T08:30:40.939Z"), "ipAddress": "203.0.113.7",
		"userAgent": "contract-fixture/1.0", "userId": "QhiyhHg4KExoRgBp2oPFpgRjkxkgVF4A",
	})
	now := date(t, "2026-12-01T00:00:00Z")
	all, err := st.Count(t.Context(), store.From(j.Left))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := st.Delete(t.Context(), store.From(j.Left, store.Lte("expiresAt", now))); err != nil || n < 1 || n >= all {
		t.Errorf("Delete of the expired sessions: got %d of %d, %v, want some", n, all, err)
	}
}

func date(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return d.UTC()
}
