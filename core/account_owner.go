package core

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// ErrOrphanedAccount says that an account's user is gone.
var ErrOrphanedAccount = errors.New("core: the account's user does not exist")

// FindAccountOwner returns the account of an identity at a provider, and its user. ErrNotFound of package store if there is
// no such account, [ErrOrphanedAccount] if it has no user, and another error if there are several accounts: whose identity it
// is cannot be told then.
func (a *Auth) FindAccountOwner(ctx context.Context, providerID, accountID string) (*model.Account, *model.User, error) {
	left, right, err := a.columns.FindJoined(ctx, a.tables.owner, accountID, providerID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, a.noOwner(ctx, providerID, accountID)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("core: find account: %w", err)
	}
	rec := store.Record{}
	for i, c := range a.tables.owner.Left.Columns {
		rec[c.Name] = left[i]
	}
	acc, err := a.tables.accounts.Decode(rec)
	if err != nil {
		return nil, nil, fmt.Errorf("core: find account: %w", err)
	}
	user, err := model.UserFromRow(a.tables.user, right)
	if err != nil {
		return nil, nil, fmt.Errorf("core: find account: %w", err)
	}
	return &acc, user, nil
}

// noOwner tells an account without a user from none.
func (a *Auth) noOwner(ctx context.Context, providerID, accountID string) error {
	_, err := a.tables.accounts.Find(ctx, a.store, store.Eq("accountId", accountID), store.Eq("providerId", providerID))
	if err == nil {
		return ErrOrphanedAccount
	}
	return fmt.Errorf("core: find account: %w", err)
}
