package core

import (
	"context"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// tableVerifications keeps records in the verification table.
type tableVerifications struct{ auth *Auth }

// newest orders records that share an identifier: the last one made counts.
var newest = []store.Order{{Column: "createdAt", Desc: true}}

func (p *tableVerifications) create(ctx context.Context, v *model.Verification) (*model.Verification, error) {
	stored, err := p.auth.tables.verifications.Create(ctx, p.auth.store, *v)
	return &stored, err
}

func (p *tableVerifications) peek(ctx context.Context, identifier string) (*model.Verification, error) {
	found, err := p.auth.tables.verifications.List(ctx, p.auth.store, store.Query{
		Where: []store.Cond{store.Eq("identifier", identifier)}, OrderBy: newest, Limit: 1,
	})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, store.ErrNotFound
	}
	return &found[0], nil
}

func (p *tableVerifications) consume(ctx context.Context, identifier string, alone bool) (*model.Verification, error) {
	rows := p.auth.tables.verifications
	where := []store.Cond{store.Eq("identifier", identifier)}
	var v model.Verification
	if alone {
		v, err := rows.Consume(ctx, p.auth.store, where...)
		return &v, err
	}
	err := p.auth.store.InTx(ctx, func(ctx context.Context) error {
		rec, err := p.auth.store.ConsumeOne(ctx, store.Query{Table: rows.Table(), Where: where, OrderBy: newest})
		if err != nil {
			return err
		}
		if v, err = rows.Decode(rec); err != nil {
			return err
		}
		_, err = rows.Delete(ctx, p.auth.store, append(where, store.Lte("createdAt", v.CreatedAt))...)
		return err
	})
	return &v, err
}

func (p *tableVerifications) delete(ctx context.Context, identifier string) error {
	_, err := p.auth.tables.verifications.Delete(ctx, p.auth.store, store.Eq("identifier", identifier))
	return err
}
