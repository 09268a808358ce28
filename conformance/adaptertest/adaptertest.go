package adaptertest

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// Options say how to come by what is tested.
type Options struct {
	// Serve builds app and serves it on a port of this machine until the test ends, which t.Cleanup tells. It returns
	// where, such as "http://127.0.0.1:4711", without a slash at the end. It is called at least once by every case, in
	// parallel, and lets the adapter's panics pass. It has no default.
	Serve func(t testing.TB, app App) (url string)
	// NewStore opens an empty store; the suite creates the tables. The default is a memory store.
	NewStore func(t testing.TB) store.Store
	// Features are what the router does differently. The default is that it does nothing differently.
	Features Features
}

// App is an app for the router to serve: the adapter's Mount, middleware in front of it, and routes of the app's own. The
// middleware that is asked for goes in front of everything, in the order of the fields.
type App struct {
	// FrontEnd, if not empty, is an origin that the router's own CORS middleware lets in: with credentials, the methods
	// GET and POST, the request header Content-Type and the exposed header set-auth-token.
	FrontEnd string
	// BodyLimit, if not 0, is the number of bytes above which the router's own way of limiting bodies refuses one.
	BodyLimit int64
	// EatBody asks for a middleware that reads the request body to its end and does not put it back.
	EatBody bool
	// Context, if not nil, is for a middleware that derives the request's context from the one it has.
	Context func(context.Context) context.Context
	// Cookie, if not empty, is for a middleware that adds it to the response as a Set-Cookie header.
	Cookie string
	// Auth is what to mount, and what Load and Require ask.
	Auth *core.Auth
	// Group, if not empty, is the prefix of the route group in which to mount it.
	Group string
	// Routes are the app's own.
	Routes []Route
}

// Route is a route of the app's own behind the adapter's Load or Require.
type Route struct {
	Method, Path string
	// Group, if not empty, is the prefix of a route group that has the middleware and, with Path added, the route. If it is
	// empty the route itself has the middleware.
	Group string
	// Require says which middleware: Require with Guards, or else Load.
	Require bool
	Guards  []core.Guard
	// Handle is what the route's handler does. It is given what the adapter's Session returns and the request body, and
	// returns the body of the answer, which has status 200 and any content type.
	Handle func(s *core.ActiveSession, body []byte) string
}

// Features name what a router does differently from what the contract has. The zero value is a router that does nothing
// by itself.
type Features struct {
	// NoGroups is for routers without route groups.
	NoGroups bool
	// NoCancellation is for servers that do not tell when a client has gone away.
	NoCancellation bool
	// NoStrangeMethods is for routers that themselves refuse methods other than those of RFC 9110 and PATCH.
	NoStrangeMethods bool
	// CleansPaths is for routers that redirect paths with empty or dot segments before any handler sees them.
	CleansPaths bool
	// OwnNotFound is for adapters that mount endpoint by endpoint, so that the router answers for what is none.
	OwnNotFound bool
	// NoBodyLimit is for routers without a way of their own to limit bodies.
	NoBodyLimit bool
	// KeepsBody is for servers on which a body stays readable although a middleware has read it.
	KeepsBody bool
}

// Run runs all cases as subtests.
func Run(t *testing.T, o Options) {
	t.Helper()
	if o.Serve == nil {
		t.Fatal("adaptertest: Options.Serve is nil")
	}
	if o.NewStore == nil {
		o.NewStore = func(testing.TB) store.Store { return memdb.New() }
	}
	for _, g := range []struct {
		name  string
		cases []testCase
	}{
		{"Flow", flowCases},
		{"Route", routeCases},
		{"Group", groupCases},
		{"Copy", copyCases},
		{"Body", bodyCases},
		{"Response", responseCases},
		{"Guard", guardCases},
		{"CORS", corsCases},
		{"Context", contextCases},
		{"Failure", failureCases},
		{"Concurrent", concurrentCases},
	} {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range g.cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					for _, f := range c.needs {
						if f.absent(o.Features) {
							t.Skipf("skipped by Features.%s", f.name)
						}
					}
					c.run(newKit(t, &o))
				})
			}
		})
	}
}

// testCase is one behaviour, tested with an app of its own.
type testCase struct {
	name string
	// needs are what the router must do for the case to make sense.
	needs []feature
	run   func(k *kit)
}

// feature is a field of Features.
type feature struct {
	name   string
	absent func(Features) bool
}

var (
	groups       = feature{"NoGroups", func(f Features) bool { return f.NoGroups }}
	cancellation = feature{"NoCancellation", func(f Features) bool { return f.NoCancellation }}
	coreNotFound = feature{"OwnNotFound", func(f Features) bool { return f.OwnNotFound }}
	bodyLimit    = feature{"NoBodyLimit", func(f Features) bool { return f.NoBodyLimit }}
)
