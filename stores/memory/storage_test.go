package memorystore_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/conformance/storagetest"
	"github.com/cardea-auth/cardea/core/storage"
	memorystore "github.com/cardea-auth/cardea/stores/memory"
)

func TestStorage(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, storagetest.Options{
		Open: func(testing.TB) storage.Storage {
			s := &timed{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
			s.Storage = memorystore.NewStorage(memorystore.StorageOptions{Now: s.Now})
			return s
		},
		Advance:  func(_ testing.TB, s storage.Storage, d time.Duration) { s.(*timed).advance(d) },
		Parallel: true,
		Features: storagetest.Features{
			NoLinker: true, // reading twice costs next to nothing
			NoReopen: true, // the data are those of one value
			NoClose:  true, // there is nothing to close
		},
	})
}

// timed is a Storage with a time that only moves when it is told to.
type timed struct {
	*memorystore.Storage
	mu  sync.Mutex
	now time.Time
}

func (s *timed) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *timed) advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func TestStorageIsUsefulWithoutOptions(t *testing.T) {
	t.Parallel()
	s := memorystore.NewStorage(memorystore.StorageOptions{})
	if err := s.Set(t.Context(), "key", "value", time.Hour); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(t.Context(), "key"); err != nil || got != "value" {
		t.Errorf("Get: got %q, %v, want %q", got, err, "value")
	}
}

func TestStorageFull(t *testing.T) {
	t.Parallel()
	s := memorystore.NewStorage(memorystore.StorageOptions{MaxBytes: 1000})
	if err := s.Set(t.Context(), "key", string(make([]byte, 2000)), time.Hour); !errors.Is(err, memorystore.ErrStorageFull) {
		t.Errorf("Set of more than fits: got error %v, want ErrStorageFull", err)
	}
}

func ExampleNewStorage() {
	ctx, s := context.Background(), memorystore.NewStorage(memorystore.StorageOptions{})
	for range 3 {
		n, err := s.Increment(ctx, "203.0.113.1|/sign-in/email", 10*time.Second)
		fmt.Println(n, err)
	}
	// Output:
	// 1 <nil>
	// 2 <nil>
	// 3 <nil>
}
