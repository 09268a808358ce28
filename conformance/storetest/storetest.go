package storetest

import (
	"testing"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// Options say how to come by the stores under test.
type Options struct {
	// Open returns a new, empty store with the tables of s. What it opens it closes with t.Cleanup. It is called
	// once or more by every case, and from several goroutines if Parallel is set; calls with one and the same schema
	// may share preparations. It has no default.
	Open func(t testing.TB, s *schema.Schema) store.Store
	// Reopen returns another handle on the data of s, a store that Open returned and that stays in use: with
	// connections of its own, as another process would have them. It is required unless Features.NoReopen is set.
	Reopen func(t testing.TB, s store.Store) store.Store
	// Close closes s, a store that Open returned, before its test ends. It is required unless Features.NoClose is set.
	Close func(t testing.TB, s store.Store)
	// Features are the parts of the contract that the store does not have. The default is that it has everything.
	Features Features
	// Parallel runs the cases at the same time. The default is one after the other.
	Parallel bool
}

// Features name what a store lacks. Each field skips cases, which then say so by the name of the field. The zero value
// skips nothing.
type Features struct {
	// NoForeignKeys is for databases without foreign keys: references are not checked, and deletes do not cascade.
	NoForeignKeys bool
	// NoIsolation is for databases in which others may see what a transaction has not committed yet.
	NoIsolation bool
	// NoJoinFinder is for stores that do not implement [store.JoinFinder].
	NoJoinFinder bool
	// NoMigrator is for stores that do not implement [store.Migrator].
	NoMigrator bool
	// NoSerialIDs is for stores that do not count rows: see [store.IDMaker].
	NoSerialIDs bool
	// NoReopen is for databases that one handle, or one process, has for itself.
	NoReopen bool
	// NoClose is for stores that cannot be closed.
	NoClose bool
	// NoWideDates is for databases that cannot hold all dates from 1900 to 9999, such as MySQL with its TIMESTAMP, which
	// begins in 1970 and ends in 2038. What is outside must then be refused.
	NoWideDates bool
}

// Run runs the suite against the stores that o opens.
func Run(t *testing.T, o Options) {
	t.Helper()
	if o.Open == nil {
		t.Fatal("storetest: Options.Open is nil")
	}
	if o.Reopen == nil && !o.Features.NoReopen {
		t.Fatal("storetest: Options.Reopen is nil: set it, or Features.NoReopen")
	}
	if o.Close == nil && !o.Features.NoClose {
		t.Fatal("storetest: Options.Close is nil: set it, or Features.NoClose")
	}
	for _, g := range []struct {
		name  string
		cases []testCase
	}{
		{"Create", createCases},
		{"Values", valueCases},
		{"Find", findCases},
		{"Page", pageCases},
		{"Where", whereCases},
		{"Text", textCases},
		{"Order", orderCases},
		{"Update", updateCases},
		{"Delete", deleteCases},
		{"Atomic", atomicCases},
		{"Names", nameCases},
		{"Hostile", hostileCases},
		{"Unique", uniqueCases},
		{"ForeignKey", foreignKeyCases},
		{"IDs", idCases},
		{"Tx", txCases},
		{"AfterCommit", commitCases},
		{"Context", contextCases},
		{"Race", raceCases},
		{"Join", joinCases},
		{"Reopen", reopenCases},
		{"Migrate", migrateCases},
		{"Close", closeCases},
	} {
		t.Run(g.name, func(t *testing.T) {
			if o.Parallel {
				t.Parallel()
			}
			for _, c := range g.cases {
				t.Run(c.name, func(t *testing.T) {
					if o.Parallel {
						t.Parallel()
					}
					c.start(t, &o)
				})
			}
		})
	}
}

// testCase is one behaviour, tested on a store of its own.
type testCase struct {
	name string
	// needs are what the store must have for the case to make sense.
	needs []feature
	run   func(k *kit)
}

// feature is a field of Features.
type feature struct {
	name   string
	absent func(Features) bool
}

var (
	foreignKeys = feature{"NoForeignKeys", func(f Features) bool { return f.NoForeignKeys }}
	isolation   = feature{"NoIsolation", func(f Features) bool { return f.NoIsolation }}
	joinFinder  = feature{"NoJoinFinder", func(f Features) bool { return f.NoJoinFinder }}
	migrator    = feature{"NoMigrator", func(f Features) bool { return f.NoMigrator }}
	serialIDs   = feature{"NoSerialIDs", func(f Features) bool { return f.NoSerialIDs }}
	reopening   = feature{"NoReopen", func(f Features) bool { return f.NoReopen }}
	closing     = feature{"NoClose", func(f Features) bool { return f.NoClose }}
)

func (c *testCase) start(t *testing.T, o *Options) {
	for _, f := range c.needs {
		if f.absent(o.Features) {
			t.Skipf("skipped by Features.%s", f.name)
		}
	}
	c.run(newKit(t, o, sample()))
}
