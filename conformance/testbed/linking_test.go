package main

import (
	"testing"

	"github.com/cardea-auth/cardea/conformance/adaptertest"
	"github.com/cardea-auth/cardea/conformance/linkingtest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
)

// TestLinkingTable: which accounts are linked depends on no adapter and no database.
func TestLinkingTable(t *testing.T) {
	t.Parallel()
	eachPair(t, databaseKinds(), func(t *testing.T, adapter, kind string) {
		linkingtest.Run(t, linkingtest.Options{
			NewStore: func(t testing.TB) store.Store { return freshStore(t, kind) },
			Serve: func(t testing.TB, auth *core.Auth) string {
				return suites[adapter].Serve(t, adaptertest.App{Auth: auth})
			},
		})
	})
}
