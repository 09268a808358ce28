// Package core is the framework-agnostic heart of Cardea: endpoints, hooks, plugins, sessions.
//
// [New] builds an [Auth] from a [Config]. An adapter mounts it into a router; [Auth.ServeHTTP] is all that net/http
// needs. Every request, over HTTP or in process, takes one way:
//
//	copy in → find the endpoint (registry.go) → rate limit (limit.go) → decode (decode.go) → origin check
//	(origin_check.go) → before hooks → validate → guards → handler → after hooks (pipeline.go) → encode → write out
//	(serve.go)
//
// Read those files in that order. An endpoint is a typed function ([Define]); a hook steps in before or after one
// ([Before], [After]); a [Plugin] is a bundle of both with tables of its own.
//
// The smallest program:
//
//	auth, err := core.New(core.Config{
//		BaseURL: "http://localhost:8080",
//		Secret:  secret,
//		Store:   memorystore.New(),
//		Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{})},
//	})
//	http.Handle("/api/auth/", auth)
package core
