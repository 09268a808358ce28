package core

import (
	"context"
	"fmt"
	"sync"

	"github.com/cardea-auth/cardea/core/store"
)

// tasks is the work that must not delay an answer.
type tasks struct {
	run     func(fn func())
	pending sync.WaitGroup
}

// Background runs fn without making the answer wait, with a context that outlives the request but keeps its values.
// Inside of a transaction it waits for the commit, and does not run if there is none: nobody is mailed about what did not
// happen. Errors and panics go to the log under name. [Auth.Close] waits for it.
func (a *Auth) Background(ctx context.Context, name string, fn func(ctx context.Context) error) {
	// What is registered here never fails, so neither does AfterCommit.
	_ = store.AfterCommit(ctx, func(ctx context.Context) error {
		a.startTask(context.WithoutCancel(ctx), name, fn)
		return nil
	})
}

func (a *Auth) startTask(ctx context.Context, name string, fn func(ctx context.Context) error) {
	a.tasks.pending.Add(1)
	work := func() {
		defer a.tasks.pending.Done()
		defer func() {
			if v := recover(); v != nil {
				a.config.Logger.ErrorContext(ctx, "background work failed", "task", name, "error", newPanicError(v))
			}
		}()
		if err := fn(ctx); err != nil {
			a.config.Logger.ErrorContext(ctx, "background work failed", "task", name, "error", err)
		}
	}
	if a.tasks.run != nil {
		a.tasks.run(work)
		return
	}
	go work()
}

// wait returns when nothing is pending any more, or with an error when ctx ends first.
func (t *tasks) wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		t.pending.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("cardea: background work is still running: %w", context.Cause(ctx))
	}
}
