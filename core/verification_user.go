package core

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/store"
)

// The beginnings of identifiers whose records have a user's id as their value (formats.md §5).
const (
	// ResetPasswordPrefix is for links that reset a password; the token follows.
	ResetPasswordPrefix = "reset-password:"
	// deleteAccountPrefix is for links that delete a user; the token follows.
	deleteAccountPrefix = "delete-account-"
)

// DeleteVerificationsOf voids a user's records of one kind: those whose identifier begins with prefix, such as
// [ResetPasswordPrefix], and whose value is the user's id. Where identifiers are hashed, nothing shows the kind, and all
// records go whose value is the user's id. In secondary storage it is an error but for the prefixes of core and those that
// plugins have named (Manifest.UserVerifications).
func (a *Auth) DeleteVerificationsOf(ctx context.Context, prefix, userID string) error {
	if p, ok := a.records.(*storedVerifications); ok {
		if !slices.Contains(a.userKinds, prefix) {
			return fmt.Errorf("core: records of the kind %q cannot be voided in secondary storage", prefix)
		}
		if err := p.voidAll(ctx, prefix, userID); err != nil {
			return fmt.Errorf("core: void a user's verifications: %w", err)
		}
		if p.table == nil {
			return nil
		}
	}
	where := []store.Cond{store.Eq("value", userID)}
	if a.config.Verification.identifierFunc(prefix) == nil {
		where = append(where, store.StartsWith("identifier", prefix))
	}
	// Found first and removed by id: a DELETE by prefix would lock other people's records on some databases, and two of
	// them would wait for each other.
	found, err := a.tables.verifications.List(ctx, a.store, store.Query{
		Where: where,
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

// userKind returns the beginning of an identifier whose value is a user's id, or "".
func (a *Auth) userKind(identifier string) string {
	for _, prefix := range a.userKinds {
		if strings.HasPrefix(identifier, prefix) {
			return prefix
		}
	}
	return ""
}
