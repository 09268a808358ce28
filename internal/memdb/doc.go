// Package memdb is a database in a few maps: the engine behind stores/memory and the trunk's own tests.
//
// It keeps what the store contract says and, where databases differ, sides with the strictest one, so that code that
// passes its tests here does not meet its first surprise on PostgreSQL: values must have exactly the Go type of their
// column's kind, foreign keys and NOT NULL are enforced, and a transaction in which a write was refused cannot be
// committed any more.
//
// There is nothing to set up: a table exists from its first use, and a later schema that knows more columns just sees
// nulls in the rows that were there before. Nothing is kept on disk.
//
//	db := memdb.New()
//	user, err := db.Create(ctx, table, store.Record{"id": "u1", "email": "ann@example.com"})
package memdb
