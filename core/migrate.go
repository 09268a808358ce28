package core

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/store"
)

// ErrNoMigrator says that the store has no tables to migrate.
var ErrNoMigrator = errors.New("core: the store has no tables to migrate")

// Migrate creates the tables, columns and indexes that the database lacks. It never removes or alters anything, and any
// number of processes may call it at once. A store without tables, such as the memory store, needs none: then it does
// nothing.
func (a *Auth) Migrate(ctx context.Context) error {
	if m, ok := a.config.Store.(store.Migrator); ok {
		return m.Migrate(ctx, a.schema)
	}
	return nil
}

// MigrationPlan returns what Migrate would do, as SQL, and warnings about what it would leave alone although it looks
// wrong. ErrNoMigrator if the store has no tables.
func (a *Auth) MigrationPlan(ctx context.Context) (store.Plan, error) {
	if m, ok := a.config.Store.(store.Migrator); ok {
		return m.MigrationPlan(ctx, a.schema)
	}
	return store.Plan{}, ErrNoMigrator
}
