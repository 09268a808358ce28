package core_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
)

func TestVerificationIsUsedOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := t.Context()
	create := func(value string) {
		t.Helper()
		if err := r.CreateVerification(ctx, "reset-password:x", value, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	create("old")
	r.clock.Advance(time.Second)
	create("new")
	if v, err := r.PeekVerification(ctx, "reset-password:x"); err != nil || v != "new" {
		t.Errorf("peek: got %q, %v, want the newest", v, err)
	}
	var won atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			switch v, err := r.ConsumeVerification(context.Background(), "reset-password:x"); {
			case err == nil && v == "new":
				won.Add(1)
			case !errors.Is(err, core.ErrNoVerification):
				t.Errorf("got %q, %v", v, err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 50 consumed it, want 1", won.Load())
	}
	if _, err := r.PeekVerification(ctx, "reset-password:x"); !errors.Is(err, core.ErrNoVerification) {
		t.Errorf("the older one is still there: %v", err)
	}
}

func TestVerificationExpires(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if err := r.CreateVerification(t.Context(), "a", "v", time.Hour); err != nil {
		t.Fatal(err)
	}
	r.clock.Advance(time.Hour)
	for range 2 {
		if v, err := r.ConsumeVerification(t.Context(), "a"); !errors.Is(err, core.ErrNoVerification) {
			t.Errorf("got %q, %v", v, err)
		}
	}
}

func TestVerificationIsNotSpentWithoutItsEffect(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if err := r.CreateVerification(t.Context(), "a", "v", time.Hour); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err := r.Store().InTx(t.Context(), func(ctx context.Context) error {
		if _, err := r.ConsumeVerification(ctx, "a"); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if v, err := r.ConsumeVerification(t.Context(), "a"); err != nil || v != "v" {
		t.Errorf("got %q, %v, want it unspent", v, err)
	}
}
