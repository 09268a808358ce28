package memorystore_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/cardea-auth/cardea/conformance/storetest"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	memorystore "github.com/cardea-auth/cardea/stores/memory"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Options{
		Open:     func(testing.TB, *schema.Schema) store.Store { return memorystore.New() },
		Parallel: true,
		Features: storetest.Features{
			NoMigrator: true, // tables come to be when they are used
			NoReopen:   true, // the data are those of one value
			NoClose:    true, // there is nothing to close
		},
	})
}

func ExampleNew() {
	tables, err := schema.Merge(schema.Source{Owner: "app", Extensions: []schema.Extension{{
		Table:   "user",
		Columns: []schema.Column{{Name: "email", Kind: schema.String, Required: true, Unique: true}},
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, s, user := context.Background(), memorystore.New(), tables.Table("user")
	if _, err := s.Create(ctx, user, store.Record{"id": "u1", "email": "ann@example.com"}); err != nil {
		fmt.Println(err)
	}
	_, err = s.Create(ctx, user, store.Record{"id": "u2", "email": "ann@example.com"})
	fmt.Println(errors.Is(err, store.ErrConflict))
	// Output: true
}
