// Package authscs is the bridge between this library and alexedwards/scs, the session manager that many Go applications
// keep carts and flash messages in. It goes both ways, and has a third part that holds the two together:
//
//   - [NewStore] makes a [scs.CtxStore] of any secondary storage, so that the application's sessions live where the
//     library's do.
//   - [NewStorage] makes a secondary storage of any scs store, for what may be lost.
//   - [Sync] is a plugin that gives the scs session another token at sign-in and ends it at sign-out.
//
// The usual application needs the first and the third:
//
//	sessions := scs.New()
//	sessions.Store = authscs.NewStore(redisstorage.New(client, redisstorage.Options{}), authscs.StoreOptions{})
//	auth, err := core.New(core.Config{Plugins: []core.Plugin{authscs.Sync(sessions), …}, …})
//	…
//	http.ListenAndServe(":8080", sessions.LoadAndSave(mux))
//
// scs does not take the place of the library's own sessions: those have a cookie of their own, which better-auth's
// clients know.
package authscs
