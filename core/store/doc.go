// Package store is the contract between the library and a database.
//
// A [Store] moves records of a known schema. Whoever writes one implements its nine methods and proves them with
// conformance/storetest; nobody else needs to call them, because tables that are fully known are read through
// [Rows], and users and sessions through core.
//
//	devices := store.NewRows[Device](table)
//	d, err := devices.Find(ctx, s, store.Eq("userId", userID))
package store
