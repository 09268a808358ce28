package storage_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/internal/memstorage"
)

func TestWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ ttl, want time.Duration }{
		{storage.Forever, storage.Forever},
		{storage.Forever - 1, (math.MaxInt64 / time.Second) * time.Second},
		{time.Hour, time.Hour},
		{2*time.Second - 1, time.Second},
		{time.Second, time.Second},
		{time.Second - 1, 0},
		{0, 0},
		{-1, 0},
		{-time.Hour, 0},
		{math.MinInt64, 0},
	} {
		if got := storage.Whole(c.ttl); got != c.want {
			t.Errorf("Whole(%d): got %v, want %v", c.ttl, got, c.want)
		}
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	if got, err := storage.Window(10*time.Second + 999*time.Millisecond); err != nil || got != 10*time.Second {
		t.Errorf("Window(10.999s): got %v, %v, want 10s", got, err)
	}
	for _, ttl := range []time.Duration{time.Second - 1, 0, -time.Second, storage.Forever} {
		if got, err := storage.Window(ttl); err == nil {
			t.Errorf("Window(%v): got %v, want an error", ttl, got)
		}
	}
}

func TestLinkKey(t *testing.T) {
	t.Parallel()
	link := storage.Link{Path: []string{"session", "userId"}, Prefix: "p-"}
	for value, want := range map[string]string{
		`{"session":{"userId":"u1"}}`:                                "p-u1",
		`{"session":{"userId":""}}`:                                  "p-",
		`{"session":{"userId":"u1","userId":"u2"}}`:                  "p-u2", // the last one counts, as in JavaScript
		`{"session":{"USERID":"u1"}}`:                                "",
		`{"session":{"userId":1}}`:                                   "",
		`{"session":[]}`:                                             "",
		`{"user":{"userId":"u1"}}`:                                   "",
		`{"session":{"userId":"u1"}} trailing`:                       "",
		`{"session":{"userAgent":"\"userId\":\"x\"","userId":"u1"}}`: "p-u1",
		``: "",
	} {
		if got := link.Key(value); got != want {
			t.Errorf("Key(%s): got %q, want %q", value, got, want)
		}
	}
}

var errBroken = errors.New("broken")

// breaking is a storage whose reads of one key fail.
type breaking struct {
	*memstorage.Storage
	key string
}

func (b breaking) Get(ctx context.Context, key string) (string, error) {
	if key == b.key {
		return "", errBroken
	}
	return b.Storage.Get(ctx, key)
}

func TestFollowTellsBreakdownFromAbsence(t *testing.T) {
	t.Parallel()
	s := memstorage.New(memstorage.Options{})
	if err := s.Set(t.Context(), "key", `"to"`, time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"key", "to"} {
		got, err := storage.Follow(t.Context(), breaking{s, key}, "key", storage.Link{}, func(string) (string, error) { return "to", nil })
		if !errors.Is(err, errBroken) || errors.Is(err, storage.ErrNotFound) || got != (storage.Pair{}) {
			t.Errorf("Follow while %q cannot be read: got %+v, %v, want the storage's error", key, got, err)
		}
	}
}

func TestUpdateTellsBreakdownFromAbsence(t *testing.T) {
	t.Parallel()
	err := storage.Update(t.Context(), breaking{memstorage.New(memstorage.Options{}), "key"}, "key", func(string, bool) (storage.Change, error) {
		t.Error("the function was called although nothing could be read")
		return storage.Change{}, nil
	})
	if !errors.Is(err, errBroken) {
		t.Errorf("Update: got error %v, want the storage's", err)
	}
}

// stubborn is a storage that takes every value for changed.
type stubborn struct{ *memstorage.Storage }

func (stubborn) Replace(context.Context, string, string, string, time.Duration) (bool, error) {
	return false, nil
}

func TestUpdateGivesUp(t *testing.T) {
	t.Parallel()
	s := stubborn{memstorage.New(memstorage.Options{})}
	if err := s.Set(t.Context(), "key", "value", time.Hour); err != nil {
		t.Fatal(err)
	}
	calls := 0
	err := storage.Update(t.Context(), s, "key", func(string, bool) (storage.Change, error) {
		calls++
		return storage.Put("new", time.Hour), nil
	})
	if err == nil || errors.Is(err, storage.ErrNotFound) || calls != 1000 {
		t.Errorf("Update of what always changes: got error %v after %d calls, want one of its own after 1000", err, calls)
	}
	ctx, cancel := context.WithCancel(t.Context())
	calls = 0
	err = storage.Update(ctx, s, "key", func(string, bool) (storage.Change, error) {
		if calls++; calls == 3 {
			cancel()
		}
		return storage.Put("new", time.Hour), nil
	})
	if !errors.Is(err, context.Canceled) || calls != 3 {
		t.Errorf("Update whose context ends: got error %v after %d calls, want context.Canceled after 3", err, calls)
	}
}
