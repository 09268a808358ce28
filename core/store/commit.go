package store

import (
	"context"
	"errors"
)

type hooksKey struct{}

// hooks are the callbacks waiting for a transaction. Only the goroutine that runs the transaction touches them.
type hooks struct{ after []func(context.Context) error }

// AfterCommit runs fn once the outermost transaction that ctx carries has committed, in the order of registration, and
// never if it rolls back. Without a transaction fn runs at once. The context that fn gets carries no transaction.
//
// An error of fn does not undo what was committed: it comes back from the outermost InTx, or from here.
func AfterCommit(ctx context.Context, fn func(context.Context) error) error {
	if h, ok := ctx.Value(hooksKey{}).(*hooks); ok && h != nil {
		h.after = append(h.after, fn)
		return nil
	}
	return fn(ctx)
}

// InTransaction reports whether ctx carries a transaction of some store.
func InTransaction(ctx context.Context) bool {
	h, ok := ctx.Value(hooksKey{}).(*hooks)
	return ok && h != nil
}

// WithCommitHooks is for authors of stores: it runs begin, which opens, runs and commits a transaction, with a context
// that collects [AfterCommit] callbacks, and then runs those. If ctx already collects, the transaction is a nested one,
// and join runs instead. The outer one may be another store's: then join has to open a transaction of its own.
//
//	func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
//		begin := func(ctx context.Context) error { return s.transaction(ctx, fn) }
//		return store.WithCommitHooks(ctx, func(ctx context.Context) error {
//			if tx := s.transactionOf(ctx); tx != nil {
//				return tx.join(ctx, fn) // runs fn; if that fails, tx will not commit
//			}
//			return begin(ctx)
//		}, begin)
//	}
func WithCommitHooks(ctx context.Context, join, begin func(ctx context.Context) error) error {
	if InTransaction(ctx) {
		return join(ctx)
	}
	h := &hooks{}
	if err := begin(context.WithValue(ctx, hooksKey{}, h)); err != nil {
		return err
	}
	var failed []error
	for _, fn := range h.after {
		failed = append(failed, fn(ctx))
	}
	return errors.Join(failed...)
}
