package core

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// storedVerifications keeps records in secondary storage under better-auth's keys (formats.md §4.5): the newest of each
// identifier. If table is set it has every record too, and decides who consumes one.
type storedVerifications struct {
	auth  *Auth
	kept  storage.Storage
	table *tableVerifications
}

func verificationKey(identifier string) string { return "verification:" + identifier }

func (p *storedVerifications) create(ctx context.Context, v *model.Verification) (*model.Verification, error) {
	if p.table != nil {
		var err error
		if v, err = p.table.create(ctx, v); err != nil {
			return nil, err
		}
	}
	value, err := encodeVerification(v, p.table != nil)
	if err != nil {
		return nil, err
	}
	return v, store.AfterCommit(ctx, func(ctx context.Context) error {
		return p.kept.Set(ctx, verificationKey(v.Identifier), value, v.ExpiresAt.Sub(p.auth.Now()))
	})
}

func (p *storedVerifications) peek(ctx context.Context, identifier string) (*model.Verification, error) {
	value, err := p.kept.Get(ctx, verificationKey(identifier))
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	if v := p.decode(value); v != nil {
		return v, nil
	}
	if p.table != nil {
		return p.table.peek(ctx, identifier)
	}
	return nil, store.ErrNotFound
}

func (p *storedVerifications) consume(ctx context.Context, identifier string, alone bool) (*model.Verification, error) {
	if p.table != nil {
		v, err := p.table.consume(ctx, identifier, alone)
		if err != nil {
			return nil, err
		}
		return v, p.kept.Delete(ctx, verificationKey(identifier))
	}
	value, err := p.kept.GetAndDelete(ctx, verificationKey(identifier))
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	if v := p.decode(value); v != nil {
		return v, nil
	}
	return nil, store.ErrNotFound
}

func (p *storedVerifications) delete(ctx context.Context, identifier string) error {
	if p.table != nil {
		if err := p.table.delete(ctx, identifier); err != nil {
			return err
		}
	}
	return p.kept.Delete(ctx, verificationKey(identifier))
}

// encodeVerification writes a record as better-auth does. The id is that of a row, so it is there only if there is one.
func encodeVerification(v *model.Verification, row bool) (string, error) {
	o := wire.NewObject()
	o.Set("createdAt", v.CreatedAt)
	o.Set("updatedAt", v.UpdatedAt)
	o.Set("value", v.Value)
	o.Set("identifier", v.Identifier)
	o.Set("expiresAt", v.ExpiresAt)
	if row {
		o.Set("id", v.ID)
	}
	text, err := wire.Append(nil, o)
	return string(text), err
}

// decode reads a value. What is no record is nil.
func (p *storedVerifications) decode(value string) *model.Verification {
	if value == "" {
		return nil
	}
	parsed, err := wire.Parse([]byte(value), wire.Limits{})
	if err != nil {
		return nil
	}
	rows := p.auth.tables.verifications
	v, err := rows.Decode(record(rows.Table(), parsed))
	if err != nil || v.Identifier == "" || v.ExpiresAt.IsZero() {
		return nil
	}
	return &v
}

// voidKey is where the moment is noted before which a user's records of one kind are void: they cannot be searched for.
func voidKey(prefix, userID string) string { return "void-before:" + prefix + userID }

// voidNoteAge is how long that note stays: longer than any link is good.
const voidNoteAge = 400 * 24 * time.Hour

// voidAll makes all records of one kind worthless whose value is userID.
func (p *storedVerifications) voidAll(ctx context.Context, prefix, userID string) error {
	return p.kept.Set(ctx, voidKey(prefix, userID), strconv.FormatInt(p.auth.Now().UnixMilli(), 10), voidNoteAge)
}

// void reports whether a record was made before its kind was voided for the user in its value. identifier is not in its
// stored form.
func (p *storedVerifications) void(ctx context.Context, identifier string, v *model.Verification) (bool, error) {
	prefix := p.auth.userKind(identifier)
	if prefix == "" {
		return false, nil
	}
	note, err := p.kept.Get(ctx, voidKey(prefix, v.Value))
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return madeBefore(v, note), nil
}

// madeBefore reports whether a record is as old as the moment in a note. It is if nobody can read the note.
func madeBefore(v *model.Verification, note string) bool {
	before, err := strconv.ParseInt(note, 10, 64)
	return err != nil || v.CreatedAt.UnixMilli() <= before
}
