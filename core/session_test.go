package core_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
)

const (
	day        = 24 * time.Hour
	getSession = "/api/auth/get-session"
)

func TestSessionLifeCycle(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	cookie := r.signUp("ann@example.com")
	wantStatus(t, r.do("GET", getSession, "", "Cookie", cookie), 200, `"email":"ann@example.com"`)

	r.clock.Advance(day - time.Millisecond)
	if a := r.do("GET", getSession, "", "Cookie", cookie); len(a.header["Set-Cookie"]) != 0 {
		t.Errorf("refreshed before updateAge: %v", a.header["Set-Cookie"])
	}
	r.clock.Advance(time.Millisecond)
	if a := r.do("GET", getSession+"?disableRefresh=false", "", "Cookie", cookie); len(a.header["Set-Cookie"]) != 0 {
		t.Errorf("any text in disableRefresh is true, as in JavaScript: %v", a.header["Set-Cookie"])
	}
	a := r.do("GET", getSession, "", "Cookie", cookie)
	if got := strings.Join(a.header["Set-Cookie"], "\n"); !strings.Contains(got, "Max-Age=604800") {
		t.Errorf("not refreshed at updateAge: %q", got)
	}
	if want := r.Now().Add(7 * day).Format("2006-01-02T15:04:05.000Z"); !strings.Contains(a.body, want) {
		t.Errorf("got %s, want an expiry of %s", a.body, want)
	}

	r.clock.Advance(7*day - time.Millisecond)
	wantStatus(t, r.do("GET", getSession+"?disableRefresh=1", "", "Cookie", cookie), 200, "ann@")
	r.clock.Advance(time.Millisecond)
	a = r.do("GET", getSession, "", "Cookie", cookie)
	wantStatus(t, a, 200, "null")
	if got := len(a.header["Set-Cookie"]); got != 3 {
		t.Errorf("%d cookies are expired, want session_token, session_data and dont_remember: %v", got, a.header["Set-Cookie"])
	}
	if n, err := r.Store().Count(t.Context(), storeFrom(r, model.SessionTable)); err != nil || n != 0 {
		t.Errorf("%d rows (%v) after expiry, want none", n, err)
	}
}

func TestProlongedSessionIsNoNewOne(t *testing.T) {
	t.Parallel()
	made := 0
	r := newRig(t, func(c *core.Config) {
		c.Hooks = []core.Hook{core.AfterAny(core.Everywhere, func(_ context.Context, x *core.Exchange, out any, err error) (any, error) {
			if x.NewSession() != nil {
				made++
			}
			return out, err
		})}
	})
	cookie := r.signUp("ann@example.com")
	r.clock.Advance(2 * day)
	if a := r.do("GET", getSession, "", "Cookie", cookie); len(a.header["Set-Cookie"]) != 1 || made != 1 {
		t.Errorf("%d sessions were made by one sign-up and a refresh (%v)", made, a.header["Set-Cookie"])
	}
}

func TestExpiryAtTheVeryMillisecond(t *testing.T) {
	t.Parallel()
	for compat, want := range map[core.Compat]string{core.Hardened: "null", core.Exact: "ann@"} {
		r := newRig(t, func(c *core.Config) { c.Compat, c.Session.DisableRefresh = compat, true })
		cookie := r.signUp("ann@example.com")
		r.clock.Advance(7 * day)
		wantStatus(t, r.do("GET", getSession, "", "Cookie", cookie), 200, want)
	}
}

func TestNotRemembered(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.signUp("ann@example.com")
	a := r.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1","rememberMe":false}`)
	lines := a.header["Set-Cookie"]
	if len(lines) != 2 || strings.Contains(lines[0], "Max-Age") || !strings.HasPrefix(lines[1], "better-auth.dont_remember=true.") {
		t.Fatalf("got %v, want a session cookie without Max-Age and the mark", lines)
	}
	cookie := sessionCookie + "=" + a.cookie(sessionCookie) + "; better-auth.dont_remember=" + a.cookie("better-auth.dont_remember")
	r.clock.Advance(day - time.Millisecond)
	if a := r.do("GET", getSession, "", "Cookie", cookie); len(a.header["Set-Cookie"]) != 0 || !strings.Contains(a.body, "ann@") {
		t.Errorf("got %s %v, want the session as it was", a.body, a.header["Set-Cookie"])
	}
	r.clock.Advance(time.Millisecond)
	wantStatus(t, r.do("GET", getSession, "", "Cookie", cookie), 200, "null")

	// Signing in again, remembered, takes the mark away.
	a = r.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1"}`, "Cookie", cookie)
	lines = a.header["Set-Cookie"]
	if len(lines) != 2 || !strings.Contains(lines[0], "Max-Age=604800") || !strings.HasPrefix(lines[1], "better-auth.dont_remember=; Max-Age=0") {
		t.Errorf("got %v, want the mark expired", lines)
	}
}

func TestForgedCookiesAreNoSession(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	good := strings.TrimPrefix(r.signUp("ann@example.com"), sessionCookie+"=")
	token, sig, _ := strings.Cut(good, ".")
	for name, value := range map[string]string{
		"no signature": token, "empty": "", "other signature": token + "." + strings.Repeat("A", 43) + "%3D",
		"other token": strings.Repeat("x", 32) + "." + sig, "signature alone": "." + sig, "token doubled": token + token + "." + sig,
	} {
		a := r.do("GET", getSession, "", "Cookie", sessionCookie+"="+value)
		if a.body != "null" || len(a.header["Set-Cookie"]) != 0 {
			t.Errorf("%s: got %s %v, want null and no change of cookies", name, a.body, a.header["Set-Cookie"])
		}
	}
}

func TestTossedCookieDoesNotCount(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	good := r.signUp("ann@example.com")
	tossed := sessionCookie + "=attacker.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D; " + good
	wantStatus(t, r.do("GET", getSession, "", "Cookie", tossed), 200, "ann@")
	wantStatus(t, r.do("GET", getSession, "", "Cookie", good+"; "+sessionCookie+"=attacker"), 200, "ann@")
}

func TestSignInNeverAdoptsAToken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	before := r.signUp("ann@example.com")
	a := r.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1"}`, "Cookie", before)
	if after := sessionCookie + "=" + a.cookie(sessionCookie); after == before {
		t.Error("the token presented before signing in was kept")
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	cookie := r.signUp("ann@example.com")
	a := r.do("POST", "/api/auth/sign-out", "", "Cookie", cookie)
	wantStatus(t, a, 200, `{"success":true}`)
	want := []string{"better-auth.session_token=; Max-Age=0", "better-auth.session_data=; Max-Age=0", "better-auth.dont_remember=; Max-Age=0"}
	for i, line := range a.header["Set-Cookie"] {
		if i >= len(want) || !strings.HasPrefix(line, want[i]) {
			t.Errorf("cookie %d: got %q", i, line)
		}
	}
	wantStatus(t, r.do("GET", getSession, "", "Cookie", cookie), 200, "null")
	wantStatus(t, r.do("POST", "/api/auth/sign-out", "", "Cookie", cookie), 200, `{"success":true}`)
}

func TestRevokedDuringRefreshStaysRevoked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	cookie := r.signUp("ann@example.com")
	r.clock.Advance(2 * day)
	req := httptest.NewRequest("GET", testOrigin+"/me", nil)
	req.Header.Set("Cookie", cookie)
	v := r.Load(t.Context(), req)
	if v.Session == nil || len(v.Header["Set-Cookie"]) != 1 {
		t.Fatalf("got %+v, want a session with its cookie set again", v)
	}
	if err := r.DeleteSession(t.Context(), v.Session.Session.Token); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, r.do("GET", getSession, "", "Cookie", cookie), 200, "null")
}

func TestFreshSession(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.Plugins = append(c.Plugins, testPlugin{core.Manifest{ID: "levels", Endpoints: []core.AnyEndpoint{
			endpoint("a", "GET", "/session", core.Session), endpoint("b", "GET", "/stored", core.StoredSession),
			endpoint("c", "GET", "/fresh", core.FreshSession), endpoint("d", "GET", "/server", core.ServerOnly),
		}}})
	})
	cookie := r.signUp("ann@example.com")
	for path, want := range map[string]int{"/session": 401, "/stored": 401, "/fresh": 401, "/server": 404} {
		wantStatus(t, r.do("GET", "/api/auth"+path, ""), want, "")
	}
	for _, path := range []string{"/session", "/stored", "/fresh"} {
		wantStatus(t, r.do("GET", "/api/auth"+path, "", "Cookie", cookie), 200, "{}")
	}
	r.clock.Advance(day)
	wantStatus(t, r.do("GET", "/api/auth/fresh", "", "Cookie", cookie), 403, "SESSION_NOT_FRESH")
	wantStatus(t, r.do("GET", "/api/auth/stored", "", "Cookie", cookie), 200, "{}")
}

func TestSessionRowSaysWhereFrom(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		compat  core.Compat
		headers []string
		ip, ua  string
	}{
		{core.Hardened, []string{"X-Forwarded-For", "203.0.113.7", "User-Agent", "UA/1.0"}, "192.0.2.1", "UA/1.0"}, // httptest's own address
		{core.Exact, []string{"X-Forwarded-For", "203.0.113.7", "User-Agent", "UA/\xe9"}, "203.0.113.7", "UA/é"},
		{core.Exact, []string{"X-Forwarded-For", "203.0.113.7, 10.0.0.1"}, "", ""},
		{core.Exact, nil, "", ""},
	} {
		r := newRig(t, func(cfg *core.Config) { cfg.Compat = c.compat })
		wantStatus(t, r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"a@example.com","password":"password-1"}`, c.headers...), 200, "")
		rec, err := r.Store().FindOne(t.Context(), storeFrom(r, model.SessionTable))
		if err != nil {
			t.Fatal(err)
		}
		if rec["ipAddress"] != c.ip || rec["userAgent"] != c.ua {
			t.Errorf("got %q %q, want %q %q", rec["ipAddress"], rec["userAgent"], c.ip, c.ua)
		}
	}
}

func TestGuards(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	req := httptest.NewRequest("GET", testOrigin+"/page", nil)
	v := r.Require(t.Context(), req, core.RedirectTo("/login"))
	if v.Refusal == nil || v.Refusal.Status != http.StatusFound || v.Refusal.Header.Get("Location") != "/login" {
		t.Errorf("got %+v, want 302 to /login", v.Refusal)
	}
	if v := r.Require(t.Context(), req); v.Refusal == nil || v.Refusal.Status != 401 || string(v.Refusal.Body) != `{"message":"Unauthorized","code":"UNAUTHORIZED"}` {
		t.Errorf("got %+v, want 401", v.Refusal)
	}
	if v := r.Load(t.Context(), req); v.Refusal != nil || v.Session != nil {
		t.Errorf("Load: got %+v, want nothing", v)
	}
	req.Header.Set("Cookie", r.signUp("ann@example.com"))
	if v := r.Require(t.Context(), req, core.RedirectTo("/login")); v.Refusal != nil || v.Session == nil || v.Session.User.Email != "ann@example.com" {
		t.Errorf("got %+v, want the session", v)
	}
}

func TestUserDeletedMeansNoSession(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	cookie := r.signUp("ann@example.com")
	if _, err := r.Store().Delete(t.Context(), storeFrom(r, model.UserTable, store.Eq("email", "ann@example.com"))); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, r.do("GET", getSession, "", "Cookie", cookie), 200, "null")
}

func TestLifetimeThatNoCookieCanHave(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) { c.Compat, c.Session.ExpiresIn = core.Exact, 401*day })
	body := `{"name":"A","email":"a@example.com","password":"password-1"}`
	wantStatus(t, r.do("POST", "/api/auth/sign-up/email", body), 500, "")
	if n, err := r.Store().Count(t.Context(), storeFrom(r, model.UserTable)); err != nil || n != 0 {
		t.Errorf("%d users (%v) are left of a sign-up that failed", n, err)
	}
}

// bytesStore gives text as bytes, as MySQL's driver does, and has no join of its own.
type bytesStore struct{ store.Store }

func (s bytesStore) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	rec, err := s.Store.FindOne(ctx, q)
	out := store.Record{}
	for k, v := range rec {
		if text, ok := v.(string); ok {
			v = []byte(text)
		}
		out[k] = v
	}
	return out, err
}

func TestStoreWithoutAJoin(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) { c.Store = bytesStore{memdb.New()} })
	cookie := r.signUp("ann@example.com")
	wantStatus(t, r.do("GET", getSession, "", "Cookie", cookie), 200, `"email":"ann@example.com"`)
}
