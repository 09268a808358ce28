package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core/store"
)

var errTest = errors.New("test")

// books notes what happens to transactions, as a store would do it.
type books struct{ lines []string }

func (b *books) InTx(ctx context.Context, fn func(context.Context) error) error {
	return store.WithCommitHooks(ctx, func(ctx context.Context) error {
		b.note("join")
		return fn(ctx)
	}, func(ctx context.Context) (err error) {
		b.note("begin")
		defer func() {
			if p := recover(); p != nil {
				b.note("rollback")
				panic(p)
			}
		}()
		if err := fn(ctx); err != nil {
			b.note("rollback")
			return err
		}
		b.note("commit")
		return nil
	})
}

func (b *books) note(line string) { b.lines = append(b.lines, line) }

// later registers a callback that notes line and returns err.
func (b *books) later(t *testing.T, ctx context.Context, line string, err error) {
	t.Helper()
	if got := store.AfterCommit(ctx, func(ctx context.Context) error {
		if store.InTransaction(ctx) {
			t.Errorf("callback %q: its context carries a transaction", line)
		}
		b.note(line)
		return err
	}); got != nil {
		t.Errorf("AfterCommit in a transaction: got %v, want nil", got)
	}
}

func (b *books) want(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(b.lines, want) {
		t.Errorf("what happened: got %q, want %q", b.lines, want)
	}
}

func TestAfterCommitWithoutTransaction(t *testing.T) {
	t.Parallel()
	ran := false
	err := store.AfterCommit(t.Context(), func(context.Context) error { ran = true; return errTest })
	if !ran || !errors.Is(err, errTest) {
		t.Errorf("got a call %v and error %v, want a call at once and its error", ran, err)
	}
	if store.InTransaction(t.Context()) {
		t.Errorf("InTransaction: got true, want false")
	}
}

func TestAfterCommitRunsAfterTheOutermost(t *testing.T) {
	t.Parallel()
	b := &books{}
	err := b.InTx(t.Context(), func(ctx context.Context) error {
		if !store.InTransaction(ctx) {
			t.Errorf("InTransaction: got false, want true")
		}
		b.later(t, ctx, "first", nil)
		if err := b.InTx(ctx, func(ctx context.Context) error { b.later(t, ctx, "nested", nil); return nil }); err != nil {
			return err
		}
		b.later(t, ctx, "last", nil)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.want(t, "begin", "join", "commit", "first", "nested", "last")
}

func TestAfterCommitNeverAfterRollback(t *testing.T) {
	t.Parallel()
	b := &books{}
	fail := func(ctx context.Context) error { b.later(t, ctx, "never", nil); return errTest }
	if err := b.InTx(t.Context(), fail); !errors.Is(err, errTest) {
		t.Errorf("InTx: got %v, want the error of the function", err)
	}
	if err := b.InTx(t.Context(), func(ctx context.Context) error { return b.InTx(ctx, fail) }); !errors.Is(err, errTest) {
		t.Errorf("InTx around a nested one: got %v, want the error of the function", err)
	}
	func() {
		defer func() {
			if p := recover(); p != errTest {
				t.Errorf("panic: got %v, want %v", p, errTest)
			}
		}()
		_ = b.InTx(t.Context(), func(ctx context.Context) error { b.later(t, ctx, "never", nil); panic(errTest) })
	}()
	b.want(t, "begin", "rollback", "begin", "join", "rollback", "begin", "rollback")
}

func TestAfterCommitErrors(t *testing.T) {
	t.Parallel()
	b, errOther := &books{}, errors.New("other")
	err := b.InTx(t.Context(), func(ctx context.Context) error {
		b.later(t, ctx, "first", errTest)
		b.later(t, ctx, "second", nil)
		b.later(t, ctx, "third", errOther)
		return nil
	})
	if !errors.Is(err, errTest) || !errors.Is(err, errOther) {
		t.Errorf("InTx: got error %v, want those of both callbacks", err)
	}
	b.want(t, "begin", "commit", "first", "second", "third")
}

func TestAfterCommitFromACallback(t *testing.T) {
	t.Parallel()
	b := &books{}
	err := b.InTx(t.Context(), func(ctx context.Context) error {
		return store.AfterCommit(ctx, func(ctx context.Context) error {
			b.note("outer")
			if err := store.AfterCommit(ctx, func(context.Context) error { b.note("at once"); return nil }); err != nil {
				return err
			}
			return b.InTx(ctx, func(ctx context.Context) error { b.later(t, ctx, "inner", nil); return nil })
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	b.want(t, "begin", "commit", "outer", "at once", "begin", "commit", "inner")
}
