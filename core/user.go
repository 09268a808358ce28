package core

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// NormalizeEmail returns the one form in which an address is stored and looked up: lower case.
func NormalizeEmail(email string) string { return strings.ToLower(email) }

// FindUserByEmail returns the user with that address in any case. ErrNotFound of package store if there is none.
func (a *Auth) FindUserByEmail(ctx context.Context, email string) (*model.User, error) {
	return a.findUser(ctx, store.Eq("email", NormalizeEmail(email)))
}

// FindUser returns the user with that id. ErrNotFound of package store if there is none.
func (a *Auth) FindUser(ctx context.Context, id string) (*model.User, error) {
	return a.findUser(ctx, store.Eq("id", id))
}

func (a *Auth) findUser(ctx context.Context, where store.Cond) (*model.User, error) {
	rec, err := a.store.FindOne(ctx, store.From(a.tables.user, where))
	if err != nil {
		return nil, fmt.Errorf("core: find user: %w", err)
	}
	return model.UserFromRecord(a.tables.user, rec)
}

// CreateUser stores a new user and returns it as stored. Its id, times and the defaults of its columns are filled in; its
// email is normalised. ErrUserExists if the address, or the value of another unique column, is taken;
// ErrFailedToCreateUser if the database cannot hold a value.
func (a *Auth) CreateUser(ctx context.Context, u model.User) (*model.User, error) {
	now := a.Now()
	u.ID, u.Email, u.CreatedAt, u.UpdatedAt = a.newID(model.UserTable), NormalizeEmail(u.Email), now, now
	rec, err := a.create(ctx, a.tables.user, u.Record())
	switch {
	case errors.Is(err, store.ErrConflict):
		return nil, ErrUserExists.Wrap(err)
	case errors.Is(err, store.ErrInvalid):
		return nil, ErrFailedToCreateUser.Wrap(err)
	case err != nil:
		return nil, fmt.Errorf("core: create user: %w", err)
	}
	return model.UserFromRecord(a.tables.user, rec)
}

// Shaped returns a copy of a user that no store has seen with the columns that a stored one would have, in schema order,
// hidden where they are to be.
func (a *Auth) Shaped(u *model.User) *model.User {
	rec, err := a.complete(a.tables.user, u.Record())
	if err == nil {
		var shaped *model.User
		if shaped, err = model.UserFromRecord(a.tables.user, rec); err == nil {
			return shaped
		}
	}
	a.config.Logger.Error("a transform of the user table failed", "error", err)
	c := *u
	return &c
}

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

// create inserts a record after filling in the defaults of the columns that it leaves out.
func (a *Auth) create(ctx context.Context, t *schema.Table, rec store.Record) (store.Record, error) {
	for i := range t.Columns {
		c := &t.Columns[i]
		if _, ok := rec[c.Name]; !ok && c.Default != nil {
			rec[c.Name] = c.Default(a.Now())
		}
	}
	return a.store.Create(ctx, t, rec)
}
