package storetest

import (
	"fmt"
	"sync"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// olderTables are a schema before plugins were added to it.
func olderTables() []schema.Extension {
	return []schema.Extension{
		{Table: "user", SQLName: "app_user", Columns: []schema.Column{
			{Name: "email", Kind: schema.String, Required: true, Unique: true},
			{Name: "createdAt", SQLName: "created_at", Kind: schema.Date, Required: true},
		}},
	}
}

var older = sync.OnceValue(func() *schema.Schema { return mustMerge(olderTables()) })

// newer adds columns of every kind, indexes and tables.
var newer = sync.OnceValue(func() *schema.Schema {
	return mustMerge(append(olderTables(),
		schema.Extension{Table: "user", Columns: []schema.Column{
			{Name: "username", Kind: schema.String, Unique: true},
			{Name: "displayName", Kind: schema.String, Sortable: true, Index: true},
			{Name: "banned", Kind: schema.Boolean},
			{Name: "logins", Kind: schema.Number},
			{Name: "bigLogins", Kind: schema.Number, BigInt: true},
			{Name: "seenAt", Kind: schema.Date},
			{Name: "settings", Kind: schema.JSON},
			{Name: "roles", Kind: schema.StringArray},
			{Name: "levels", Kind: schema.NumberArray},
			{Name: "teamId", Kind: schema.String, References: &schema.Reference{Table: "team", OnDelete: schema.SetNull}},
			{Name: "locale", Kind: schema.String, Required: true, Default: schema.Value("en")},
		}, Indexes: []schema.Index{{Columns: []string{"displayName", "username"}}}},
		schema.Extension{Table: "team", Columns: []schema.Column{
			{Name: "slug", Kind: schema.String, Required: true, Sortable: true},
			{Name: "ownerId", Kind: schema.String, References: &schema.Reference{Table: "user"}}, // each refers to the other
		}, Indexes: []schema.Index{{Columns: []string{"slug", "ownerId"}, Unique: true}}},
	))
})

var migrateCases = []testCase{
	{name: "NothingToDoAfterOpen", needs: []feature{migrator}, run: func(k *kit) {
		k.wantEmptyPlan(k.schema)
		k.create("item", fullItem("i1"))
		k.ok(migrates(k).Migrate(k.ctx, k.schema), "Migrate with nothing to do")
		k.wantRow("item", "i1", fullItem("i1"))
	}},
	{name: "AddsWhatIsMissing", needs: []feature{migrator}, run: func(k *kit) {
		was, now := migrated(k)
		was.create("user", store.Record{"id": "u1", "email": "ann@example.com", "createdAt": ms("2026-01-01T00:00:00Z")})
		now.ok(migrates(now).Migrate(now.ctx, now.schema), "Migrate")
		now.wantEmptyPlan(now.schema)
		now.wantRow("user", "u1", store.Record{"id": "u1", "email": "ann@example.com", "createdAt": ms("2026-01-01T00:00:00Z"), "locale": "en"})

		now.create("team", store.Record{"id": "t1", "slug": "s", "ownerId": "u1"})
		full := store.Record{
			"id": "u2", "email": "bob@example.com", "createdAt": ms("2026-01-02T00:00:00Z"), "username": "bob", "displayName": "Bob",
			"banned": false, "logins": int64(3), "bigLogins": int64(1) << 40, "seenAt": ms("2026-01-03T00:00:00Z"),
			"settings": map[string]any{"a": 1.0}, "roles": []string{"admin"}, "levels": []float64{1.5}, "teamId": "t1", "locale": "de",
		}
		now.same(now.create("user", full), now.normal("user", full), "row with the new columns")
		_, err := now.store.Create(now.ctx, now.table("user"), store.Record{
			"id": "u3", "email": "cy@example.com", "createdAt": ms("2026-01-02T00:00:00Z"), "username": "bob", "locale": "de"})
		now.wantIs(err, store.ErrConflict, "Create with a value of a new unique column that is taken")
		_, err = now.store.Create(now.ctx, now.table("team"), store.Record{"id": "t2", "slug": "s", "ownerId": "u1"})
		now.wantIs(err, store.ErrConflict, "Create against a new unique index")
	}},
	{name: "AddsForeignKeys", needs: []feature{migrator, foreignKeys}, run: func(k *kit) {
		_, now := migrated(k)
		now.ok(migrates(now).Migrate(now.ctx, now.schema), "Migrate")
		now.create("user", store.Record{"id": "u1", "email": "a", "createdAt": ms("2026-01-01T00:00:00Z"), "locale": "de"})
		now.create("team", store.Record{"id": "t1", "slug": "s", "ownerId": "u1"})
		now.mustUpdate("user", store.Record{"teamId": "t1"})
		_, err := now.store.Create(now.ctx, now.table("team"), store.Record{"id": "t2", "slug": "x", "ownerId": "nobody"})
		now.wantError(err, "Create in a new table with an owner that is not there")
		now.mustDelete("team")
		if got := now.find("user", byID("u1"))["teamId"]; got != nil {
			now.Errorf("column of a foreign key in an old table, after what it referred to went: got %v, want null", got)
		}
	}},
	{name: "PlanChangesNothing", needs: []feature{migrator}, run: func(k *kit) {
		was, now := migrated(k)
		first, err := migrates(now).MigrationPlan(now.ctx, now.schema)
		now.ok(err, "MigrationPlan")
		if len(first.Statements) == 0 {
			now.Errorf("MigrationPlan for a newer schema: got no statements, want some")
		}
		second, err := migrates(now).MigrationPlan(now.ctx, now.schema)
		now.ok(err, "MigrationPlan")
		now.same(second, first, "the same plan again")
		was.create("user", store.Record{"id": "u1", "email": "a", "createdAt": ms("2026-01-01T00:00:00Z")})
		was.wantEmptyPlan(was.schema)
	}},
	{name: "LeavesWhatItDoesNotKnow", needs: []feature{migrator}, run: func(k *kit) {
		was, now := migrated(k)
		now.ok(migrates(now).Migrate(now.ctx, now.schema), "Migrate")
		now.create("user", store.Record{"id": "u1", "email": "a", "createdAt": ms("2026-01-01T00:00:00Z"), "username": "ann", "locale": "de"})
		now.create("team", store.Record{"id": "t1", "slug": "s"})
		was.wantEmptyPlan(was.schema)
		was.ok(migrates(was).Migrate(was.ctx, was.schema), "Migrate with the older schema")
		was.mustUpdate("user", store.Record{"email": "b"})
		now.wantRow("user", "u1", store.Record{
			"id": "u1", "email": "b", "createdAt": ms("2026-01-01T00:00:00Z"), "username": "ann", "locale": "de"})
		now.wantRow("team", "t1", store.Record{"id": "t1", "slug": "s"})
	}},
	{name: "OlderSchemaKeepsWriting", needs: []feature{migrator}, run: func(k *kit) {
		// As during a deployment, when some processes have the new version and some the old one. A column that is
		// required from now on cannot be NOT NULL in a table that others write to.
		was, now := migrated(k)
		now.ok(migrates(now).Migrate(now.ctx, now.schema), "Migrate")
		was.create("user", store.Record{"id": "u1", "email": "a", "createdAt": ms("2026-01-01T00:00:00Z")})
		was.wantIDs("user", nil, "u1")
		now.wantIDs("user", []store.Cond{store.Eq("username", nil)}, "u1")
	}},
	{name: "ManyAtOnce", needs: []feature{migrator}, run: func(k *kit) {
		_, now := migrated(k)
		errs := race(10, func(int) error { return migrates(now).Migrate(now.ctx, now.schema) })
		now.wantWinners(errs, 10, nil)
		now.wantEmptyPlan(now.schema)
		now.create("team", store.Record{"id": "t1", "slug": "s"})
	}},
	{name: "ManyAtOnceOverTwoHandles", needs: []feature{migrator, reopening}, run: func(k *kit) {
		_, now := migrated(k)
		other := now.reopened()
		errs := race(10, func(i int) error {
			if i%2 == 0 {
				return migrates(now).Migrate(now.ctx, now.schema)
			}
			return migrates(other).Migrate(now.ctx, now.schema)
		})
		now.wantWinners(errs, 10, nil)
		for i, k := range []*kit{now, other} {
			k.wantEmptyPlan(k.schema)
			k.create("team", store.Record{"id": fmt.Sprintf("t%d", i), "slug": fmt.Sprintf("s%d", i)})
		}
	}},
}

// migrated returns a new store with the older schema, and the same store as the newer one sees it. Nothing is migrated
// to the latter yet.
func migrated(k *kit) (was, now *kit) {
	k.Helper()
	was = newKit(k.T, k.opts, older())
	n := *was
	n.schema = newer()
	return was, &n
}

func migrates(k *kit) store.Migrator {
	k.Helper()
	return must[store.Migrator](k.T, k.store, "store.Migrator", "NoMigrator")
}

func (k *kit) wantEmptyPlan(s *schema.Schema) {
	k.Helper()
	plan, err := migrates(k).MigrationPlan(k.ctx, s)
	k.ok(err, "MigrationPlan")
	if len(plan.Statements) != 0 {
		k.Errorf("MigrationPlan: got %s, want no statements", brief(plan.Statements))
	}
}
