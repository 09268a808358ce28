package bunstore

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/store"
)

// Check implements [store.Checker]. It takes a few queries and changes nothing. What it refuses, by dialect:
//
//   - SQLite: a version before 3.35; foreign keys that are not enforced; a database in memory that every connection of
//     the pool has for itself.
//   - PostgreSQL: a version before 12; another encoding than UTF-8.
//   - MySQL: the driver's parseTime off, its loc not UTC, clientFoundRows off; a session whose time zone is not UTC,
//     whose character set is not utf8mb4, whose sql_mode is not strict, or that does not check foreign keys. Tables
//     without transactions are refused when they are first used.
//
// How the server reads backslashes in literals does not matter to this store, because it sends none.
func (s *Store) Check(ctx context.Context) error {
	if s.err != nil {
		return s.err
	}
	return translate(ctx, s.engine.check(ctx, s.db.DB))
}

func misconfigured(format string, args ...any) error {
	return fmt.Errorf("%w: %s", store.ErrMisconfigured, fmt.Sprintf(format, args...))
}
