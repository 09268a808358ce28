package bunstore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
)

func clients(t *testing.T, with ...schema.Extension) *schema.Schema {
	t.Helper()
	s, err := schema.Merge(schema.Source{Owner: "test", Extensions: append([]schema.Extension{
		{Table: "client", Columns: []schema.Column{{Name: "clientId", Kind: schema.String, Required: true, Unique: true}}},
		{Table: "resource", Columns: []schema.Column{{Name: "identifier", Kind: schema.String, Required: true, Unique: true}}},
	}, with...)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestReferencesInIndexes: foreign keys to texts, themselves part of an index over several columns, in new tables and
// added to tables that are there.
func TestReferencesInIndexes(t *testing.T) {
	t.Parallel()
	to := func(name, table, column string) schema.Column {
		return schema.Column{Name: name, Kind: schema.String, Required: true, References: &schema.Reference{Table: table, Column: column}}
	}
	link := schema.Extension{
		Table:   "link",
		Columns: []schema.Column{to("clientId", "client", "clientId"), to("resourceId", "resource", "identifier")},
		Indexes: []schema.Index{{Columns: []string{"clientId", "resourceId"}, Unique: true}},
	}
	everywhere(t, func(t *testing.T, d database) {
		for _, steps := range [][]*schema.Schema{{clients(t, link)}, {clients(t), clients(t, link)}} {
			db, _ := d.fresh(t)
			st := bunstore.New(db)
			for _, s := range steps {
				if err := st.Migrate(t.Context(), s); err != nil {
					t.Fatal(err)
				}
				wantNothingToDo(t, st, s)
			}
			s := steps[len(steps)-1]
			create := func(table string, rec store.Record) error {
				_, err := st.Create(t.Context(), s.Table(table), rec)
				return err
			}
			url := "https://example.com/" + strings.Repeat("x", 100)
			for _, err := range []error{
				create("client", store.Record{"id": "c", "clientId": "the-client"}),
				create("resource", store.Record{"id": "r", "identifier": url}),
				create("link", store.Record{"id": "l", "clientId": "the-client", "resourceId": url}),
			} {
				if err != nil {
					t.Error(err)
				}
			}
			if err := create("link", store.Record{"id": "m", "clientId": "the-client", "resourceId": url}); !errors.Is(err, store.ErrConflict) {
				t.Errorf("the same link: got %v, want ErrConflict", err)
			}
			if err := create("link", store.Record{"id": "n", "clientId": "c", "resourceId": url}); err == nil {
				t.Error("a link to the id of a client was taken")
			}
		}
	})
}

// TestIDsThatDoNotFit: the migration says so before the first row does.
func TestIDsThatDoNotFit(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		kinds := []schema.IDs{schema.TextIDs, schema.UUIDs, schema.SerialIDs}
		for _, live := range kinds {
			db, _ := d.fresh(t)
			st := bunstore.New(db)
			if err := st.Migrate(t.Context(), coreSchemaWith(t, live)); err != nil {
				t.Fatal(err)
			}
			for _, configured := range kinds {
				plan, err := st.MigrationPlan(t.Context(), coreSchemaWith(t, configured))
				if err != nil {
					t.Fatal(err)
				}
				warned := strings.Contains(strings.Join(plan.Warnings, " "), `the ids of table "user" have the type`)
				want := (live == schema.SerialIDs) != (configured == schema.SerialIDs) ||
					d.dialect == bunstore.PostgreSQL && live == schema.UUIDs && configured != schema.UUIDs
				if warned != want {
					t.Errorf("%v in the database, %v configured: got the warnings %q", live, configured, plan.Warnings)
				}
			}
		}
	})
}

// TestDatesThatAreNoMoment: only a default that is the present becomes the database's.
func TestDatesThatAreNoMoment(t *testing.T) {
	t.Parallel()
	db, _ := onPostgres.fresh(t)
	s, err := schema.Merge(schema.Source{Owner: "test", Extensions: []schema.Extension{{Table: "t", Columns: []schema.Column{
		{Name: "made", Kind: schema.Date, Default: schema.Now}, {Name: "fixed", Kind: schema.Date, Default: schema.Value(moment)},
		{Name: "none", Kind: schema.Date, Default: schema.Value(nil)},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := bunstore.New(db).MigrationPlan(t.Context(), s)
	want := `create table "t" ("id" text not null primary key, "made" timestamptz default CURRENT_TIMESTAMP, "fixed" timestamptz, "none" timestamptz)`
	if err != nil || len(plan.Statements) != 1 || plan.Statements[0] != want {
		t.Errorf("got %q, %v", plan.Statements, err)
	}
}
