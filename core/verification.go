package core

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// ErrNoVerification says that there is no verification record with an identifier, or that it has expired or was consumed.
var ErrNoVerification = errors.New("core: no such verification")

// verificationPlace is where an installation keeps its verification records: in the table (verification_table.go) or in
// secondary storage, with or without the table (verification_storage.go). Identifiers are in their stored form.
type verificationPlace interface {
	create(ctx context.Context, v *model.Verification) (*model.Verification, error)
	// peek returns the newest record with that identifier, expired or not. ErrNotFound of package store.
	peek(ctx context.Context, identifier string) (*model.Verification, error)
	// consume removes the newest record with that identifier, and older ones with it, and returns it: to one caller.
	// ErrNotFound of package store for all others.
	//
	// alone says that there are no older ones.
	consume(ctx context.Context, identifier string, alone bool) (*model.Verification, error)
	// delete removes all records with that identifier.
	delete(ctx context.Context, identifier string) error
}

func (a *Auth) newVerificationPlace() verificationPlace {
	table := &tableVerifications{a}
	if a.storage == nil {
		return table
	}
	p := &storedVerifications{auth: a, kept: a.storage}
	if a.config.Verification.StoreInDatabase {
		p.table = table
	}
	return p
}

// CreateVerification stores something that is good once and for a while. identifier says what for and for whom, such as
// "reset-password:<token>"; value is what comes back when it is used.
//
// In secondary storage the record is written when the transaction that ctx carries has committed.
func (a *Auth) CreateVerification(ctx context.Context, identifier, value string, lifetime time.Duration) error {
	now := a.Now()
	v := &model.Verification{
		ID: a.newID(model.VerificationTable), Identifier: a.stored(identifier), Value: value,
		ExpiresAt: now.Add(lifetime), CreatedAt: now, UpdatedAt: now,
	}
	if _, err := a.hooks.verification.create(ctx, a.store, v, a.records.create); err != nil {
		return fmt.Errorf("core: create verification: %w", err)
	}
	return nil
}

// ErrReserveNeedsDatabase says that only a database can tell who came first: verification records are in secondary storage
// alone.
var ErrReserveNeedsDatabase = errors.New("core: reservations need Config.Verification.StoreInDatabase")

// ReserveVerification stores a record unless there is one with that identifier that is alive, and reports whether it did:
// of any number of callers at once, one. It keeps two requests from doing the same thing, or one token from being used
// again. DeleteVerifications ends a reservation before its time. It must not be called in a transaction, which being second
// would undo. [ErrReserveNeedsDatabase] if there is no table to ask.
func (a *Auth) ReserveVerification(ctx context.Context, identifier, value string, lifetime time.Duration) (bool, error) {
	if a.storage != nil && !a.config.Verification.StoreInDatabase {
		return false, ErrReserveNeedsDatabase
	}
	now := a.Now()
	v := model.Verification{
		ID: reservationID(identifier, a.schema.Table(model.VerificationTable).IDs), Identifier: a.stored(identifier), Value: value,
		ExpiresAt: now.Add(lifetime), CreatedAt: now, UpdatedAt: now,
	}
	if v.ID == "" {
		return false, fmt.Errorf("core: reserve verification: ids that the database counts cannot be reserved")
	}
	rows := a.tables.verifications
	for range 2 {
		// The primary key decides who is first.
		_, err := rows.Create(ctx, a.store, v)
		if errors.Is(err, store.ErrInvalid) && len(v.ID) > shortID {
			v.ID = v.ID[:shortID]
			_, err = rows.Create(ctx, a.store, v)
		}
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return false, fmt.Errorf("core: reserve verification: %w", err)
		}
		// Whoever has it may have had it long enough.
		n, err := rows.Delete(ctx, a.store, store.Eq("id", v.ID), store.Lte("expiresAt", now))
		if err != nil {
			return false, fmt.Errorf("core: reserve verification: %w", err)
		}
		if n == 0 {
			return false, nil
		}
	}
	return false, nil
}

// shortID is how long text ids may be in MySQL's tables, for better-auth's server as well. It cannot reserve anything there;
// the first 36 characters of its id, 216 bits of the hash, keep two apart just as well.
const shortID = 36

// reservationID derives the id of a record from its identifier (formats.md §1.2), "" for ids that are numbers.
func reservationID(identifier string, kind schema.IDs) string {
	sum := sha256.Sum256([]byte("reserve:" + identifier))
	switch kind {
	case schema.TextIDs:
		return base64.RawURLEncoding.EncodeToString(sum[:])
	case schema.UUIDs:
		return hashedUUID(sum)
	default:
		return ""
	}
}

// PeekVerification returns the value of a record without using it up, for a page that only shows whether a link is still
// good. What it allows must be asked of ConsumeVerification. ErrNoVerification if there is none that is alive.
func (a *Auth) PeekVerification(ctx context.Context, identifier string) (string, error) {
	for _, form := range a.forms(identifier) {
		v, err := a.records.peek(ctx, form)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("core: find verification: %w", err)
		}
		if v, err = a.alive(ctx, identifier, v); err != nil {
			return "", err
		}
		return v.Value, nil
	}
	return "", ErrNoVerification
}

// ConsumeVerification uses a record up and returns its value: of any number of callers at once, one gets it. Older records
// with the same identifier go with it. ErrNoVerification for everybody else, and if it has expired.
//
// Called in a transaction together with what it allows, the two happen together or not at all. In secondary storage the
// record is gone at once, whatever becomes of the transaction.
func (a *Auth) ConsumeVerification(ctx context.Context, identifier string) (string, error) {
	v, err := a.takeVerification(ctx, identifier, false)
	if err != nil {
		return "", err
	}
	return v.Value, nil
}

// ConsumeToken is ConsumeVerification for an identifier that holds a random secret, so that no older record can have it. It
// needs one statement only.
func (a *Auth) ConsumeToken(ctx context.Context, identifier string) (string, error) {
	v, err := a.takeVerification(ctx, identifier, true)
	if err != nil {
		return "", err
	}
	return v.Value, nil
}

// TakeVerification is [Auth.ConsumeVerification] that returns the whole record: for a code that may be tried several times,
// which is taken for each try and, if that was wrong, put back with one try less for what is left of its lifetime. However
// many try at once, no try is uncounted.
func (a *Auth) TakeVerification(ctx context.Context, identifier string) (*model.Verification, error) {
	return a.takeVerification(ctx, identifier, false)
}

func (a *Auth) takeVerification(ctx context.Context, identifier string, alone bool) (*model.Verification, error) {
	forms := a.forms(identifier)
	for i, form := range forms {
		v, err := a.consume(ctx, form, alone)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("core: consume verification: %w", err)
		}
		for _, other := range forms[i+1:] {
			if alone {
				break
			}
			if err := a.records.delete(ctx, other); err != nil {
				return nil, fmt.Errorf("core: consume verification: %w", err)
			}
		}
		return a.alive(ctx, identifier, v)
	}
	return nil, ErrNoVerification
}

func (a *Auth) consume(ctx context.Context, form string, alone bool) (consumed *model.Verification, err error) {
	load := func(ctx context.Context) ([]*model.Verification, error) {
		v, err := a.records.peek(ctx, form)
		if err != nil {
			return nil, err
		}
		return []*model.Verification{v}, nil
	}
	err = a.hooks.verification.delete(ctx, a.store, load, func(ctx context.Context) (err error) {
		consumed, err = a.records.consume(ctx, form, alone)
		return err
	})
	return consumed, err
}

// DeleteVerifications removes all records with an identifier.
func (a *Auth) DeleteVerifications(ctx context.Context, identifier string) error {
	for _, form := range a.forms(identifier) {
		load := func(ctx context.Context) ([]*model.Verification, error) {
			v, err := a.records.peek(ctx, form)
			return []*model.Verification{v}, err
		}
		write := func(ctx context.Context) error { return a.records.delete(ctx, form) }
		if err := a.hooks.verification.delete(ctx, a.store, load, write); err != nil {
			return fmt.Errorf("core: delete verifications: %w", err)
		}
	}
	return nil
}

// alive returns a record that was found, unless it is too old or was voided.
func (a *Auth) alive(ctx context.Context, identifier string, v *model.Verification) (*model.Verification, error) {
	if a.expired(v.ExpiresAt, a.Now()) {
		return nil, ErrNoVerification
	}
	if p, ok := a.records.(*storedVerifications); ok {
		switch void, err := p.void(ctx, identifier, v); {
		case err != nil:
			return nil, fmt.Errorf("core: find verification: %w", err)
		case void:
			return nil, ErrNoVerification
		}
	}
	return v, nil
}

// HashIdentifier is the [IdentifierFunc] that better-auth calls "hashed": SHA-256 in base64url.
func HashIdentifier(identifier string) string {
	sum := sha256.Sum256([]byte(identifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// identifierFunc returns the form that is configured for an identifier, nil for as it is.
func (c *VerificationConfig) identifierFunc(identifier string) IdentifierFunc {
	for _, o := range c.Overrides {
		if strings.HasPrefix(identifier, o.Prefix) {
			return o.Identifiers
		}
	}
	return c.Identifiers
}

// stored returns the form in which a new record has its identifier.
func (a *Auth) stored(identifier string) string {
	if fn := a.config.Verification.identifierFunc(identifier); fn != nil {
		return fn(identifier)
	}
	return identifier
}

// forms are those in which a record may have its identifier: the configured one, and as it is, for records from before
// that was configured.
func (a *Auth) forms(identifier string) []string {
	if form := a.stored(identifier); form != identifier {
		return []string{form, identifier}
	}
	return []string{identifier}
}
