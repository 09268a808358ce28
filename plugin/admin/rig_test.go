package admin_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/admin"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

const (
	testOrigin    = "http://localhost:3000"
	sessionCookie = "better-auth.session_token"
)

// rig is an Auth with the plugin over a memory store.
type rig struct {
	*core.Auth
	t     testing.TB
	clock *authtest.Clock
	adm   *admin.Plugin

	mu     sync.Mutex
	events []string
}

// newRig makes a rig; change may alter its configuration and the plugin's options.
func newRig(t testing.TB, change ...func(*core.Config, *admin.Options)) *rig {
	t.Helper()
	r := &rig{t: t, clock: authtest.NewClock()}
	var o admin.Options
	c := core.Config{
		BaseURL: testOrigin, Secret: "admin-test-secret-0123456789-0123456789", Store: memdb.New(), Now: r.clock.Now,
		Logger:    slog.New(slog.NewTextHandler(io.Discard, nil)),
		Password:  core.PasswordConfig{Hasher: authtest.Hasher{}},
		RateLimit: core.RateLimitConfig{Enabled: core.Off},
		Hooks: []core.Hook{core.OnAnyEvent(func(_ context.Context, _ *core.Exchange, e core.Event) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.events = append(r.events, e.EventName())
		})},
	}
	for _, f := range change {
		f(&c, &o)
	}
	r.adm = admin.New(o)
	c.Plugins = append(c.Plugins, emailpassword.New(emailpassword.Options{}), r.adm)
	auth, err := core.New(c)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(func() {
		if err := auth.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	r.Auth = auth
	return r
}

func exact(c *core.Config, _ *admin.Options) { c.Compat = core.Exact }

// answer is a response as a client sees it.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request with the cookies given. Paths are those under the base path.
func (r *rig) do(method, path, body, cookies string) answer {
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req := httptest.NewRequest(method, testOrigin+"/api/auth"+path, reader)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if method != http.MethodGet {
		req.Header.Set("Origin", testOrigin)
	}
	if cookies != "" {
		req.Header.Set("Cookie", cookies)
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func (r *rig) post(path, body, cookies string) answer { return r.do("POST", path, body, cookies) }

// browser applies what an answer sets to a Cookie header, as a browser does.
func browser(cookies string, a answer) string {
	jar, order := map[string]string{}, []string{}
	set := func(name, value string) {
		if _, ok := jar[name]; !ok {
			order = append(order, name)
		}
		jar[name] = value
	}
	for pair := range strings.SplitSeq(cookies, "; ") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			set(name, value)
		}
	}
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.MaxAge < 0 {
			set(c.Name, "")
			continue
		}
		set(c.Name, c.Value)
	}
	var out []string
	for _, name := range order {
		if jar[name] != "" {
			out = append(out, name+"="+jar[name])
		}
	}
	return strings.Join(out, "; ")
}

// signUp makes a user with a role, "" for the default, and returns their id and cookies.
func (r *rig) signUp(name, role string) (id, cookies string) {
	r.t.Helper()
	a := r.post("/sign-up/email", `{"name":"`+name+`","email":"`+strings.ToLower(name)+`@example.com","password":"password-1"}`, "")
	var made struct{ User struct{ ID string } }
	if err := json.Unmarshal([]byte(a.body), &made); err != nil || a.status != 200 {
		r.t.Fatalf("sign-up: %d %s", a.status, a.body)
	}
	if role != "" {
		r.set(made.User.ID, store.Record{"role": role})
	}
	return made.User.ID, browser("", a)
}

func (r *rig) signIn(name string) answer {
	r.t.Helper()
	return r.post("/sign-in/email", `{"email":"`+strings.ToLower(name)+`@example.com","password":"password-1"}`, "")
}

// set changes columns of a user behind the plugin's back.
func (r *rig) set(id string, set store.Record) {
	r.t.Helper()
	if _, err := r.UpdateUser(r.t.Context(), id, set); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) user(id string) *model.User {
	r.t.Helper()
	u, err := r.FindUser(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return u
}

// sessions counts the rows of a user's sessions.
func (r *rig) sessions(id string) int {
	r.t.Helper()
	s, err := r.Sessions(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return len(s)
}

func (r *rig) told(event string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e == event {
			return true
		}
	}
	return false
}

func want(t testing.TB, a answer, status int, contains string) {
	t.Helper()
	if a.status != status || !strings.Contains(a.body, contains) {
		t.Errorf("got %d %s, want %d with %q", a.status, a.body, status, contains)
	}
}
