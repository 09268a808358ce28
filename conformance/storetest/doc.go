// Package storetest proves that a [store.Store] keeps its contract. If the suite passes, the store is done.
//
// It is a set of tests that a store's author runs from a test of his own. The suite knows nothing of the database: the
// author opens stores for it, and says which of the contract's optional parts his store does not have.
//
//	package mystore_test
//
//	import (
//		"path/filepath"
//		"testing"
//
//		"github.com/cardea-auth/cardea/conformance/storetest"
//		"github.com/cardea-auth/cardea/core/schema"
//		"github.com/cardea-auth/cardea/core/store"
//
//		"example.com/mystore"
//	)
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, storetest.Options{
//			// A database of its own for every call. The data has to go when the test ends.
//			Open: func(t testing.TB, s *schema.Schema) store.Store {
//				st, err := mystore.Open(filepath.Join(t.TempDir(), "test.db"))
//				if err != nil {
//					t.Fatal(err)
//				}
//				t.Cleanup(func() { _ = st.Close() })
//				if err := st.Migrate(t.Context(), s); err != nil {
//					t.Fatal(err)
//				}
//				return st
//			},
//			// Another handle on the data of a store that Open returned, as a second process would have it.
//			Reopen: func(t testing.TB, s store.Store) store.Store {
//				st, err := mystore.Open(s.(*mystore.Store).Path())
//				if err != nil {
//					t.Fatal(err)
//				}
//				t.Cleanup(func() { _ = st.Close() })
//				return st
//			},
//			Close:    func(_ testing.TB, s store.Store) { _ = s.(*mystore.Store).Close() },
//			Parallel: true,
//			Features: storetest.Features{NoJoinFinder: true}, // mystore does not offer FindJoined
//		})
//	}
//
// Run it with the race detector: a good part of the suite is about callers that come at the same time. A single case
// runs by its path, such as go test -race -run 'TestStore/Race/ConsumeOne'.
//
// A store answers with what its driver returned; the suite reads it with [schema.Column.Normalize], as the library
// does, and compares the result. Where the contract lets databases differ in what they can hold (a NUL in a text, a
// text of a mebibyte, the year 1900), a case accepts two answers: the value comes back as it went in, or the write is
// refused with [store.ErrInvalid] and nothing happened.
package storetest
