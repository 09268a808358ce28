package core_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// witness is a plugin that notes what it observes, and has endpoints that end in every way.
type witness struct {
	id        string
	mu        sync.Mutex
	lines     []string
	endpoints []core.AnyEndpoint
}

type witnessKey struct{}

func (w *witness) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, w.id+" "+fmt.Sprintf(format, args...))
}

func (w *witness) Manifest() core.Manifest {
	return core.Manifest{ID: w.id, Endpoints: w.endpoints, Observe: func(ctx context.Context, x *core.Exchange) (context.Context, func(core.Outcome)) {
		id := ""
		if e := x.Endpoint(); e != nil {
			id = e.Spec().ID
		}
		w.note("begins %s", id)
		return context.WithValue(ctx, witnessKey{}, id), func(o core.Outcome) {
			w.note("ends %s %d %s%s", id, o.Status, o.Code, o.Challenge)
		}
	}}
}

// want checks what was noted since the last time.
func (w *witness) want(t *testing.T, want ...string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if got := strings.Join(w.lines, "; "); got != strings.Join(want, "; ") {
		t.Errorf("got  %s\nwant %s", got, strings.Join(want, "; "))
	}
	w.lines = nil
}

func ending(id string, h core.Handler[core.None, string]) *core.Endpoint[core.None, string] {
	return core.Define(core.Spec{ID: id, Method: "GET", Path: "/" + id, Access: core.Public}, h)
}

func TestObserveEveryEnd(t *testing.T) {
	t.Parallel()
	ends := map[string]struct {
		handler core.Handler[core.None, string]
		want    string
	}{
		"fine": {func(ctx context.Context, _ *core.Exchange, _ core.None) (string, error) {
			if ctx.Value(witnessKey{}) != "fine" {
				return "", errors.New("the observer's context did not arrive")
			}
			return "", nil
		}, "200 "},
		"refused": {func(context.Context, *core.Exchange, core.None) (string, error) {
			return "", fmt.Errorf("wrapped: %w", emailpassword.ErrInvalidPassword)
		}, "400 INVALID_PASSWORD"},
		"redirected": {func(context.Context, *core.Exchange, core.None) (string, error) {
			return "", core.Redirect("/elsewhere")
		}, "302 "},
		"challenged": {func(context.Context, *core.Exchange, core.None) (string, error) {
			return "", &core.Challenge{Method: "two-factor"}
		}, "200 two-factor"},
		"broken": {func(context.Context, *core.Exchange, core.None) (string, error) { return "", errors.New("x") }, "500 "},
		"mad":    {func(context.Context, *core.Exchange, core.None) (string, error) { panic("x") }, "500 "},
		"gone":   {func(context.Context, *core.Exchange, core.None) (string, error) { panic(http.ErrAbortHandler) }, "500 "},
	}
	w := &witness{id: "w"}
	for id, e := range ends {
		w.endpoints = append(w.endpoints, ending(id, e.handler))
	}
	r := newRig(t, func(c *core.Config) { c.Plugins = append(c.Plugins, w) })
	for id, e := range ends {
		for _, call := range []func(){
			func() { r.do("GET", "/api/auth/"+id, "") },
			func() { _, _ = r.Call(t.Context(), id, core.CallInput{}) },
		} {
			func() {
				defer func() { _ = recover() }()
				call()
			}()
			w.want(t, "w begins "+id, "w ends "+id+" "+e.want)
		}
	}
}

func TestObserveHTTP(t *testing.T) {
	t.Parallel()
	w := &witness{id: "w"}
	r := newRig(t, func(c *core.Config) { c.Plugins = append(c.Plugins, w) })
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", "/api/auth/no-such-path", "", " 404 "},
		{"POST", "/api/auth/sign-in/email", `{"email":`, "signInEmail 400 BAD_REQUEST"},
		{"POST", "/api/auth/sign-in/email", `{}`, "signInEmail 400 VALIDATION_ERROR"},
		{"POST", "/api/auth/sign-in/email", `{"email":"a@example.com","password":"x"}`, "signInEmail 401 INVALID_EMAIL_OR_PASSWORD"},
	} {
		r.do(c.method, c.path, c.body)
		id, _, _ := strings.Cut(c.want, " ")
		w.want(t, "w begins "+id, "w ends "+c.want)
	}
	r.do("GET", "/elsewhere", "")
	w.want(t) // outside of the base path it is not ours
}

func TestObserversNest(t *testing.T) {
	t.Parallel()
	first, second := &witness{id: "first"}, &witness{id: "second"}
	second.endpoints = []core.AnyEndpoint{ending("outer", func(ctx context.Context, x *core.Exchange, _ core.None) (string, error) {
		_, err := core.OK.Call(ctx, x.Auth(), core.None{})
		return "", err
	})}
	share := func(c *core.Config) { c.Plugins = append(c.Plugins, first, second) }
	r := newRig(t, share)
	r.do("GET", "/api/auth/outer", "")
	first.want(t, "first begins outer", "first begins ok", "first ends ok 200 ", "first ends outer 200 ")
	second.want(t, "second begins outer", "second begins ok", "second ends ok 200 ", "second ends outer 200 ")
}

// A broken observer costs a line in the log and nothing else.
func TestObserverCannotHarm(t *testing.T) {
	t.Parallel()
	w := &witness{id: "w"}
	r := newRig(t, func(c *core.Config) {
		c.Plugins = append(c.Plugins,
			observer{"begin", func(context.Context, *core.Exchange) (context.Context, func(core.Outcome)) { panic("at the beginning") }},
			observer{"end", func(ctx context.Context, _ *core.Exchange) (context.Context, func(core.Outcome)) {
				return ctx, func(core.Outcome) { panic("at the end") }
			}},
			observer{"none", func(ctx context.Context, _ *core.Exchange) (context.Context, func(core.Outcome)) { return ctx, nil }},
			w)
	})
	req := httptest.NewRequest(http.MethodGet, testOrigin+"/api/auth/ok", nil)
	if res := r.Serve(t.Context(), req); res.Status != 200 {
		t.Errorf("over HTTP: got %d, want 200", res.Status)
	}
	if _, err := core.OK.Call(t.Context(), r.Auth, core.None{}); err != nil {
		t.Errorf("in process: got %v", err)
	}
	w.want(t, "w begins ok", "w ends ok 200 ", "w begins ok", "w ends ok 200 ")
	for _, text := range []string{"at the beginning", "at the end"} {
		if n := strings.Count(r.log.String(), "panic: "+text); n != 2 {
			t.Errorf("%q is in the log %d times, want 2", text, n)
		}
	}
}

type observer struct {
	id      string
	observe core.Observer
}

func (o observer) Manifest() core.Manifest { return core.Manifest{ID: o.id, Observe: o.observe} }

// TestNobodyObserves holds the price of observers where there are none: nothing.
func TestNobodyObserves(t *testing.T) {
	auth := newRig(t).Auth
	got := testing.AllocsPerRun(200, func() {
		if _, err := core.OK.Call(t.Context(), auth, core.None{}); err != nil {
			t.Fatal(err)
		}
	})
	if got > 3 {
		t.Errorf("an in-process call allocates %v times, want 3", got)
	}
}
