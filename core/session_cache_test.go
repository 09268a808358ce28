package core_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
)

const dataCookie = "better-auth.session_data"

// browser keeps cookies as a browser does.
type browser struct {
	*rig
	jar map[string]string
}

func (r *rig) browser() *browser { return &browser{r, map[string]string{}} }

func (b *browser) do(method, path, body string) answer {
	b.t.Helper()
	a := b.rig.do(method, path, body, "Cookie", b.header())
	for _, c := range a.cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			delete(b.jar, c.Name)
			continue
		}
		b.jar[c.Name] = c.Value
	}
	return a
}

func (b *browser) header() string {
	var pairs []string
	for name, value := range b.jar {
		pairs = append(pairs, name+"="+value)
	}
	return strings.Join(pairs, "; ")
}

func (b *browser) signUp(email string) {
	b.t.Helper()
	wantStatus(b.t, b.do("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"`+email+`","password":"password-1"}`), 200, email)
}

// countingStore counts the questions that a store is asked.
type countingStore struct {
	store.Store
	asked int
}

func (s *countingStore) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	s.asked++
	return s.Store.FindOne(ctx, q)
}

func withCache(s cache.Strategy) func(*core.Config) {
	return func(c *core.Config) {
		c.Session.CookieCache = core.CookieCacheConfig{Enabled: true, Strategy: s}
	}
}

var strategies = []cache.Strategy{cache.Compact, cache.JWT, cache.JWE}

func TestCookieCache(t *testing.T) {
	t.Parallel()
	for _, strategy := range strategies {
		t.Run(strategy.String(), func(t *testing.T) {
			t.Parallel()
			counted := &countingStore{Store: memdb.New()}
			r := newRig(t, withCache(strategy), func(c *core.Config) { c.Store = counted })
			b := r.browser()
			b.signUp("ann@example.com")
			if b.jar[dataCookie] == "" {
				t.Fatal("no cache after sign-up")
			}
			counted.asked = 0
			a := b.do("GET", getSession, "")
			wantStatus(t, a, 200, "ann@example.com")
			if counted.asked != 0 || len(a.header["Set-Cookie"]) != 0 {
				t.Errorf("the store was asked %d times, and got %v", counted.asked, a.header["Set-Cookie"])
			}
			fromCache := a.body
			if a = b.do("GET", getSession+"?disableCookieCache=true", ""); !sameJSON(t, a.body, fromCache) || counted.asked == 0 {
				t.Errorf("from the cache\n%s\nfrom the store (asked %d times)\n%s", fromCache, counted.asked, a.body)
			}

			// A revoked session stays visible for as long as the copy counts, but to nothing else.
			if err := r.DeleteSession(t.Context(), tokenOf(sessionCookie+"="+b.jar[sessionCookie])); err != nil {
				t.Fatal(err)
			}
			wantStatus(t, b.do("GET", getSession, ""), 200, "ann@example.com")
			old := b.header()
			for _, path := range []string{"list-sessions", "revoke-sessions", "unlink-account"} {
				method, body := "POST", `{"accountId":"x"}`
				if path == "list-sessions" {
					method, body = "GET", ""
				}
				wantStatus(t, r.do(method, "/api/auth/"+path, body, "Cookie", old), 401, "UNAUTHORIZED")
			}
			r.clock.Advance(5*time.Minute - time.Millisecond)
			if strategy == cache.Compact { // the others count in seconds
				wantStatus(t, b.do("GET", getSession, ""), 200, "ann@example.com")
			}
			r.clock.Advance(time.Millisecond)
			a = b.do("GET", getSession, "")
			wantStatus(t, a, 200, "null")
			if len(b.jar) != 0 {
				t.Errorf("the client keeps %v", b.jar)
			}
		})
	}
}

// sameJSON compares two documents whatever the order of their members: better-auth's is another one from the cache.
func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var v, w any
	if err := errors.Join(json.Unmarshal([]byte(a), &v), json.Unmarshal([]byte(b), &w)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(v, w)
}

func TestCacheNeverOutlivesTheSession(t *testing.T) {
	t.Parallel()
	for _, strategy := range strategies {
		r := newRig(t, withCache(strategy), func(c *core.Config) { c.Session.ExpiresIn = time.Minute; c.Session.DisableRefresh = true })
		b := r.browser()
		b.signUp("ann@example.com")
		r.clock.Advance(time.Minute)
		wantStatus(t, b.do("GET", getSession, ""), 200, "null")
	}
}

func TestCacheVersion(t *testing.T) {
	t.Parallel()
	version := "1"
	r := newRig(t, withCache(cache.Compact), func(c *core.Config) {
		c.Session.CookieCache.VersionFunc = func(s *model.Session, u *model.User) string { return version + s.UserID + u.ID }
	})
	b := r.browser()
	b.signUp("ann@example.com")
	if a := b.do("GET", getSession, ""); len(a.header["Set-Cookie"]) != 0 {
		t.Errorf("not from the cache: %v", a.header["Set-Cookie"])
	}
	version = "2"
	a := b.do("GET", getSession, "")
	wantStatus(t, a, 200, "ann@example.com")
	if len(a.header["Set-Cookie"]) != 2 { // the old one is taken away, a new one comes
		t.Errorf("another version: got %v", a.header["Set-Cookie"])
	}
	if a = b.do("GET", getSession, ""); len(a.header["Set-Cookie"]) != 0 {
		t.Errorf("the new version is not used: %v", a.header["Set-Cookie"])
	}
}

func TestCacheOfSomebodyElse(t *testing.T) {
	t.Parallel()
	r := newRig(t, withCache(cache.Compact))
	ann, bob := r.browser(), r.browser()
	ann.signUp("ann@example.com")
	bob.signUp("bob@example.com")
	ann.jar[dataCookie] = bob.jar[dataCookie]
	wantStatus(t, ann.do("GET", getSession, ""), 200, "ann@example.com")
	ann.jar[dataCookie] = "x" + ann.jar[dataCookie]
	wantStatus(t, ann.do("GET", getSession, ""), 200, "ann@example.com")
	delete(ann.jar, sessionCookie)
	a := ann.do("GET", getSession, "")
	wantStatus(t, a, 200, "null")
	if len(a.header["Set-Cookie"]) != 0 {
		t.Errorf("without a session cookie nothing is touched: %v", a.header["Set-Cookie"])
	}
}

// TestLargeSessionsAreChunked: a copy too large for one cookie goes into several, which are tidied up.
func TestLargeSessionsAreChunked(t *testing.T) {
	t.Parallel()
	r := newRig(t, withCache(cache.Compact), func(c *core.Config) {
		c.Schema = []schema.Extension{{Table: model.UserTable, Columns: []schema.Column{{Name: "bio", Kind: schema.String, Returned: true, Input: true}}}}
	})
	b := r.browser()
	bio := strings.Repeat("b", 9000)
	wantStatus(t, b.do("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"a@example.com","password":"password-1","bio":"`+bio+`"}`), 200, bio)
	if b.jar[dataCookie] != "" || b.jar[dataCookie+".0"] == "" || b.jar[dataCookie+".2"] == "" {
		t.Fatalf("want chunks, got %d cookies", len(b.jar))
	}
	if a := b.do("GET", getSession, ""); len(a.header["Set-Cookie"]) != 0 || !strings.Contains(a.body, bio) {
		t.Errorf("the chunks are not read: %v", a.header["Set-Cookie"])
	}
	u, err := r.FindUserByEmail(t.Context(), "a@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.UpdateUser(t.Context(), u.ID, store.Record{"bio": "short"}); err != nil {
		t.Fatal(err)
	}
	b.do("GET", getSession+"?disableCookieCache=1", "")
	if b.jar[dataCookie] == "" || b.jar[dataCookie+".0"] != "" || b.jar[dataCookie+".2"] != "" {
		t.Errorf("old chunks stay: %d cookies", len(b.jar))
	}
	b.do("POST", "/api/auth/sign-out", "{}")
	if len(b.jar) != 0 {
		t.Errorf("after sign-out the client keeps %v", b.jar)
	}
}

func TestCacheOfSessionsNotRemembered(t *testing.T) {
	t.Parallel()
	r := newRig(t, withCache(cache.Compact))
	r.signUp("ann@example.com")
	b := r.browser()
	a := b.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1","rememberMe":false}`)
	for _, line := range a.header["Set-Cookie"] {
		if strings.Contains(line, "Max-Age") {
			t.Errorf("got %s, want a cookie that ends with the browser", line)
		}
	}
	r.clock.Advance(59 * time.Second)
	if b.do("GET", getSession, ""); b.jar[dataCookie] == "" {
		t.Error("the copy counts for a minute")
	}
	r.clock.Advance(time.Second)
	a = b.do("GET", getSession, "")
	wantStatus(t, a, 200, "ann@example.com")
	if b.jar[dataCookie] != "" {
		t.Error("who is not remembered gets no new copy on the way")
	}
}

func TestLeftoverCacheIsCleanedUp(t *testing.T) {
	t.Parallel()
	b := newRig(t, withCache(cache.Compact)).browser()
	b.signUp("ann@example.com")
	without := newRig(t, func(c *core.Config) { c.Store = b.Config().Store }).browser()
	without.jar = b.jar
	wantStatus(t, without.do("GET", getSession, ""), 200, "ann@example.com")
	if without.jar[dataCookie] != "" {
		t.Error("the copy of a time when there was a cache is still there")
	}
}

func TestDeferredRefresh(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) { c.Session.DeferRefresh = true })
	b := r.browser()
	b.signUp("ann@example.com")
	wantStatus(t, b.do("GET", getSession, ""), 200, `"needsRefresh":false}`)
	r.clock.Advance(2 * day)
	for range 2 {
		a := b.do("GET", getSession, "")
		wantStatus(t, a, 200, `"needsRefresh":true}`)
		if len(a.header["Set-Cookie"]) != 0 {
			t.Errorf("GET changes something: %v", a.header["Set-Cookie"])
		}
	}
	a := b.do("POST", getSession, "")
	if want := r.Now().Add(7 * day).Format("2006-01-02T15:04:05.000Z"); !strings.Contains(a.body, want) || strings.Contains(a.body, "needsRefresh") {
		t.Errorf("got %s, want an expiry of %s", a.body, want)
	}
	wantStatus(t, b.do("GET", getSession, ""), 200, `"needsRefresh":false}`)
	r.clock.Advance(7 * day)
	count := func() int64 {
		n, err := r.Store().Count(t.Context(), storeFrom(r, model.SessionTable))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	old := b.header()
	wantStatus(t, r.do("GET", getSession, "", "Cookie", old), 200, "null")
	if count() != 1 {
		t.Error("GET deletes")
	}
	wantStatus(t, r.do("POST", getSession, "", "Cookie", old), 200, "null")
	if count() != 0 {
		t.Error("POST does not delete what has expired")
	}
}

func BenchmarkGetSessionCached(b *testing.B) {
	for _, strategy := range strategies {
		b.Run(strategy.String(), func(b *testing.B) {
			auth, cookies := cachedAuth(b, strategy)
			req := httptest.NewRequest(http.MethodGet, testOrigin+getSession, nil)
			req.Header.Set("Cookie", cookies)
			b.ReportAllocs()
			for b.Loop() {
				if res := auth.Serve(b.Context(), req); len(res.Body) < 10 {
					b.Fatalf("got %s", res.Body)
				}
			}
		})
	}
}

func cachedAuth(b *testing.B, strategy cache.Strategy) (*core.Auth, string) {
	b.Helper()
	auth := benchAuth(b, withCache(strategy))
	w := httptest.NewRecorder()
	req := httptest.NewRequest(http.MethodPost, testOrigin+"/api/auth/sign-up/email", strings.NewReader(`{"name":"Ann","email":"ann@example.com","password":"password-1"}`))
	req.Header.Set("Content-Type", "application/json")
	auth.ServeHTTP(w, req)
	var pairs []string
	for _, c := range w.Result().Cookies() {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return auth, strings.Join(pairs, "; ")
}

func TestStatelessSessions(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) { c.Session.Stateless = true }, withDevice)
	b := r.browser()
	b.signUp("ann@example.com")
	if n, err := r.Store().Count(t.Context(), storeFrom(r, model.SessionTable)); err != nil || n != 0 {
		t.Errorf("%d rows (%v), want none", n, err)
	}
	if strings.Count(b.jar[dataCookie], ".") != 4 {
		t.Errorf("got %s, want a JWE", b.jar[dataCookie])
	}
	wantStatus(t, b.do("GET", getSession+"?disableCookieCache=1", ""), 200, "ann@example.com")
	wantStatus(t, b.do("GET", "/api/auth/list-sessions", ""), 200, "[]")
	wantStatus(t, b.do("POST", "/api/auth/update-session", `{"device":"phone"}`), 200, `"device":"phone"`)
	wantStatus(t, b.do("GET", getSession, ""), 200, `"device":"phone"`)
	wantStatus(t, b.do("POST", "/api/auth/change-password", `{"currentPassword":"password-1","newPassword":"password-2"}`), 200, "ann@")

	r.clock.Advance(7 * day)
	wantStatus(t, b.do("GET", getSession, ""), 200, "null")
	if len(b.jar) != 0 {
		t.Errorf("the client keeps %v", b.jar)
	}
	b.signUp("bob@example.com")
	wantStatus(t, b.do("POST", "/api/auth/sign-out", "{}"), 200, "true")
	if len(b.jar) != 0 {
		t.Errorf("after sign-out the client keeps %v", b.jar)
	}
}

func TestStatelessCopiesAreRenewed(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) { c.Session.Stateless = true }, func(c *core.Config) {
		c.Session.CookieCache = core.CookieCacheConfig{Enabled: true, MaxAge: 100 * time.Second}
	})
	b := r.browser()
	b.signUp("ann@example.com")
	old := b.jar[dataCookie]
	r.clock.Advance(80 * time.Second)
	if a := b.do("GET", getSession, ""); len(a.header["Set-Cookie"]) != 0 {
		t.Errorf("renewed with a fifth of its time left: %v", a.header["Set-Cookie"])
	}
	r.clock.Advance(time.Millisecond)
	a := b.do("GET", getSession, "")
	if len(a.header["Set-Cookie"]) != 2 || b.jar[dataCookie] == old {
		t.Errorf("got %v, want the copy and the session cookie anew", a.header["Set-Cookie"])
	}
	r.clock.Advance(99 * time.Second)
	wantStatus(t, b.do("GET", getSession, ""), 200, "ann@example.com")
	r.clock.Advance(100 * time.Second)
	wantStatus(t, b.do("GET", getSession, ""), 200, "null")
}
