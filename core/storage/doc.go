// Package storage is the contract between the library and secondary storage: a fast place for what lives for a while
// and is found by its key, such as sessions, verification records and counters of attempts.
//
// A [Storage] has five methods. Whoever writes one proves it with conformance/storagetest. stores/redis and
// stores/memory are two of them, and stores/scs makes one of any scs store.
//
//	value, err := s.Get(ctx, token)
//	if errors.Is(err, storage.ErrNotFound) {
//		return nil // signed out; any other error is a breakdown and says nothing about the session
//	}
//
// What needs more than one of the five in a single step asks for a capability: [Swapper] changes a value only if it is
// still the one that was read, and [Update] makes a loop of that; [Linker] reads a value and the one it points to in one
// round trip, and [Follow] does it with any storage.
//
// Keys and values are those of better-auth's own secondary storage, so that a Node server may share them. This is not
// the place for data that must not be lost: a storage may be emptied at any time, and is then as if nobody had signed in.
// For that there is package store.
package storage
