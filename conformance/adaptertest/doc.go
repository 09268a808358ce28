// Package adaptertest proves that an adapter carries requests to Cardea, and answers back, without losing, changing or
// keeping anything. If the suite passes, the adapter is done.
//
// It is a set of tests that an adapter's author runs from a test of his own. The suite knows nothing of the router: it
// describes apps, the author builds each with his router and his adapter and serves it on a socket. Most of that is one
// function:
//
//	package myadapter_test
//
//	import (
//		"io"
//		"net/http"
//		"net/http/httptest"
//		"testing"
//
//		"example.com/myadapter"
//		"example.com/myrouter"
//
//		"github.com/cardea-auth/cardea/conformance/adaptertest"
//	)
//
//	func TestAdapter(t *testing.T) {
//		adaptertest.Run(t, adaptertest.Options{Serve: serve})
//	}
//
//	func serve(t testing.TB, app adaptertest.App) string {
//		r := myrouter.New()
//		// … the middleware that app asks for: App.FrontEnd, BodyLimit, EatBody, Context, Cookie …
//		if app.Group == "" {
//			myadapter.Mount(r, app.Auth)
//		} else {
//			myadapter.Mount(r.Group(app.Group), app.Auth)
//		}
//		for _, route := range app.Routes {
//			access := myadapter.Load(app.Auth)
//			if route.Require {
//				access = myadapter.Require(app.Auth, route.Guards...)
//			}
//			handler := func(w http.ResponseWriter, r *http.Request) {
//				body, err := io.ReadAll(r.Body)
//				if err != nil {
//					t.Error(err)
//				}
//				io.WriteString(w, route.Handle(myadapter.Session(r), body))
//			}
//			if route.Group == "" {
//				r.With(access).Handle(route.Method, route.Path, handler)
//			} else {
//				r.Group(route.Group, access).Handle(route.Method, route.Path, handler)
//			}
//		}
//		server := httptest.NewServer(r)
//		t.Cleanup(server.Close)
//		return server.URL
//	}
//
// What a router cannot do by its nature is said in [Features]; the cases about it are then skipped, or expect what the
// router does instead. Run the suite with the race detector. A single case runs by its path, such as
// go test -race -run 'TestAdapter/Copy/Retention'. The adapters in this repository are four examples of use.
package adaptertest
