package core_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
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

// TestStoredIdentifiers checks the forms in which identifiers are stored against better-auth's.
func TestStoredIdentifiers(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/identifiers.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		HashedIdentifiers           []struct{ Identifier, Hashed string }
		DeterministicReservationIDs []struct{ Identifier, Default, UUID string } `json:"deterministicReservationIds"`
	}
	if err := json.Unmarshal(data, &vectors); err != nil || len(vectors.HashedIdentifiers)*len(vectors.DeterministicReservationIDs) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, v := range vectors.HashedIdentifiers {
		if got := core.HashIdentifier(v.Identifier); got != v.Hashed {
			t.Errorf("%q: got %s, want %s", v.Identifier, got, v.Hashed)
		}
	}
	for kind, id := range map[schema.IDs]func(i int) string{
		schema.TextIDs: func(i int) string { return vectors.DeterministicReservationIDs[i].Default },
		schema.UUIDs:   func(i int) string { return vectors.DeterministicReservationIDs[i].UUID },
	} {
		r := newRig(t, func(c *core.Config) { c.IDs.Kind = kind })
		for i, v := range vectors.DeterministicReservationIDs {
			if ok, err := r.ReserveVerification(t.Context(), v.Identifier, "x", time.Minute); err != nil || !ok {
				t.Fatalf("reserve: %v, %v", ok, err)
			}
			q := store.From(r.Schema().Table(model.VerificationTable), store.Eq("identifier", v.Identifier))
			if rec, err := r.Store().FindOne(t.Context(), q); err != nil || rec["id"] != id(i) {
				t.Errorf("%q: got %v (%v), want %s", v.Identifier, rec["id"], err, id(i))
			}
		}
	}
}

func TestReservationHasOneWinner(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	reserve := func() (won int64) {
		var wins atomic.Int64
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				ok, err := r.ReserveVerification(context.Background(), "siwe:x", "v", time.Minute)
				if err != nil {
					t.Error(err)
				}
				if ok {
					wins.Add(1)
				}
			})
		}
		wg.Wait()
		return wins.Load()
	}
	for _, then := range []func() error{
		func() error { return nil },
		func() error { r.clock.Advance(time.Minute); return nil },
		func() error { return r.DeleteVerifications(t.Context(), "siwe:x") },
	} {
		if err := then(); err != nil {
			t.Fatal(err)
		}
		if won := reserve(); won != 1 {
			t.Errorf("%d won, want 1", won)
		}
		if won := reserve(); won != 0 {
			t.Errorf("%d won although it is taken", won)
		}
	}
	inStorage := newRig(t, places["storage"])
	if _, err := inStorage.ReserveVerification(t.Context(), "a", "v", time.Minute); !errors.Is(err, core.ErrReserveNeedsDatabase) {
		t.Errorf("in storage alone: got %v", err)
	}
}
