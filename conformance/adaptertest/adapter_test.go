package adaptertest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/conformance/adaptertest"
	"github.com/cardea-auth/cardea/core"
)

// TestSound runs the suite against the smallest adapter there can be: core is an http.Handler already. The router is a
// list of paths.
func TestSound(t *testing.T) {
	t.Parallel()
	adaptertest.Run(t, adaptertest.Options{Serve: func(t testing.TB, app adaptertest.App) string { return serve(t, app, fault{}) }})
}

type sessionKey struct{}

// fault is what is wrong with an adapter. What is nil or false is right.
type fault struct {
	// request changes what core sees of a request.
	request func(r *http.Request)
	// response changes what core answers.
	response func(res *core.Response)
	// serve takes the place of core's own ServeHTTP.
	serve func(auth *core.Auth, w http.ResponseWriter, r *http.Request)
	// visit takes the place of what Load and Require do.
	visit func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler)
	// under says which requests are core's.
	under func(base string, r *http.Request) bool
	// anyGroup mounts in every group.
	anyGroup bool
}

// mount is what the adapter does with a request of core's.
func (f *fault) mount(auth *core.Auth, w http.ResponseWriter, r *http.Request) {
	if f.request != nil {
		f.request(r)
	}
	if f.serve != nil {
		f.serve(auth, w, r)
		return
	}
	res := auth.Serve(r.Context(), r)
	if f.response != nil {
		res = &core.Response{Status: res.Status, Header: res.Header.Clone(), Body: slices.Clone(res.Body)}
		f.response(res)
	}
	res.WriteTo(w)
}

func serve(t testing.TB, app adaptertest.App, f fault) string {
	t.Helper()
	base := app.Auth.BasePath()
	if !strings.HasPrefix(base, app.Group) && !f.anyGroup {
		panic("the group " + app.Group + " is not the beginning of the base path " + base)
	}
	if f.visit == nil {
		f.visit = visit
	}
	if f.under == nil {
		f.under = under
	}
	routes := map[string]http.Handler{}
	for _, route := range app.Routes {
		routes[route.Method+" "+route.Group+route.Path] = guarded(t, app.Auth, route, f)
	}
	server := httptest.NewServer(inFront(t, app, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.under(base, r) {
			f.mount(app.Auth, w, r)
			return
		}
		if h := routes[r.Method+" "+r.URL.EscapedPath()]; h != nil {
			h.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusNotFound)
	})))
	t.Cleanup(server.Close)
	return server.URL
}

func under(base string, r *http.Request) bool {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), base)
	return ok && (rest == "" || rest[0] == '/')
}

// guarded is a route behind the adapter's Load or Require.
func guarded(t testing.TB, auth *core.Auth, route adaptertest.Route, f fault) http.Handler {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		s, _ := r.Context().Value(sessionKey{}).(*core.ActiveSession)
		_, _ = io.WriteString(w, route.Handle(s, body))
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route.Require {
			f.visit(auth.Require(r.Context(), r, route.Guards...), w, r, handler)
		} else {
			f.visit(auth.Load(r.Context(), r), w, r, handler)
		}
	})
}

func visit(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
	if v.Refusal != nil {
		v.Refusal.WriteTo(w)
		return
	}
	for name, values := range v.Header {
		w.Header()[name] = append(w.Header()[name], values...)
	}
	next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sessionKey{}, v.Session)))
}

// inFront is the middleware that an app asks for.
func inFront(t testing.TB, app adaptertest.App, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from := r.Header.Get("Origin"); app.FrontEnd != "" && from == app.FrontEnd {
			h := w.Header()
			h.Set("Access-Control-Allow-Origin", from)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Expose-Headers", "set-auth-token")
			if r.Header.Get("Access-Control-Request-Method") != "" {
				h.Set("Access-Control-Allow-Methods", "GET, POST")
				h.Set("Access-Control-Allow-Headers", "Content-Type")
				w.WriteHeader(http.StatusNoContent)
				return
			}
		}
		if app.BodyLimit > 0 {
			r.Body = http.MaxBytesReader(w, r.Body, app.BodyLimit)
		}
		if app.EatBody {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				t.Error(err)
			}
		}
		if app.Context != nil {
			r = r.WithContext(app.Context(r.Context()))
		}
		if app.Cookie != "" {
			w.Header().Add("Set-Cookie", app.Cookie)
		}
		next.ServeHTTP(w, r)
	})
}
