// Package storagetest proves that a [storage.Storage] keeps its contract. If the suite passes, the storage is done.
//
// It is a set of tests that a storage's author runs from a test of his own. The suite knows nothing of what is behind
// the storage: the author opens storages for it, moves their time, and says which of the contract's optional parts his
// storage does not have.
//
//	func TestStorage(t *testing.T) {
//		storagetest.Run(t, storagetest.Options{
//			Open: func(t testing.TB) storage.Storage {
//				s := mystorage.New(mystorage.Options{Prefix: rand.Text()})
//				t.Cleanup(func() { s.Clear() })
//				return s
//			},
//			Advance: func(_ testing.TB, s storage.Storage, d time.Duration) { s.(*mystorage.Storage).Clock().Add(d) },
//			Reopen:  func(_ testing.TB, s storage.Storage) storage.Storage { return s.(*mystorage.Storage).Clone() },
//			Close:   func(_ testing.TB, s storage.Storage) { s.(*mystorage.Storage).Close() },
//			Features: storagetest.Features{NoLinker: true}, // mystorage does not offer GetLinked
//		})
//	}
//
// Run it with the race detector: a good part of the suite is about callers that come at the same time. A single case
// runs by its path, such as go test -race -run 'TestStorage/Race/GetAndDelete'.
//
// No case sleeps. A storage that cannot be told what time it is can still be advanced: by bringing the expiry of all its
// keys forward. The cases leave a margin of a minute and more where something has to be alive still, so that it does not
// matter if real time passes too.
package storagetest
