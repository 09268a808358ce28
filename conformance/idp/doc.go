// Package idp is an identity provider for tests: OpenID Connect as the specifications have it, the ways of Google, Apple
// and GitHub, and on request every kind of misbehaviour that a relying party has to survive.
//
//	p := idp.New(idp.Options{
//		Clients: []idp.Client{{ID: "app", Secret: "secret"}},
//		Users:   []idp.User{{Subject: "1", Name: "Ann", Email: "ann@example.com", EmailVerified: true}},
//	})
//	auth, err := core.New(core.Config{HTTPClient: p.HTTPClient(), …}) // no socket in between
//	back, err := p.Visit(authorizationURL, "1")                       // what the browser brings to the callback
//
// A [Server] is an http.Handler too, for listeners and browsers: the authorization endpoint shows a page on which a
// person chooses an account and approves or cancels, unless Options.Approve says who is signed in without asking.
//
// One server answers for several providers, told apart by the URL that a request was meant for: its own issuer, further
// ones (Options.Issuers), and Google's, Apple's and GitHub's own URLs. That URL is the request's own in process; over a
// socket it is in the header X-Original-Url, as the testbed's outbound requests have it, or in the path, /at/HOST/PATH,
// for browsers. All of them share the clients and the users.
//
// Misbehaviour is asked for by a [Fault], for an endpoint and perhaps a client, once or until it is cleared. What was
// asked of the server is in [Server.Requests].
//
// Everything is in memory and nothing in it is secret: the keys are published with this package. Never use it for
// anything but tests. The command cmd/idp serves it to tests in other languages.
package idp
