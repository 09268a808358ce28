package memorystore

import (
	"time"

	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/internal/memstorage"
)

// Storage is secondary storage in memory. It implements [storage.Storage] and [storage.Swapper] and is safe for
// concurrent use; its zero value is not usable, see [NewStorage].
//
// It starts no goroutine: what has expired is not seen any more, and goes with the writes that follow. Once its entries
// take StorageOptions.MaxBytes a write that needs more returns [ErrStorageFull]; nothing that is alive is ever dropped
// to make room, so that nobody can get rid of a counter by making many others.
type Storage struct{ storageEngine }

type storageEngine = *memstorage.Storage

var _ storage.Swapper = (*Storage)(nil)

// ErrStorageFull says that a write would take a [Storage] beyond its limit. Nothing was written.
var ErrStorageFull = memstorage.ErrFull

// StorageOptions say how a Storage works. The zero value is good.
type StorageOptions struct {
	// Now is the time. It defaults to time.Now.
	Now func() time.Time
	// MaxBytes is how much memory the entries may take, about. It defaults to 256 MiB.
	MaxBytes int64
}

// NewStorage returns an empty secondary storage. It is good for one process: another does not see it, and what it holds,
// sessions and counters alike, is gone when the process ends.
func NewStorage(o StorageOptions) *Storage {
	return &Storage{memstorage.New(memstorage.Options(o))}
}
