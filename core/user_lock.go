package core

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// LockUser returns the row of a user as it is now, and makes everybody else who wants to change or lock it wait for the end
// of the transaction in which it must be called. What is decided by the row stays true until then. ErrNotFound of package
// store if there is no such user.
func (a *Auth) LockUser(ctx context.Context, id string) (*model.User, error) {
	if err := a.LockRow(ctx, a.tables.user, id); err != nil {
		return nil, err
	}
	return a.FindUser(ctx, id)
}

// LockRow makes everybody else who wants to change or lock that row wait for the end of the transaction in which it must be
// called. A row stands for what depends on it as well: where all who add a member to an organization lock its row first, the
// number of members stays what was counted. It should be the first thing that a transaction does, as some databases show
// what was there when it first read. ErrNotFound of package store if there is no such row.
func (a *Auth) LockRow(ctx context.Context, t *schema.Table, id string) error {
	// A write that changes nothing is the one lock that every database has. It goes past what sets the time of a change.
	n, err := a.columns.Store.Update(ctx, store.From(t, store.Eq(schema.ID, id)), store.Record{schema.ID: id})
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("core: lock %s: %w", t.Name, err)
	}
	return nil
}

// ProveMailbox is for a user who has just proved, by a link or a code from a mail, to read the mailbox of their address, and
// is about to get access by that alone. If the address was never verified, somebody else may have made the account and wait
// for its owner to come: all accounts, the password among them, and all sessions are removed and the address becomes a
// verified one. Otherwise nothing happens. It returns the user as it is then. ErrNotFound of package store if there is no
// such user.
//
// In a transaction it happens together with the rest of it.
func (x *Exchange) ProveMailbox(ctx context.Context, id string) (*model.User, error) {
	a := x.auth
	var user *model.User
	err := a.store.InTx(ctx, func(ctx context.Context) error {
		var err error
		if user, err = a.LockUser(ctx, id); err != nil || user.EmailVerified {
			return err
		}
		if err := a.DeleteAccounts(ctx, id); err != nil {
			return err
		}
		if err := a.DeleteSessions(ctx, id); err != nil {
			return err
		}
		if user, err = a.UpdateUser(ctx, id, store.Record{"emailVerified": true}); err != nil {
			return err
		}
		x.Emit(ctx, EmailVerified{UserID: id, Email: user.Email})
		return nil
	})
	return user, err
}

// changeEmail gives a user another address, all of it in one transaction. check is asked about the row as it is then, and
// may refuse. ErrUserExists if the address is somebody else's by now.
func (x *Exchange) changeEmail(ctx context.Context, id, to string, set store.Record, check func(*model.User) error) (*model.User, error) {
	a := x.auth
	var user *model.User
	err := a.store.InTx(ctx, func(ctx context.Context) error {
		before, err := a.LockUser(ctx, id)
		if err != nil {
			return err
		}
		if err := check(before); err != nil {
			return err
		}
		set["email"] = to
		if user, err = a.UpdateUser(ctx, id, set); err != nil {
			return err
		}
		if x.Hardened() { // what was sent to the old address must not open the account any more
			if err := a.DeleteVerificationsOf(ctx, ResetPasswordPrefix, id); err != nil {
				return err
			}
		}
		x.Emit(ctx, EmailChanged{UserID: id, Old: before.Email, New: user.Email})
		return nil
	})
	if errors.Is(err, store.ErrConflict) {
		err = ErrUserExists.Wrap(err)
	}
	return user, err
}
