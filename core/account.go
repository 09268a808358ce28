package core

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// CreateAccount stores a new account and returns it as stored. Its id and times are filled in.
func (a *Auth) CreateAccount(ctx context.Context, acc model.Account) (model.Account, error) {
	now := a.Now()
	acc.ID, acc.CreatedAt, acc.UpdatedAt = a.newID(model.AccountTable), now, now
	acc, err := a.tables.accounts.Create(ctx, a.store, acc)
	if err != nil {
		return acc, fmt.Errorf("core: create account: %w", err)
	}
	return acc, nil
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
	n, err := a.tables.accounts.Update(ctx, a.store, store.Record{"password": hash, "updatedAt": a.Now()},
		store.Eq("userId", userID), store.Eq("providerId", model.CredentialProvider), store.Eq("accountId", userID))
	if err != nil {
		return fmt.Errorf("core: set password: %w", err)
	}
	if n > 0 {
		return nil
	}
	_, err = a.CreateAccount(ctx, model.Account{UserID: userID, AccountID: userID, ProviderID: model.CredentialProvider, Password: &hash})
	return err
}

// UpdateAccount sets columns of an account, with the time of the change. ErrNotFound of package store, wrapped.
func (a *Auth) UpdateAccount(ctx context.Context, id string, set store.Record) error {
	if _, ok := set["updatedAt"]; !ok {
		set["updatedAt"] = a.Now()
	}
	n, err := a.tables.accounts.Update(ctx, a.store, set, store.Eq("id", id))
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("core: update account: %w", err)
	}
	return nil
}

// DeleteAccounts removes all accounts of a user, the password among them.
func (a *Auth) DeleteAccounts(ctx context.Context, userID string) error {
	if _, err := a.tables.accounts.Delete(ctx, a.store, store.Eq("userId", userID)); err != nil {
		return fmt.Errorf("core: delete accounts: %w", err)
	}
	return nil
}
