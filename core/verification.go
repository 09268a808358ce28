package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// ErrNoVerification says that there is no verification record with an identifier, or that it has expired or was consumed.
var ErrNoVerification = errors.New("core: no such verification")

// CreateVerification stores something that is good once and for a while. identifier says what for and for whom, such as
// "reset-password:<token>"; value is what comes back when it is used.
func (a *Auth) CreateVerification(ctx context.Context, identifier, value string, lifetime time.Duration) error {
	now := a.Now()
	_, err := a.tables.verifications.Create(ctx, a.store, model.Verification{
		ID: a.newID(model.VerificationTable), Identifier: identifier, Value: value, ExpiresAt: now.Add(lifetime), CreatedAt: now, UpdatedAt: now,
	})
	if err != nil {
		return fmt.Errorf("core: create verification: %w", err)
	}
	return nil
}

// PeekVerification returns the value of a record without using it up, for a page that only shows whether a link is still
// good. What it allows must be asked of ConsumeVerification. ErrNoVerification if there is none that is alive.
func (a *Auth) PeekVerification(ctx context.Context, identifier string) (string, error) {
	found, err := a.tables.verifications.List(ctx, a.store, store.Query{
		Where: []store.Cond{store.Eq("identifier", identifier)}, OrderBy: newest, Limit: 1,
	})
	if err != nil {
		return "", fmt.Errorf("core: find verification: %w", err)
	}
	if len(found) == 0 {
		return "", ErrNoVerification
	}
	return a.alive(&found[0])
}

// ConsumeVerification uses a record up and returns its value: of any number of callers at once, one gets it. Older records
// with the same identifier go with it. ErrNoVerification for everybody else, and if it has expired.
//
// Called in a transaction together with what it allows, the two happen together or not at all.
func (a *Auth) ConsumeVerification(ctx context.Context, identifier string) (string, error) {
	where := []store.Cond{store.Eq("identifier", identifier)}
	var v model.Verification
	err := a.store.InTx(ctx, func(ctx context.Context) error {
		rec, err := a.store.ConsumeOne(ctx, store.Query{Table: a.tables.verifications.Table(), Where: where, OrderBy: newest})
		if err != nil {
			return err
		}
		if v, err = a.tables.verifications.Decode(rec); err != nil {
			return err
		}
		_, err = a.tables.verifications.Delete(ctx, a.store, append(where, store.Lte("createdAt", v.CreatedAt))...)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return "", ErrNoVerification
	}
	if err != nil {
		return "", fmt.Errorf("core: consume verification: %w", err)
	}
	return a.alive(&v)
}

// DeleteVerifications removes all records with an identifier.
func (a *Auth) DeleteVerifications(ctx context.Context, identifier string) error {
	if _, err := a.tables.verifications.Delete(ctx, a.store, store.Eq("identifier", identifier)); err != nil {
		return fmt.Errorf("core: delete verifications: %w", err)
	}
	return nil
}

// newest orders records that share an identifier: the last one made counts.
var newest = []store.Order{{Column: "createdAt", Desc: true}}

func (a *Auth) alive(v *model.Verification) (string, error) {
	if a.expired(v.ExpiresAt, a.Now()) {
		return "", ErrNoVerification
	}
	return v.Value, nil
}
