package core

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// DatabaseHooks step in where core writes a row of its tables, whatever endpoint or call it is for. Those of the plugins
// run first, in the order of Config.Plugins, then the app's.
type DatabaseHooks struct {
	User         RowHooks[model.User]
	Session      RowHooks[model.Session]
	Account      RowHooks[model.Account]
	Verification RowHooks[model.Verification]
}

// RowHooks step in where rows of one table are written. Each is optional. x is the call on whose behalf it happens, or nil
// where there is none, such as for a user that the app makes itself.
//
// Before runs before anything is written. It may change what is about to be, and refuses by returning an error: an
// [*Error] is what the client gets, [ErrRefused] stands for the contract's answer to a row that could not be written. On
// runs in the transaction of the write, right after it; an error undoes all of that transaction. After runs once that has
// committed; an error then is the answer's, but undoes nothing.
type RowHooks[T any] struct {
	BeforeCreate func(ctx context.Context, x *Exchange, row *T) error
	OnCreate     func(ctx context.Context, x *Exchange, row *T) error
	AfterCreate  func(ctx context.Context, x *Exchange, row *T) error

	// BeforeUpdate gets the columns to be set, by their logical names.
	BeforeUpdate func(ctx context.Context, x *Exchange, set store.Record) error
	OnUpdate     func(ctx context.Context, x *Exchange, row *T) error
	AfterUpdate  func(ctx context.Context, x *Exchange, row *T) error

	// The hooks of a deletion get each row as it was. Rows that are merely cleaned up after they expired have none.
	BeforeDelete func(ctx context.Context, x *Exchange, row *T) error
	OnDelete     func(ctx context.Context, x *Exchange, row *T) error
	AfterDelete  func(ctx context.Context, x *Exchange, row *T) error
}

// ErrRefused is what a Before hook returns to refuse without an answer of its own. Where a user or a session was to be
// made, the endpoint has an answer for that; otherwise clients get a 403.
var ErrRefused = NewError(403, "CHANGE_REFUSED", "The change was refused")

// rowHooks are all owners' hooks on one table, in the order in which they run.
type rowHooks[T any] []RowHooks[T]

// dataHooks are the hooks on core's tables.
type dataHooks struct {
	user         rowHooks[model.User]
	session      rowHooks[model.Session]
	account      rowHooks[model.Account]
	verification rowHooks[model.Verification]
}

// newDataHooks puts the plugins' hooks in front of the app's.
func newDataHooks(c *Config, owners []owner) (h dataHooks) {
	add := func(d *DatabaseHooks) {
		h.user.add(&d.User)
		h.session.add(&d.Session)
		h.account.add(&d.Account)
		h.verification.add(&d.Verification)
	}
	for i := range owners {
		add(&owners[i].manifest.DatabaseHooks)
	}
	add(&c.DatabaseHooks)
	return h
}

func (h *dataHooks) empty() bool {
	return len(h.user)+len(h.session)+len(h.account)+len(h.verification) == 0
}

func (h *rowHooks[T]) add(r *RowHooks[T]) {
	if r.BeforeCreate != nil || r.OnCreate != nil || r.AfterCreate != nil ||
		r.BeforeUpdate != nil || r.OnUpdate != nil || r.AfterUpdate != nil ||
		r.BeforeDelete != nil || r.OnDelete != nil || r.AfterDelete != nil {
		*h = append(*h, *r)
	}
}

type rowHook[T any] = func(ctx context.Context, x *Exchange, row *T) error

// run calls one of the hooks of every owner, in order, until one fails.
func (h rowHooks[T]) run(ctx context.Context, which func(*RowHooks[T]) rowHook[T], row *T) error {
	x := exchangeOf(ctx)
	for i := range h {
		if hook := which(&h[i]); hook != nil {
			if err := hook(ctx, x, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle runs the hooks that follow a write: on at once, after when the transaction has committed.
func (h rowHooks[T]) settle(ctx context.Context, on, after func(*RowHooks[T]) rowHook[T], row *T) error {
	if err := h.run(ctx, on, row); err != nil {
		return err
	}
	return store.AfterCommit(ctx, func(ctx context.Context) error { return h.run(ctx, after, row) })
}

// create writes a row between its hooks.
func (h rowHooks[T]) create(ctx context.Context, s store.Store, row *T, write func(ctx context.Context, row *T) (*T, error)) (*T, error) {
	if len(h) == 0 {
		return write(ctx, row)
	}
	if err := h.run(ctx, func(r *RowHooks[T]) rowHook[T] { return r.BeforeCreate }, row); err != nil {
		return nil, err
	}
	var created *T
	err := s.InTx(ctx, func(ctx context.Context) (err error) {
		if created, err = write(ctx, row); err != nil {
			return err
		}
		return h.settle(ctx, func(r *RowHooks[T]) rowHook[T] { return r.OnCreate },
			func(r *RowHooks[T]) rowHook[T] { return r.AfterCreate }, created)
	})
	return created, err
}

// update changes a row between its hooks. write returns the row as it is then.
func (h rowHooks[T]) update(ctx context.Context, s store.Store, set store.Record, write func(ctx context.Context, set store.Record) (*T, error)) (*T, error) {
	if len(h) == 0 {
		return write(ctx, set)
	}
	x := exchangeOf(ctx)
	for i := range h {
		if hook := h[i].BeforeUpdate; hook != nil {
			if err := hook(ctx, x, set); err != nil {
				return nil, err
			}
		}
	}
	var updated *T
	err := s.InTx(ctx, func(ctx context.Context) (err error) {
		if updated, err = write(ctx, set); err != nil {
			return err
		}
		return h.settle(ctx, func(r *RowHooks[T]) rowHook[T] { return r.OnUpdate },
			func(r *RowHooks[T]) rowHook[T] { return r.AfterUpdate }, updated)
	})
	return updated, err
}

// delete removes rows between their hooks. load returns those that are to go; it is not asked if there are no hooks.
func (h rowHooks[T]) delete(ctx context.Context, s store.Store, load func(ctx context.Context) ([]*T, error), write func(ctx context.Context) error) error {
	if len(h) == 0 {
		return write(ctx)
	}
	rows, err := load(ctx)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	for _, row := range rows {
		if err := h.run(ctx, func(r *RowHooks[T]) rowHook[T] { return r.BeforeDelete }, row); err != nil {
			return err
		}
	}
	return s.InTx(ctx, func(ctx context.Context) error {
		if err := write(ctx); err != nil {
			return err
		}
		for _, row := range rows {
			err := h.settle(ctx, func(r *RowHooks[T]) rowHook[T] { return r.OnDelete },
				func(r *RowHooks[T]) rowHook[T] { return r.AfterDelete }, row)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

type exchangeKey struct{}

// withExchange lets the hooks on rows find the call on whose behalf they run.
func (x *Exchange) withExchange(ctx context.Context) context.Context {
	if x.auth.hooks.empty() {
		return ctx
	}
	return context.WithValue(ctx, exchangeKey{}, x)
}

// exchangeOf returns the call that ctx belongs to, or nil.
func exchangeOf(ctx context.Context) *Exchange {
	x, _ := ctx.Value(exchangeKey{}).(*Exchange)
	return x
}
