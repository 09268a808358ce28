// Package memorystore keeps everything in the memory of the process. It is for tests, examples and toys: what it holds
// is gone when the process ends, and a second process does not see it.
//
//	auth, err := core.New(core.Config{Store: memorystore.New()})
//
// It keeps the whole contract of [store.Store], with real transactions, unique constraints and foreign keys, so a test
// that passes here says something about a database. There is nothing to migrate: tables come to be when they are used.
package memorystore

import (
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// Store is a database in memory. It implements [store.Store], [store.JoinFinder] and [store.PageFinder] and is safe for
// concurrent use; its zero value is not usable, see [New].
//
// Transactions are serializable, because writers take turns. What is particular about them:
//
//   - Only the context that the function of InTx is given belongs to the transaction. If the function uses the one from
//     outside by mistake, it reads what was committed before; if it writes with it, the write waits for the transaction
//     to end and gives up with an error after ten seconds.
//   - A transaction in which a constraint refused a write takes no more operations and does not commit. Some databases
//     would go on, PostgreSQL would not.
//
// Values must have exactly the Go types of their columns' kinds, as the contract says: an int is refused where an int64
// is due.
type Store struct{ engine }

type engine = *memdb.DB

var (
	_ store.Store      = (*Store)(nil)
	_ store.JoinFinder = (*Store)(nil)
	_ store.PageFinder = (*Store)(nil)
)

// New returns an empty store.
func New() *Store { return &Store{memdb.New()} }
