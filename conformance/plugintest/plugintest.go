// Package plugintest checks what must hold for every plugin, ours or yours.
//
//	func TestPlugin(t *testing.T) {
//		plugintest.Run(t, plugintest.Options{New: func() core.Plugin { return devices.New() }})
//	}
//
// It looks at the manifest, builds an Auth with the plugin over a memory store, sends every endpoint requests that no
// plugin may stumble over, and closes it. What the plugin is for is tested by its own tests.
package plugintest

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// Options says what to test.
type Options struct {
	// New makes the plugin, anew for each case. It is mandatory.
	New func() core.Plugin
	// With are further plugins that it requires, made anew for each case.
	With func() []core.Plugin
	// NewStore opens an empty, migrated store. The default is a memory store.
	NewStore func(t testing.TB) store.Store
}

// Run runs all cases as subtests.
func Run(t *testing.T, o Options) {
	t.Helper()
	if o.New == nil {
		t.Fatal("plugintest: Options.New is mandatory")
	}
	if o.NewStore == nil {
		o.NewStore = func(testing.TB) store.Store { return memdb.New() }
	}
	t.Run("manifest is data", o.manifestIsData)
	t.Run("manifest is complete", o.manifestIsComplete)
	t.Run("access is enforced", o.accessIsEnforced)
	t.Run("odd requests are answered", o.oddRequests)
	t.Run("two installations do not share", o.twoInstallations)
	t.Run("closes", o.closes)
}

const secret = "plugintest-secret-0123456789-0123456789"

// newAuth builds an Auth with the plugin and a log that the test can look at.
func (o Options) newAuth(t *testing.T, p core.Plugin) (*core.Auth, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	plugins := []core.Plugin{p}
	if o.With != nil {
		plugins = append(o.With(), p)
	}
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:3000", Secret: secret, Store: o.NewStore(t), Plugins: plugins,
		Logger: slog.New(slog.NewTextHandler(&log, nil)), RateLimit: core.RateLimitConfig{Enabled: core.Off},
	})
	if err != nil {
		t.Fatalf("core.New: %v", err)
	}
	t.Cleanup(func() {
		if err := auth.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return auth, &log
}

// manifestIsData: the same answer every time, without I/O and without side effects.
func (o Options) manifestIsData(t *testing.T) {
	t.Parallel()
	p := o.New()
	first, second := p.Manifest(), p.Manifest()
	if first.ID != second.ID || len(first.Endpoints) != len(second.Endpoints) || len(first.Hooks) != len(second.Hooks) {
		t.Error("two calls of Manifest differ: it must return the same every time")
	}
	for i := range first.Endpoints {
		if i < len(second.Endpoints) && first.Endpoints[i] != second.Endpoints[i] {
			t.Errorf("endpoint %q is another value at the second call of Manifest: make endpoints in New", first.Endpoints[i].Spec().ID)
		}
	}
}

func (o Options) manifestIsComplete(t *testing.T) {
	t.Parallel()
	m := o.New().Manifest()
	if m.ID == "" || m.ID != strings.ToLower(m.ID) || strings.ContainsAny(m.ID, " _/") {
		t.Errorf("id %q: want lower case with dashes", m.ID)
	}
	for _, e := range m.Endpoints {
		if e.InType().Kind() != reflect.Struct {
			t.Errorf("endpoint %q takes %v: want a struct", e.Spec().ID, e.InType())
		}
	}
	for _, e := range m.Errors {
		if e.Status < 400 || e.Status > 599 || e.Message == "" {
			t.Errorf("error %q has status %d and message %q: want a status of 4xx or 5xx and a text", e.Code, e.Status, e.Message)
		}
		if e.Code != strings.ToUpper(e.Code) {
			t.Errorf("error code %q: want upper case", e.Code)
		}
	}
	for _, ext := range m.Schema {
		for _, c := range ext.Columns {
			if c.Required && c.Default == nil && (ext.Table == "user" || ext.Table == "session") {
				t.Errorf("column %q of %q is required without a default: rows that exist already have no value for it", c.Name, ext.Table)
			}
		}
	}
}

// accessIsEnforced: whoever has no session gets nothing but what is public, and no path answers to two spellings.
func (o Options) accessIsEnforced(t *testing.T) {
	t.Parallel()
	p := o.New()
	auth, _ := o.newAuth(t, p)
	for _, e := range p.Manifest().Endpoints {
		s := e.Spec()
		for _, method := range strings.Fields(s.Method) {
			path := auth.BasePath() + fillParams(s.Path)
			res := send(auth, method, path, "{}")
			switch s.Access {
			case core.Session, core.StoredSession, core.FreshSession:
				// 400 comes first where the input is not valid; what must not come is an answer.
				if res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusBadRequest {
					t.Errorf("%s %s without a session: got %d, want 401", method, path, res.StatusCode)
				}
			case core.ServerOnly:
				if res.StatusCode != http.StatusNotFound {
					t.Errorf("%s %s is server-only: got %d, want 404", method, path, res.StatusCode)
				}
			}
			for _, other := range []string{path + "/", strings.ToUpper(path), "/" + path, strings.Replace(path, "/", "//", 2)} {
				if res := send(auth, method, other, "{}"); res.StatusCode != http.StatusNotFound {
					t.Errorf("%s %s: got %d, want 404", method, other, res.StatusCode)
				}
			}
		}
	}
}

var oddBodies = map[string]string{
	"empty object":    `{}`,
	"array":           `[]`,
	"null":            `null`,
	"string":          `"x"`,
	"number":          `1e999`,
	"not json":        `{"`,
	"trailing":        `{} {}`,
	"deep":            strings.Repeat("[", 100) + strings.Repeat("]", 100),
	"wrong types":     `{"email":1,"password":{},"name":[],"id":true,"token":null,"callbackURL":{"x":1}}`,
	"prototype":       `{"__proto__":{"admin":true},"constructor":1}`,
	"control":         `{"email":"a\u0000b@example.com","name":"\u0000"}`,
	"invalid unicode": "{\"name\":\"\xff\xfe\"}",
}

// oddRequests: whatever comes, the answer is one for the client and nothing breaks.
func (o Options) oddRequests(t *testing.T) {
	t.Parallel()
	p := o.New()
	auth, log := o.newAuth(t, p)
	for _, e := range p.Manifest().Endpoints {
		s := e.Spec()
		if s.Access == core.ServerOnly {
			continue
		}
		for _, method := range strings.Fields(s.Method) {
			for name, body := range oddBodies {
				log.Reset()
				res := send(auth, method, auth.BasePath()+fillParams(s.Path)+"?callbackURL=%2F%2Fevil.example&x=1&x=2", body)
				if res.StatusCode >= 500 {
					t.Errorf("%s %s with %s: got %d: %s", method, s.Path, name, res.StatusCode, log)
				}
			}
		}
	}
}

// twoInstallations: one plugin value in two Auths would share what Init keeps, so New must make separate ones.
func (o Options) twoInstallations(t *testing.T) {
	t.Parallel()
	a, b := o.New(), o.New()
	if reflect.ValueOf(a).Kind() == reflect.Pointer && a == b {
		t.Fatal("New returns the same plugin twice")
	}
	o.newAuth(t, a)
	o.newAuth(t, b)
}

func (o Options) closes(t *testing.T) {
	t.Parallel()
	auth, _ := o.newAuth(t, o.New())
	for range 2 {
		if err := auth.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
}

func fillParams(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if strings.HasPrefix(s, ":") {
			segments[i] = "x"
		}
	}
	return strings.Join(segments, "/")
}

func send(auth *core.Auth, method, path, body string) *http.Response {
	var reader io.Reader
	if method != http.MethodGet {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, "http://localhost:3000", reader)
	r.URL.Path = path
	if before, query, ok := strings.Cut(path, "?"); ok {
		r.URL.Path, r.URL.RawQuery = before, query
	}
	if reader != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Origin", "http://localhost:3000")
	w := httptest.NewRecorder()
	auth.ServeHTTP(w, r)
	return w.Result()
}
