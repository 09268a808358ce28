package bunstore_test

import (
	"database/sql"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
)

// liveSchema has a column of every kind.
func liveSchema(t *testing.T) *schema.Schema {
	t.Helper()
	s, err := schema.Merge(schema.Source{Owner: "test", Extensions: []schema.Extension{
		{Table: "owner", Columns: []schema.Column{
			{Name: "email", Kind: schema.String, Required: true, Unique: true},
			{Name: "createdAt", Kind: schema.Date, Required: true},
		}},
		{Table: "thing", Columns: []schema.Column{
			{Name: "token", Kind: schema.String, Required: true, Unique: true},
			{Name: "role", Kind: schema.String},
			{Name: "active", Kind: schema.Boolean},
			{Name: "count", Kind: schema.Number},
			{Name: "price", Kind: schema.Number},
			{Name: "expiresAt", Kind: schema.Date, Required: true},
			{Name: "lockedAt", Kind: schema.Date},
			{Name: "data", Kind: schema.JSON},
			{Name: "tags", Kind: schema.StringArray},
			{Name: "scores", Kind: schema.NumberArray},
			{Name: "ownerId", Kind: schema.String, Required: true, References: &schema.Reference{Table: "owner"}},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// liveCase is a database whose tables another tool has made.
type liveCase struct {
	name string
	database
	ddl []string
	// step is what the dates can tell apart. The default is a millisecond.
	step time.Duration
	// ids are how ids look; the default is "text".
	ids string
	// mariaDB says that MySQL itself has no such types.
	mariaDB bool
	// raw is SQL that shows how the store's own row is kept, and want what it returns.
	raw, want string
}

// TestTablesOfOtherTools takes rows through every operation on tables as Drizzle, Prisma, better-auth and people make
// them.
func TestTablesOfOtherTools(t *testing.T) {
	t.Parallel()
	for _, group := range [][]liveCase{sqliteTables, postgresTables, mysqlTables} {
		for _, c := range group {
			t.Run(c.database.name+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				db, _ := c.fresh(t)
				if c.mariaDB {
					needMariaDB(t, db)
				}
				execute(t, db, c.ddl...)
				st := bunstore.New(db)
				if err := st.Check(t.Context()); err != nil {
					t.Fatal(err)
				}
				takeThrough(t, &c, db, st)
			})
		}
	}
}

// moment is in a zone that no test machine is in, and on its day in UTC it is yesterday.
var moment = time.Date(2026, 7, 2, 3, 4, 5, 678_000_000, time.FixedZone("far east", 13*3600+45*60))

func takeThrough(t *testing.T, c *liveCase, db *sql.DB, st *bunstore.Store) {
	s := liveSchema(t)
	owner, thing := s.Table("owner"), s.Table("thing")
	step, at := c.step, moment
	if step == 0 {
		step = time.Millisecond
	}
	at = at.Truncate(step)
	ids := map[string][]string{
		"":       {"owner-1", "thing-1", "thing-2"},
		"uuid":   {"0b0e7a4e-6f0c-4b5e-9d8c-3a0f7c1d2e3f", "1b0e7a4e-6f0c-4b5e-9d8c-3a0f7c1d2e3f", "2b0e7a4e-6f0c-4b5e-9d8c-3a0f7c1d2e3f"},
		"serial": {"70001", "70002", "70003"},
	}[c.ids]

	plan, err := st.MigrationPlan(t.Context(), s)
	if err != nil || len(plan.Statements) > 0 {
		t.Errorf("MigrationPlan: got %q, %v, want nothing to do", plan.Statements, err)
	}
	for _, w := range plan.Warnings {
		if strings.Contains(w, "cannot hold") {
			t.Errorf("MigrationPlan: got the warning %q, want none about a type", w)
		}
	}

	if _, err := st.Create(t.Context(), owner, store.Record{"id": ids[0], "email": "Ann@example.com", "createdAt": at}); err != nil {
		t.Fatalf("Create owner: %v", err)
	}
	row := store.Record{
		"id": ids[1], "token": "Token", "role": "admin", "active": true, "count": int64(41), "price": int64(-12), "expiresAt": at,
		"data": map[string]any{"a": []any{1.5, "ü", nil}}, "tags": []string{"a", `b"\,{}`, ""}, "scores": []float64{1, 2.5, -3}, "ownerId": ids[0],
		"lockedAt": nil,
	}
	if c.ids == "serial" {
		row["scores"] = []float64{1, 2, -3} // some of these tables have arrays of integers
	}
	created, err := st.Create(t.Context(), thing, row)
	if err != nil {
		t.Fatalf("Create thing: %v", err)
	}
	want := normal(t, thing, row)
	same(t, "Create", normal(t, thing, created), want)
	if c.raw != "" {
		var got string
		if err := db.QueryRow(c.raw).Scan(&got); err != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.raw, got, err, c.want)
		}
	}

	other := store.Record{"id": ids[2], "token": "token", "active": false, "expiresAt": at.Add(step), "lockedAt": at, "ownerId": ids[0]}
	if _, err := st.Create(t.Context(), thing, other); err != nil {
		t.Fatalf("Create another thing, whose token differs by case: %v", err)
	}
	for _, q := range []struct {
		where []store.Cond
		want  string
	}{
		{[]store.Cond{store.Eq("id", ids[1])}, ids[1]},
		{[]store.Cond{store.Eq("id", "no such id")}, ""},
		{[]store.Cond{store.Ne("id", ids[1])}, ids[2]},
		{[]store.Cond{store.Ne("id", "no such id"), store.In("id", ids[1], "nor this", ids[0])}, ids[1]},
		{[]store.Cond{store.StartsWith("id", ids[2][:len(ids[2])-1]), store.EndsWith("id", ids[2][1:])}, ids[2]},
		{[]store.Cond{store.Eq("token", "Token")}, ids[1]},
		{[]store.Cond{store.Eq("token", "Token ")}, ""},
		{[]store.Cond{{Column: "token", Value: "TOKEN", Fold: true}, store.Eq("role", "admin")}, ids[1]},
		{[]store.Cond{store.Eq("role", "adm")}, ""},
		{[]store.Cond{store.Eq("role", "Admin")}, ""},
		{[]store.Cond{store.Ne("role", "Admin"), store.NotIn("role", "ADMIN", "user"), store.Ne("role", nil)}, ids[1]},
		{[]store.Cond{store.Gt("role", "ADMIN"), store.Lt("role", "b")}, ids[1]},
		{[]store.Cond{store.Contains("role", "dmi")}, ids[1]},
		{[]store.Cond{store.Ne("role", "admin")}, ids[2]},
		{[]store.Cond{store.Eq("active", true)}, ids[1]},
		{[]store.Cond{store.Eq("active", false)}, ids[2]},
		{[]store.Cond{store.Eq("count", int64(41)), store.Lt("price", int64(-11)), store.Gte("price", int64(-12))}, ids[1]},
		{[]store.Cond{store.Eq("expiresAt", at)}, ids[1]},
		{[]store.Cond{store.In("expiresAt", at.Add(step), at.Add(-step))}, ids[2]},
		{[]store.Cond{store.Lt("expiresAt", at)}, ""},
		{[]store.Cond{store.Lte("expiresAt", at)}, ids[1]},
		{[]store.Cond{store.Lt("expiresAt", at.Add(step))}, ids[1]},
		{[]store.Cond{store.Gt("expiresAt", at)}, ids[2]},
		{[]store.Cond{store.Gt("expiresAt", at.Add(step))}, ""},
		{[]store.Cond{store.Gt("expiresAt", at.AddDate(-20, 0, 0)), store.Lt("expiresAt", at.AddDate(10, 0, 0)), store.Eq("lockedAt", nil)}, ids[1]},
		{[]store.Cond{store.Ne("lockedAt", at)}, ids[1]},
		{[]store.Cond{store.Ne("data", nil), store.Ne("tags", nil), store.Ne("scores", nil), store.Eq("ownerId", ids[0])}, ids[1]},
	} {
		recs, err := st.FindMany(t.Context(), store.From(thing, q.where...))
		got := ""
		for _, rec := range recs {
			got += normal(t, thing, rec)["id"].(string)
		}
		if err != nil || got != q.want {
			t.Errorf("FindMany(%+v): got %q, %v, want %q", q.where, got, err, q.want)
		}
	}
	q := store.From(thing)
	q.OrderBy = []store.Order{{Column: "expiresAt", Desc: true}}
	rec, err := st.FindOne(t.Context(), q)
	if err != nil || normal(t, thing, rec)["id"] != ids[2] {
		t.Errorf("the thing that expires last: got %v, %v, want %q", rec["id"], err, ids[2])
	}

	left, right, err := st.FindJoined(t.Context(), &store.Join{Left: thing, Right: owner, Key: "token", On: "ownerId"}, "Token")
	if err != nil {
		t.Fatalf("FindJoined: %v", err)
	}
	same(t, "left row of FindJoined", normal(t, thing, named(thing, left)), want)
	same(t, "right row of FindJoined", normal(t, owner, named(owner, right)), normal(t, owner,
		store.Record{"id": ids[0], "email": "Ann@example.com", "createdAt": at}))

	set := store.Record{"active": false, "expiresAt": at.Add(5 * step), "tags": []string{}, "data": "text", "role": nil, "scores": nil}
	if n, err := st.Update(t.Context(), store.From(thing, store.Eq("id", ids[1])), set); err != nil || n != 1 {
		t.Errorf("Update: got %d, %v, want 1", n, err)
	}
	for name, v := range set {
		want[name] = v
	}
	want["expiresAt"] = at.Add(5 * step).UTC()
	if rec, err = st.IncrementOne(t.Context(), store.From(thing, store.Eq("expiresAt", at.Add(5*step))), "count", 1); err != nil {
		t.Fatalf("IncrementOne: %v", err)
	}
	want["count"] = int64(42)
	same(t, "IncrementOne", normal(t, thing, rec), want)
	if rec, err = st.ConsumeOne(t.Context(), store.From(thing, store.Eq("id", ids[1]), store.Gt("expiresAt", at))); err != nil {
		t.Fatalf("ConsumeOne: %v", err)
	}
	same(t, "ConsumeOne", normal(t, thing, rec), want)
	if n, err := st.Delete(t.Context(), store.From(thing, store.Lte("expiresAt", at.Add(step)))); err != nil || n != 1 {
		t.Errorf("Delete: got %d, %v, want 1", n, err)
	}
}

func needMariaDB(t *testing.T, db *sql.DB) {
	t.Helper()
	var version string
	if err := db.QueryRow("SELECT version()").Scan(&version); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(version, "MariaDB") {
		t.Skipf("MySQL %s has no type uuid", version)
	}
}

// normal reads a record as the library does.
func normal(t *testing.T, table *schema.Table, rec store.Record) store.Record {
	t.Helper()
	out := store.Record{}
	for i := range table.Columns {
		c := &table.Columns[i]
		v := rec[c.Name]
		if text, ok := v.(string); ok && c.Kind == schema.JSON && text == "text" {
			v = `"text"` // the value of a case, not what a database returned
		}
		n, err := c.Normalize(v)
		if err != nil {
			t.Fatal(err)
		}
		out[c.Name] = n
	}
	return out
}

func named(table *schema.Table, values []any) store.Record {
	rec := store.Record{}
	for i := range table.Columns {
		rec[table.Columns[i].Name] = values[i]
	}
	return rec
}

func same(t *testing.T, what string, got, want store.Record) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// things returns the statements of both tables, with the types of their columns.
func things(quote, id, fk, text, role, boolean, count, price, date, optionalDate, data, tags, scores, options string) []string {
	fill := strings.NewReplacer("'", quote, "ID", id, "FK", fk, "TEXT", text, "ROLE", role, "BOOL", boolean, "COUNT", count, "PRICE", price,
		"OPTDATE", optionalDate, "DATE", date, "DATA", data, "TAGS", tags, "SCORES", scores, "OPTIONS", options)
	return []string{
		fill.Replace("CREATE TABLE 'owner' ('id' ID, 'email' TEXT NOT NULL UNIQUE, 'createdAt' DATE) OPTIONS"),
		fill.Replace("CREATE TABLE 'thing' ('id' ID, 'token' TEXT NOT NULL UNIQUE, 'role' ROLE, 'active' BOOL, 'count' COUNT, 'price' PRICE," +
			" 'expiresAt' DATE, 'lockedAt' OPTDATE, 'data' DATA, 'tags' TAGS, 'scores' SCORES, 'ownerId' FK NOT NULL," +
			" FOREIGN KEY ('ownerId') REFERENCES 'owner'('id') ON DELETE CASCADE) OPTIONS"),
	}
}

func with(ddl []string, more ...string) []string { return append(ddl[:len(ddl):len(ddl)], more...) }
