package core

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/store"
)

// The beginnings of identifiers whose records have a user's id as their value (formats.md §5).
const (
	// ResetPasswordPrefix is for links that reset a password; the token follows.
	ResetPasswordPrefix = "reset-password:"
	// deleteAccountPrefix is for links that delete a user; the token follows.
	deleteAccountPrefix = "delete-account-"
)

// DeleteVerificationsOf removes a user's records of one kind: those whose identifier begins with prefix and whose value is
// the user's id. Records that are kept in secondary storage alone, or under hashed identifiers, cannot be searched for: they
// stay until they expire.
func (a *Auth) DeleteVerificationsOf(ctx context.Context, prefix, userID string) error {
	// Found first and removed by id: a DELETE by prefix would lock other people's records on some databases, and two of
	// them would wait for each other.
	found, err := a.tables.verifications.List(ctx, a.store, store.Query{
		Where: []store.Cond{store.StartsWith("identifier", prefix), store.Eq("value", userID)},
	})
	if err != nil {
		return fmt.Errorf("core: find a user's verifications: %w", err)
	}
	if len(found) == 0 {
		return nil
	}
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	if _, err := a.tables.verifications.Delete(ctx, a.store, store.In("id", ids...)); err != nil {
		return fmt.Errorf("core: delete a user's verifications: %w", err)
	}
	return nil
}
