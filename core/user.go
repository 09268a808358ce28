package core

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/password"
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
// ErrFailedToCreateUser if the database cannot hold a value, or a hook refused.
func (a *Auth) CreateUser(ctx context.Context, u model.User) (*model.User, error) {
	now := a.Now()
	u.ID, u.Email, u.CreatedAt, u.UpdatedAt = a.newID(model.UserTable), NormalizeEmail(u.Email), now, now
	created, err := a.hooks.user.create(ctx, a.store, &u, func(ctx context.Context, u *model.User) (*model.User, error) {
		rec, err := a.store.Create(ctx, a.tables.user, u.Record())
		if err != nil {
			return nil, err
		}
		return model.UserFromRecord(a.tables.user, rec)
	})
	switch {
	case errors.Is(err, store.ErrConflict):
		return nil, ErrUserExists.Wrap(err)
	case errors.Is(err, store.ErrInvalid):
		return nil, ErrFailedToCreateUser.Wrap(err)
	case errors.Is(err, ErrRefused):
		e := ErrFailedToCreateUser.Wrap(err)
		e.Status = 400
		return nil, e
	case err != nil:
		return nil, fmt.Errorf("core: create user: %w", err)
	}
	return created, nil
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

// UpdateUser sets columns of a user, with the time of the change, and returns the row as it is then. Columns are named as in
// the schema; an email must be normalised already. ErrNotFound, ErrConflict and ErrInvalid of package store, wrapped.
func (a *Auth) UpdateUser(ctx context.Context, id string, set store.Record) (*model.User, error) {
	if _, ok := set["updatedAt"]; !ok {
		set["updatedAt"] = a.Now()
	}
	return a.hooks.user.update(ctx, a.store, set, func(ctx context.Context, set store.Record) (*model.User, error) {
		n, err := a.store.Update(ctx, store.From(a.tables.user, store.Eq("id", id)), set)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		if err != nil {
			return nil, fmt.Errorf("core: update user: %w", err)
		}
		u, err := a.FindUser(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := a.sessions.userChanged(ctx, u); err != nil {
			return nil, fmt.Errorf("core: update user: %w", err)
		}
		return u, nil
	})
}

// DeleteUser removes a user with all accounts and sessions, all of it or nothing. ErrNotFound of package store if there is
// no such user.
func (a *Auth) DeleteUser(ctx context.Context, id string) error {
	load := func(ctx context.Context) ([]*model.User, error) {
		u, err := a.FindUser(ctx, id)
		return []*model.User{u}, err
	}
	write := func(ctx context.Context) error {
		n, err := a.store.Delete(ctx, store.From(a.tables.user, store.Eq("id", id)))
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("core: delete user: %w", err)
		}
		return nil
	}
	return a.store.InTx(ctx, func(ctx context.Context) error {
		if err := a.DeleteSessions(ctx, id); err != nil {
			return err
		}
		if err := a.DeleteAccounts(ctx, id); err != nil {
			return err
		}
		return a.hooks.user.delete(ctx, a.store, load, write)
	})
}

// UpgradePassword replaces the stored hash of a user's password where the hasher would make another one today
// ([password.Upgrader]), because it was imported or has old parameters. Call it where pw has just been verified against
// stored.
//
// It keeps nobody waiting, and nothing depends on it: if it fails, which is logged, or never comes to its end, the old hash
// stays, and the next sign-in tries again. A password that is changed in the meantime stays changed.
func (a *Auth) UpgradePassword(ctx context.Context, userID, stored, pw string) {
	h, ok := a.hasher.(password.Upgrader)
	if !ok || !h.Outdated(stored) {
		return
	}
	a.Background(ctx, "upgrade of a password hash", func(ctx context.Context) error {
		hash, err := h.Hash(ctx, pw)
		if errors.Is(err, password.ErrTooLong) { // the old hash takes more of it than a new one would
			return nil
		}
		if err != nil {
			return fmt.Errorf("core: upgrade password hash: %w", err)
		}
		_, err = a.tables.accounts.Update(ctx, a.store, store.Record{"password": hash, "updatedAt": a.Now()},
			store.Eq("userId", userID), store.Eq("providerId", model.CredentialProvider), store.Eq("accountId", userID),
			store.Eq("password", stored)) // or somebody has set another one
		if err != nil {
			return fmt.Errorf("core: upgrade password hash: %w", err)
		}
		return nil
	})
}
