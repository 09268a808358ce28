package store_test

import (
	"context"

	"github.com/cardea-auth/cardea/core/store"
)

type record = store.Record

// canned finds one row in any table, as a driver returned it. Nothing else works.
type canned struct {
	store.Store
	rec record
}

func (c canned) FindOne(context.Context, store.Query) (record, error) { return c.rec, nil }

func (c canned) FindMany(context.Context, store.Query) ([]record, error) { return []record{c.rec}, nil }
