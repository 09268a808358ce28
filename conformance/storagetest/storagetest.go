package storagetest

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

// Options say how to come by the storages under test.
type Options struct {
	// Open returns a new, empty storage, which shares no key with any other. What it opens it closes with t.Cleanup. It
	// is called once or more by every case, and from several goroutines if Parallel is set. It has no default.
	Open func(t testing.TB) storage.Storage
	// Advance makes d pass for s, a storage that Open returned. It is required unless Features.NoAdvance is set.
	Advance func(t testing.TB, s storage.Storage, d time.Duration)
	// Reopen returns another handle on the data of s, a storage that Open returned and that stays in use: with
	// connections of its own, as another process would have them. It is required unless Features.NoReopen is set.
	Reopen func(t testing.TB, s storage.Storage) storage.Storage
	// Close closes s, a storage that Open returned, before its test ends. It is required unless Features.NoClose is set.
	Close func(t testing.TB, s storage.Storage)
	// Features are the parts of the contract that the storage does not have. The default is that it has everything.
	Features Features
	// Parallel runs the cases at the same time. The default is one after the other.
	Parallel bool
}

// Features name what a storage lacks. Each field skips cases, which then say so by the name of the field. The zero value
// skips nothing.
type Features struct {
	// NoSwapper is for storages that do not implement [storage.Swapper].
	NoSwapper bool
	// NoLinker is for storages that do not implement [storage.Linker].
	NoLinker bool
	// SeparateCounters is for storages that keep their counters in another place than the values: Get does not see
	// them, and Increment does not count on from a value that was Set.
	SeparateCounters bool
	// NoAdvance is for storages whose time only passes by itself. Nothing is then known of their lifetimes.
	NoAdvance bool
	// NoReopen is for storages that one handle, or one process, has for itself.
	NoReopen bool
	// NoClose is for storages that cannot be closed.
	NoClose bool
}

// Run runs the suite against the storages that o opens.
func Run(t *testing.T, o Options) {
	t.Helper()
	if o.Open == nil {
		t.Fatal("storagetest: Options.Open is nil")
	}
	if o.Advance == nil && !o.Features.NoAdvance {
		t.Fatal("storagetest: Options.Advance is nil: set it, or Features.NoAdvance")
	}
	if o.Reopen == nil && !o.Features.NoReopen {
		t.Fatal("storagetest: Options.Reopen is nil: set it, or Features.NoReopen")
	}
	if o.Close == nil && !o.Features.NoClose {
		t.Fatal("storagetest: Options.Close is nil: set it, or Features.NoClose")
	}
	for _, g := range []struct {
		name  string
		cases []testCase
	}{
		{"Open", openCases},
		{"Values", valueCases},
		{"Keys", keyCases},
		{"GetAndDelete", takeCases},
		{"Counters", counterCases},
		{"Lifetimes", lifetimeCases},
		{"CounterLifetimes", windowCases},
		{"Swap", swapCases},
		{"Update", updateCases},
		{"Link", linkCases},
		{"Race", raceCases},
		{"Reopen", reopenCases},
		{"Context", contextCases},
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

// testCase is one behaviour, tested on a storage of its own.
type testCase struct {
	name string
	// needs are what the storage must have for the case to make sense.
	needs []feature
	run   func(k *kit)
}

// feature is a field of Features.
type feature struct {
	name   string
	absent func(Features) bool
}

var (
	swapping  = feature{"NoSwapper", func(f Features) bool { return f.NoSwapper }}
	linking   = feature{"NoLinker", func(f Features) bool { return f.NoLinker }}
	mixing    = feature{"SeparateCounters", func(f Features) bool { return f.SeparateCounters }}
	advancing = feature{"NoAdvance", func(f Features) bool { return f.NoAdvance }}
	reopening = feature{"NoReopen", func(f Features) bool { return f.NoReopen }}
	closing   = feature{"NoClose", func(f Features) bool { return f.NoClose }}
)

func (c *testCase) start(t *testing.T, o *Options) {
	for _, f := range c.needs {
		if f.absent(o.Features) {
			t.Skipf("skipped by Features.%s", f.name)
		}
	}
	c.run(newKit(t, o))
}
