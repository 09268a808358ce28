package adaptertest

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

var guardCases = []testCase{
	{"Require", nil, require},
	{"RedirectTo", nil, redirectTo},
	{"Load", nil, load},
	{"Guards", nil, guards},
	{"Prolongs", nil, prolongs},
	{"Expires", nil, expires},
	{"Revoked", nil, revoked},
	{"DeadStore", nil, deadStore},
}

// The defaults of Config.Session.
const (
	refreshAge = 24 * time.Hour
	lifetime   = 7 * 24 * time.Hour
)

// visits is a route's handler that counts its calls.
type visits struct{ n atomic.Int32 }

func (v *visits) handle(s *core.ActiveSession, body []byte) string {
	v.n.Add(1)
	return nameOf(s, body)
}

func (v *visits) want(k *kit, n int32) {
	k.Helper()
	if got := v.n.Swap(0); got != n {
		k.Errorf("the app's handler was called %d times, want %d", got, n)
	}
}

func require(k *kit) {
	var v visits
	k.serve(App{Routes: []Route{{Method: "GET", Path: "/me", Require: true, Handle: v.handle}}})
	ann, bob := k.signUp("ann"), k.signUp("bob")
	token := strings.TrimPrefix(ann, "Cookie: "+sessionCookie+"=")
	for what, line := range map[string]string{
		"no cookie":         "X-None: 1",
		"unsigned":          "Cookie: " + sessionCookie + "=" + token[:20],
		"forged":            "Cookie: " + sessionCookie + "=" + token[:len(token)-8] + "AAAAAAA%3D",
		"another name":      "Cookie: session_token=" + token,
		"empty":             "Cookie: " + sessionCookie + "=",
		"in another header": "X-Cookie: " + sessionCookie + "=" + token,
	} {
		a := k.get("/me", line)
		a.want(k.T, what, 401, `{"message":"Unauthorized","code":"UNAUTHORIZED"}`)
		if got := a.header.Get("Content-Type"); got != "application/json" {
			k.Errorf("%s: got content type %q, want application/json", what, got)
		}
	}
	v.want(k, 0)
	k.get("/me", ann).want(k.T, "ann", 200, "ann")
	k.get("/me", bob).want(k.T, "bob", 200, "bob")
	v.want(k, 2)
}

func redirectTo(k *kit) {
	var v visits
	k.serve(App{Routes: []Route{{Method: "GET", Path: "/page", Require: true, Guards: []core.Guard{core.RedirectTo("/login?x=1")}, Handle: v.handle}}})
	a := k.get("/page")
	if a.status != 302 || a.header.Get("Location") != "/login?x=1" || a.body != "" {
		k.Errorf("got %d to %q with %q, want a bare 302 to /login?x=1", a.status, a.header.Get("Location"), a.body)
	}
	v.want(k, 0)
	k.get("/page", k.signUp("ann")).want(k.T, "with a session", 200, "ann")
	v.want(k, 1)
}

func load(k *kit) {
	var v visits
	k.serve(App{Routes: []Route{{Method: "GET", Path: "/home", Handle: v.handle}}})
	k.get("/home").want(k.T, "without a session", 200, "nobody")
	k.get("/home", "Cookie: "+sessionCookie+"=nonsense").want(k.T, "with a bad cookie", 200, "nobody")
	k.get("/home", k.signUp("ann")).want(k.T, "with a session", 200, "ann")
	v.want(k, 3)
}

// guards: they are asked in order, the first that refuses answers, and what breaks in one is no way in.
func guards(k *kit) {
	var v visits
	var asked atomic.Int32
	pass := func(context.Context, *core.Exchange) error {
		asked.Add(1)
		return nil
	}
	method := func(_ context.Context, x *core.Exchange) error {
		if x.Method() != "GET" || x.RequestHeader("X-Probe") != "seen" || x.ClientIP() != "127.0.0.1" {
			return core.NewError(403, "NOT_SEEN", "The guard does not see the request.")
		}
		return nil
	}
	refuse := func(context.Context, *core.Exchange) error {
		return core.NewError(403, "NO_PLAN", "Not on your plan.").WithHeader("X-Plan", "free")
	}
	broken := func(context.Context, *core.Exchange) error { return errors.New("broken") }
	panics := func(context.Context, *core.Exchange) error { panic("guard") }
	route := func(path string, guards ...core.Guard) Route {
		return Route{Method: "GET", Path: path, Require: true, Guards: guards, Handle: v.handle}
	}
	k.serve(App{Routes: []Route{
		route("/pass", pass, method, pass), route("/refuse", pass, refuse, pass), route("/broken", broken), route("/panics", panics),
	}})
	cookie := k.signUp("ann")
	k.get("/pass", cookie, "X-Probe: seen").want(k.T, "all pass", 200, "ann")
	k.get("/pass", "X-Probe: seen").want(k.T, "all pass, no session", 401, "UNAUTHORIZED")
	if n := asked.Swap(0); n != 4 {
		k.Errorf("guards that pass were asked %d times, want 4", n)
	}
	v.want(k, 1)
	a := k.get("/refuse", cookie)
	a.want(k.T, "one refuses", 403, `{"message":"Not on your plan.","code":"NO_PLAN"}`)
	if a.header.Get("X-Plan") != "free" {
		k.Errorf("one refuses: got headers %v, want the error's own X-Plan", a.header)
	}
	if n := asked.Load(); n != 1 {
		k.Errorf("with a refusal in between, guards that pass were asked %d times, want 1", n)
	}
	k.get("/broken", cookie).wantBare(k.T, "one breaks", 500)
	k.get("/panics", cookie).wantBare(k.T, "one panics", 500)
	v.want(k, 0)
}

// prolongs: a session that is used lives on, and the visitor learns so by the app's own answer.
func prolongs(k *kit) {
	k.serve(App{Routes: []Route{
		{Method: "GET", Path: "/me", Require: true, Handle: nameOf},
		{Method: "GET", Path: "/home", Handle: nameOf},
	}})
	cookie := k.signUp("ann")
	for _, path := range []string{"/me", "/home", "/me"} {
		if a := k.get(path, cookie); a.header["Set-Cookie"] != nil {
			k.Errorf("%s: a young session was set again: %q", path, a.header["Set-Cookie"])
		}
		k.clock.advance(2 * refreshAge)
		a := k.get(path, cookie)
		a.want(k.T, path, 200, "ann")
		if lines := a.header["Set-Cookie"]; len(lines) != 1 || !strings.HasPrefix(lines[0], strings.TrimPrefix(cookie, "Cookie: ")+";") {
			k.Errorf("%s: got Set-Cookie %q, want the session's once", path, lines)
		}
	}
	k.clock.advance(lifetime - time.Minute) // far beyond its first lifetime
	k.get("/me", cookie).want(k.T, "prolonged", 200, "ann")
}

// expires: the cookies of a session that has ended are taken back, also by a refusal.
func expires(k *kit) {
	k.serve(App{Routes: []Route{
		{Method: "GET", Path: "/me", Require: true, Handle: nameOf},
		{Method: "GET", Path: "/home", Handle: nameOf},
	}})
	ann, bob := k.signUp("ann"), k.signUp("bob")
	k.clock.advance(2 * lifetime)
	taken := func(what string, a answer) {
		k.Helper()
		for _, line := range a.header["Set-Cookie"] {
			if strings.HasPrefix(line, sessionCookie+"=;") && strings.Contains(line, "Max-Age=0") {
				return
			}
		}
		k.Errorf("%s: got Set-Cookie %q, want the session cookie taken back", what, a.header["Set-Cookie"])
	}
	a := k.get("/me", ann)
	a.want(k.T, "Require", 401, "UNAUTHORIZED")
	taken("Require", a)
	a = k.get("/home", bob)
	a.want(k.T, "Load", 200, "nobody")
	taken("Load", a)
}

func revoked(k *kit) {
	k.serve(App{Routes: []Route{
		{Method: "GET", Path: "/me", Require: true, Handle: nameOf},
		{Method: "GET", Path: "/home", Handle: nameOf},
	}})
	cookie := k.signUp("ann")
	k.get("/me", cookie).want(k.T, "Require, before", 200, "ann")
	k.get("/home", cookie).want(k.T, "Load, before", 200, "ann")
	k.post("/api/auth/sign-out", "{}", cookie).want(k.T, "sign-out", 200, `"success":true`)
	k.get("/me", cookie).want(k.T, "Require", 401, "UNAUTHORIZED")
	k.get("/home", cookie).want(k.T, "Load", 200, "nobody")
}

// mortal is a store that dies and comes back.
type mortal struct {
	store.Store
	dead atomic.Bool
}

func (m *mortal) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	if m.dead.Load() {
		return nil, errors.New("the database has gone away")
	}
	return m.Store.FindOne(ctx, q)
}

func (m *mortal) Migrate(ctx context.Context, s *schema.Schema) error {
	if migrator, ok := m.Store.(store.Migrator); ok {
		return migrator.Migrate(ctx, s)
	}
	return nil
}

func (m *mortal) MigrationPlan(ctx context.Context, s *schema.Schema) (store.Plan, error) {
	if migrator, ok := m.Store.(store.Migrator); ok {
		return migrator.MigrationPlan(ctx, s)
	}
	return store.Plan{}, nil
}

// deadStore: nobody gets in, and nobody is signed out, while the database is away.
func deadStore(k *kit) {
	var v visits
	db := &mortal{Store: k.config.Store}
	k.config.Store = db
	k.serve(App{Routes: []Route{
		{Method: "GET", Path: "/me", Require: true, Handle: v.handle},
		{Method: "GET", Path: "/page", Require: true, Guards: []core.Guard{core.RedirectTo("/login")}, Handle: v.handle},
		{Method: "GET", Path: "/home", Handle: v.handle},
	}})
	cookie := k.signUp("ann")
	db.dead.Store(true)
	for _, path := range []string{"/me", "/page", "/home"} {
		a := k.get(path, cookie)
		a.wantBare(k.T, path, 500)
		if a.header["Set-Cookie"] != nil {
			k.Errorf("%s: got Set-Cookie %q, want the cookies left alone", path, a.header["Set-Cookie"])
		}
	}
	v.want(k, 0)
	db.dead.Store(false)
	k.get("/me", cookie).want(k.T, "afterwards", 200, "ann")
}
