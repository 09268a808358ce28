package authhttp_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	authhttp "github.com/cardea-auth/cardea/adapters/stdlib"
)

// TestBesidePatternsOfTheApp: patterns that would collide with one without a method do not collide with ours, whichever
// comes first.
func TestBesidePatternsOfTheApp(t *testing.T) {
	t.Parallel()
	patterns := []string{"GET /", "POST /{path...}", "/", "GET /api/{version}", "GET /api/auth/mine", "/api/"}
	for _, mountFirst := range []bool{true, false} {
		for _, pattern := range patterns {
			mux := http.NewServeMux()
			if mountFirst {
				authhttp.Mount(mux, newAuth())
			}
			mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
			if !mountFirst {
				authhttp.Mount(mux, newAuth())
			}
			v := &visitor{app: mux}
			for path, want := range map[string]int{"/api/auth/ok": 200, "/api/auth/nothing": 404, "/api/auth": 404} {
				if res := v.send("GET", path, ""); res.StatusCode != want {
					t.Errorf("beside %q, mounted first %v: GET %s got %d, want %d", pattern, mountFirst, path, res.StatusCode, want)
				}
			}
			if pattern == "GET /api/auth/mine" {
				if res := v.send("GET", "/api/auth/mine", ""); res.StatusCode != http.StatusTeapot {
					t.Errorf("the app's own route: got %d", res.StatusCode)
				}
				if res := v.send("POST", "/api/auth/mine", ""); res.StatusCode != http.StatusNotFound {
					t.Errorf("another method of the app's own path: got %d, want core's 404", res.StatusCode)
				}
			}
		}
	}
}

// TestMiddlewareComesBeforeCleaning: what ServeMux would redirect is core's to answer once core comes first.
func TestMiddlewareComesBeforeCleaning(t *testing.T) {
	t.Parallel()
	v := &visitor{app: authhttp.Middleware(newAuth())(http.NewServeMux())}
	for _, path := range []string{"/api/auth//ok", "/api/auth/./ok", "/api/auth/x/../ok", "/api/auth", "/api/auth/.."} {
		if res := v.send("GET", path, ""); res.StatusCode != http.StatusNotFound || res.Header.Get("Content-Type") != "" {
			t.Errorf("GET %s: got %d with %v, want a bare 404", path, res.StatusCode, res.Header)
		}
	}
}

// TestInnerHidesOuter: of two Loads the inner one counts, also where it finds nobody.
func TestInnerHidesOuter(t *testing.T) {
	t.Parallel()
	here, elsewhere := newAuth(), newAuth()
	v := &visitor{app: here}
	v.signUp("Ann")
	show := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, authhttp.Session(r) != nil, authhttp.FromContext(r.Context()) != nil)
	})
	for _, c := range []struct {
		name string
		app  http.Handler
		want string
	}{
		{"the outer alone", authhttp.Load(here)(show), "true true"},
		{"both", authhttp.Load(here)(authhttp.Load(elsewhere)(show)), "false false"},
	} {
		v.app = c.app
		body, err := io.ReadAll(v.send("GET", "/", "").Body)
		if err != nil || string(body) != c.want {
			t.Errorf("%s: got %q %v, want %q", c.name, body, err, c.want)
		}
	}
}

func TestSessionWithoutMiddleware(t *testing.T) {
	t.Parallel()
	if s := authhttp.Session(new(http.Request)); s != nil {
		t.Errorf("got %+v, want nil", s)
	}
}
