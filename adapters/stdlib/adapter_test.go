package authhttp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	authhttp "github.com/cardea-auth/cardea/adapters/stdlib"
	"github.com/cardea-auth/cardea/conformance/adaptertest"
	"github.com/cardea-auth/cardea/core"
)

func TestMount(t *testing.T) {
	t.Parallel()
	adaptertest.Run(t, adaptertest.Options{
		Serve: func(t testing.TB, app adaptertest.App) string {
			mux := newMux(t, app)
			authhttp.Mount(mux, app.Auth)
			return serve(t, inFront(t, app, mux))
		},
		Features: adaptertest.Features{NoGroups: true, NoStrangeMethods: true, CleansPaths: true},
	})
}

// TestMiddleware is for routers of all kinds: none sees the auth routes.
func TestMiddleware(t *testing.T) {
	t.Parallel()
	adaptertest.Run(t, adaptertest.Options{
		Serve: func(t testing.TB, app adaptertest.App) string {
			return serve(t, inFront(t, app, authhttp.Middleware(app.Auth)(newMux(t, app))))
		},
		// The mux behind still redirects what begins with the base path only after cleaning.
		Features: adaptertest.Features{NoGroups: true, CleansPaths: true},
	})
}

// newMux has the app's own routes. A group is a mux inside of the mux.
func newMux(t testing.TB, app adaptertest.App) *http.ServeMux {
	mux := http.NewServeMux()
	for _, route := range app.Routes {
		access := authhttp.Load(app.Auth)
		if route.Require {
			access = authhttp.Require(app.Auth, route.Guards...)
		}
		path := route.Path
		if path == "/" {
			path = "/{$}"
		}
		pattern := route.Method + " " + route.Group + path
		if route.Group == "" {
			mux.Handle(pattern, access(handler(t, route.Handle)))
			continue
		}
		group := http.NewServeMux()
		group.Handle(pattern, handler(t, route.Handle))
		mux.Handle(route.Group+"/", access(group))
	}
	return mux
}

func handler(t testing.TB, handle func(*core.ActiveSession, []byte) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		_, _ = io.WriteString(w, handle(authhttp.Session(r), body))
	})
}

// inFront is the middleware that app asks for.
func inFront(t testing.TB, app adaptertest.App, h http.Handler) http.Handler {
	if app.Cookie != "" {
		h = before(h, func(w http.ResponseWriter, r *http.Request) *http.Request {
			w.Header().Add("Set-Cookie", app.Cookie)
			return r
		})
	}
	if app.Context != nil {
		h = before(h, func(_ http.ResponseWriter, r *http.Request) *http.Request {
			return r.WithContext(app.Context(r.Context()))
		})
	}
	if app.EatBody {
		h = before(h, func(_ http.ResponseWriter, r *http.Request) *http.Request {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				t.Error(err)
			}
			return r
		})
	}
	if app.BodyLimit > 0 {
		h = http.MaxBytesHandler(h, app.BodyLimit)
	}
	if app.FrontEnd != "" {
		h = cors(app.FrontEnd, h)
	}
	return h
}

func before(next http.Handler, step func(http.ResponseWriter, *http.Request) *http.Request) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, step(w, r)) })
}

// cors is the least of a CORS middleware. The standard library has none.
func cors(origin string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		if r.Header.Get("Origin") == origin {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Expose-Headers", "set-auth-token")
		}
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", "GET, POST")
			h.Set("Access-Control-Allow-Headers", "Content-Type")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func serve(t testing.TB, h http.Handler) string {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}
