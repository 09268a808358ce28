package main

import (
	"database/sql"
	"os"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/conformance/adaptertest"
	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	memorystore "github.com/cardea-auth/cardea/stores/memory"
)

// TestMatrix runs the adapters' suite on databases: every adapter on SQLite, and the plainest adapter on every database.
// With CARDEA_MATRIX=full it is every adapter on every database.
func TestMatrix(t *testing.T) {
	t.Parallel()
	eachPair(t, databaseKinds(), func(t *testing.T, adapter, kind string) {
		o := suites[adapter]
		o.NewStore = func(t testing.TB) store.Store { return freshStore(t, kind) }
		adaptertest.Run(t, o)
	})
}

// eachPair runs a test for the pairs of adapter and database that [TestMatrix] names, of some kinds of database.
func eachPair(t *testing.T, kinds []string, test func(t *testing.T, adapter, kind string)) {
	t.Helper()
	full := os.Getenv("CARDEA_MATRIX") == "full"
	for _, adapter := range adapterNames() {
		for _, kind := range kinds {
			if !full && adapter != "stdlib" && kind != "sqlite" {
				continue
			}
			t.Run(adapter+"/"+kind, func(t *testing.T) {
				t.Parallel()
				test(t, adapter, kind)
			})
		}
	}
}

// freshDatabase describes a new database of a kind, and opens it if it is one outside of the testbed.
func freshDatabase(t testing.TB, kind string) (map[string]any, *sql.DB) {
	t.Helper()
	fresh, ok := freshDatabases[kind]
	if !ok {
		return map[string]any{"kind": kind}, nil
	}
	db, dsn := fresh(t)
	return map[string]any{"kind": kind, "dsn": dsn}, db
}

func freshStore(t testing.TB, kind string) store.Store {
	if kind == "memory" {
		return memorystore.New()
	}
	db, _ := freshDatabases[kind](t)
	return bunstore.New(db)
}

// TestMatrixIsComplete: an adapter or a database that is new must not be left out.
func TestMatrixIsComplete(t *testing.T) {
	t.Parallel()
	for _, name := range adapterNames() {
		if _, ok := suites[name]; !ok {
			t.Errorf("there is no suite for %s", name)
		}
	}
	for _, kind := range databaseKinds() {
		if _, ok := freshDatabases[kind]; !ok && kind != "memory" {
			t.Errorf("there is no fresh database for %s", kind)
		}
	}
	if len(suites) != len(adapters) || !slices.Contains(databaseKinds(), "memory") {
		t.Errorf("got %d suites for %d adapters", len(suites), len(adapters))
	}
}
