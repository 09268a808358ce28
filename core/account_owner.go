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
	found, err := a.tables.accounts.List(ctx, a.store, store.Query{
		Where: []store.Cond{store.Eq("providerId", providerID), store.Eq("accountId", accountID)}, Limit: 2,
	})
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("core: find account: %w", err)
	case len(found) == 0:
		return nil, nil, fmt.Errorf("core: find account: %w", store.ErrNotFound)
	case len(found) > 1:
		return nil, nil, fmt.Errorf("core: find account: several accounts have one identity at %q: remove all but one", providerID)
	}
	user, err := a.FindUser(ctx, found[0].UserID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, ErrOrphanedAccount
	}
	return &found[0], user, err
}
