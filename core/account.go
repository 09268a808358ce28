package core

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// CreateAccount stores a new account and returns it as stored. Its id and times are filled in. ErrConflict of package
// store, wrapped, if there is one already for the same identity at a provider, as far as ids are made by core.
func (a *Auth) CreateAccount(ctx context.Context, acc model.Account) (model.Account, error) {
	now := a.Now()
	acc.ID, acc.CreatedAt, acc.UpdatedAt = a.accountID(&acc), now, now
	created, err := a.hooks.account.create(ctx, a.store, &acc, func(ctx context.Context, row *model.Account) (*model.Account, error) {
		stored, err := a.tables.accounts.Create(ctx, a.store, *row)
		return &stored, err
	})
	if err != nil {
		return acc, fmt.Errorf("core: create account: %w", err)
	}
	return *created, nil
}

// FindCredential returns the account that holds a user's password. ErrNotFound of package store if there is none.
func (a *Auth) FindCredential(ctx context.Context, userID string) (model.Account, error) {
	acc, err := a.tables.accounts.Find(ctx, a.store,
		store.Eq("userId", userID), store.Eq("providerId", model.CredentialProvider), store.Eq("accountId", userID))
	if err != nil {
		return acc, fmt.Errorf("core: find credential: %w", err)
	}
	return acc, nil
}

// SetPassword writes the hash of a user's password, and makes the account that holds it if there is none yet.
func (a *Auth) SetPassword(ctx context.Context, userID, hash string) error {
	err := a.updateAccount(ctx, store.Record{"password": hash},
		store.Eq("userId", userID), store.Eq("providerId", model.CredentialProvider), store.Eq("accountId", userID))
	if errors.Is(err, store.ErrNotFound) {
		_, err = a.CreateAccount(ctx, model.Account{UserID: userID, AccountID: userID, ProviderID: model.CredentialProvider, Password: &hash})
		return err
	}
	if err != nil {
		return fmt.Errorf("core: set password: %w", err)
	}
	return nil
}

// UpdateAccount sets columns of an account, with the time of the change. ErrNotFound of package store, wrapped.
func (a *Auth) UpdateAccount(ctx context.Context, id string, set store.Record) error {
	if err := a.updateAccount(ctx, set, store.Eq("id", id)); err != nil {
		return fmt.Errorf("core: update account: %w", err)
	}
	return nil
}

func (a *Auth) updateAccount(ctx context.Context, set store.Record, where ...store.Cond) error {
	if _, ok := set["updatedAt"]; !ok {
		set["updatedAt"] = a.Now()
	}
	hooked := len(a.hooks.account) > 0
	_, err := a.hooks.account.update(ctx, a.store, set, func(ctx context.Context, set store.Record) (*model.Account, error) {
		n, err := a.tables.accounts.Update(ctx, a.store, set, where...)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		if err != nil || !hooked {
			return nil, err
		}
		row, err := a.tables.accounts.Find(ctx, a.store, where...)
		return &row, err
	})
	return err
}

// DeleteAccounts removes all accounts of a user, the password among them.
func (a *Auth) DeleteAccounts(ctx context.Context, userID string) error {
	_, err := a.deleteAccounts(ctx, store.Eq("userId", userID))
	return err
}

// deleteAccounts removes accounts and returns how many there were.
func (a *Auth) deleteAccounts(ctx context.Context, where ...store.Cond) (n int64, err error) {
	load := func(ctx context.Context) ([]*model.Account, error) {
		rows, err := a.tables.accounts.List(ctx, a.store, store.Query{Where: where})
		out := make([]*model.Account, len(rows))
		for i := range rows {
			out[i] = &rows[i]
		}
		return out, err
	}
	err = a.hooks.account.delete(ctx, a.store, load, func(ctx context.Context) (err error) {
		n, err = a.tables.accounts.Delete(ctx, a.store, where...)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("core: delete accounts: %w", err)
	}
	return n, nil
}

// FindAccount returns an account of a user by the id of its row. ErrNotFound of package store if they have none such.
func (a *Auth) FindAccount(ctx context.Context, userID, id string) (model.Account, error) {
	acc, err := a.tables.accounts.Find(ctx, a.store, store.Eq("id", id), store.Eq("userId", userID))
	if err != nil {
		return acc, fmt.Errorf("core: find account: %w", err)
	}
	return acc, nil
}
