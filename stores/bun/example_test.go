package bunstore_test

import (
	"context"
	"fmt"
	"log"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
)

// A store on a database handle of the app. Core does what follows New by itself; here is what goes on.
func Example() {
	ctx := context.Background()
	db, err := sqlite.Open(":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	st := bunstore.New(db)
	if err := st.Check(ctx); err != nil {
		log.Fatal(err)
	}

	tables, err := schema.Merge(schema.Source{Owner: "core", Extensions: model.Schema()})
	if err != nil {
		log.Fatal(err)
	}
	if err := st.Migrate(ctx, tables); err != nil {
		log.Fatal(err)
	}
	n, err := st.Count(ctx, store.From(tables.Table("user"), store.Eq("email", "ann@example.com")))
	fmt.Println(n, err)
	// Output: 0 <nil>
}

// What a migration would do, for those who keep their migrations as files.
func ExampleStore_MigrationPlan() {
	db, err := sqlite.Open(":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	tables, err := schema.Merge(schema.Source{Owner: "app", Extensions: []schema.Extension{
		{Table: "device", Columns: []schema.Column{{Name: "name", Kind: schema.String, Required: true, Index: true}}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := bunstore.New(db).MigrationPlan(context.Background(), tables)
	if err != nil {
		log.Fatal(err)
	}
	for _, statement := range plan.Statements {
		fmt.Println(statement + ";")
	}
	// Output:
	// create table "device" ("id" text not null primary key, "name" text not null);
	// create index "device_name_idx" on "device" ("name");
}
