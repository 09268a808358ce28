package main

import (
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/wire"
)

// adapters are the ways to serve an Auth, in the order of the capabilities. Each serves an app that has, besides the auth
// endpoints, GET /ping and, behind the adapter's Require, GET /me; what is under neither is 404 without a body.
var adapters = []adapter{
	{"stdlib", func(a *core.Auth) server { return newHTTPServer(stdlibApp(a)) }},
	{"echo", func(a *core.Auth) server { return newHTTPServer(echoApp(a)) }},
	{"gin", func(a *core.Auth) server { return newHTTPServer(ginApp(a)) }},
	{"fiber", func(a *core.Auth) server { return newFiberServer(a) }},
}

type adapter struct {
	name  string
	serve func(*core.Auth) server
}

func adapterNames() []string {
	names := make([]string, len(adapters))
	for i, a := range adapters {
		names[i] = a.name
	}
	return names
}

// me is the answer of GET /me, the same bytes with every framework.
func me(s *core.ActiveSession) []byte {
	return append(wire.AppendString([]byte(`{"userId":`), s.User.ID), '}')
}

// Limits of every server. The tests of slow clients and large headers are about them.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
)
