package core_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
)

func TestPathHasOneSpelling(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	wantStatus(t, r.do("GET", "/api/auth/ok", ""), 200, `{"ok":true}`)
	for _, path := range []string{
		"/api/auth/ok/", "/api/auth//ok", "//api/auth/ok", "/api/auth/OK", "/API/auth/ok", "/api/auth/o%6B", "/api/auth%2Fok",
		"/api/auth/./ok", "/api/auth/x/../ok", "/api/auth", "/api/auth/", "/ok", "/api/authx/ok", "/api/auth/ok;x=1", "/api/auth/ok%00",
	} {
		a := r.do("GET", path, "")
		if a.status != 404 || a.body != "" || a.header.Get("Content-Type") != "" {
			t.Errorf("GET %s: got %d %q %v, want a bare 404", path, a.status, a.body, a.header)
		}
	}
	for _, method := range []string{"POST", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "get"} {
		if a := r.do(method, "/api/auth/ok", ""); a.status != 404 {
			t.Errorf("%s /ok: got %d, want 404", method, a.status)
		}
	}
}

func TestPathParameters(t *testing.T) {
	t.Parallel()
	echo := core.Define(core.Spec{ID: "echo", Method: "GET", Path: "/echo/:a/x/:b", Access: core.Public},
		func(_ context.Context, x *core.Exchange, _ core.None) ([]string, error) {
			return []string{x.Param("a"), x.Param("b")}, nil
		})
	r := newRig(t, func(c *core.Config) {
		c.Plugins = []core.Plugin{testPlugin{core.Manifest{ID: "echo", Endpoints: []core.AnyEndpoint{echo}}}}
	})
	wantStatus(t, r.do("GET", "/api/auth/echo/1/x/a%2Fb%2541", ""), 200, `["1","a/b%41"]`) // decoded once
	for _, path := range []string{"/api/auth/echo//x/2", "/api/auth/echo/1/y/2", "/api/auth/echo/1/x", "/api/auth/echo/1/x/2/3", "/api/auth/echo/1/x/"} {
		if a := r.do("GET", path, ""); a.status != 404 {
			t.Errorf("%s: got %d, want 404", path, a.status)
		}
	}
}

func TestSkipTrailingSlashes(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) { c.SkipTrailingSlashes = true })
	wantStatus(t, r.do("GET", "/api/auth/ok/", ""), 200, `{"ok":true}`)
	wantStatus(t, r.do("GET", "/api/auth/ok//", ""), 404, "")
	wantStatus(t, r.do("GET", "/api/auth/", ""), 404, "")
}

func TestOriginCheckExempt(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) { c.OriginCheckExempt = []string{"/sign-out"} })
	cookie := r.signUp("ann@example.com")
	for path, want := range map[string]int{"/sign-out": 200, "/revoke-sessions": 403} {
		if a := r.do("POST", "/api/auth"+path, "{}", "Cookie", cookie, "Origin", "https://evil.example"); a.status != want {
			t.Errorf("%s: got %d, want %d", path, a.status, want)
		}
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	form := func(body string) answer {
		return r.do("POST", "/api/auth/sign-in/email", body, "Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	wantStatus(t, form("email=a%40b.co&password=%zz%4"), 401, "INVALID_EMAIL_OR_PASSWORD")
	wantStatus(t, form("email=a+b%40b.co&password=x"), 400, "INVALID_EMAIL")
	wantStatus(t, form("email=a%40b.co&password=%ff"), 400, "BAD_REQUEST")
	wantStatus(t, form("email=a%40b.co"), 400, "[body.password]")
	wantStatus(t, form("email=a%40b.co&password=x&rememberMe=false"), 400, "[body.rememberMe]")
}

func TestNonsenseDoesNotFillTheLog(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.do("POST", "/api/auth/sign-in/email", `{`)
	if log := r.log.String(); log != "" {
		t.Errorf("a malformed request was logged: %s", log)
	}
}

func TestDisabledPath(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) { c.DisabledPaths = []string{"/ok"} })
	a := r.do("GET", "/api/auth/ok", "")
	if a.status != 404 || a.body != "Not Found" || a.header.Get("Content-Type") != "text/plain;charset=UTF-8" {
		t.Errorf("got %d %q %q", a.status, a.body, a.header.Get("Content-Type"))
	}
	if a := r.do("GET", "/api/auth/o%6B", ""); a.status != 404 {
		t.Errorf("another spelling: got %d", a.status)
	}
}

func TestBasePath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ base, path, ok string }{
		{testOrigin + "/custom/auth", "", "/custom/auth/ok"},
		{testOrigin, "/a", "/a/ok"},
		{testOrigin, "/", "/ok"},
	} {
		r := newRig(t, func(cfg *core.Config) { cfg.BaseURL, cfg.BasePath = c.base, c.path })
		if a := r.do("GET", c.ok, ""); a.status != 200 {
			t.Errorf("base %q path %q: GET %s got %d, want 200", c.base, c.path, c.ok, a.status)
		}
	}
}

func TestBodyLimits(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const path = "/api/auth/sign-in/email"
	pad := func(n int) string {
		const frame = `{"email":"a@b.co","password":"x","p":""}`
		return strings.Replace(frame, `"p":""`, `"p":"`+strings.Repeat("x", n-len(frame))+`"`, 1)
	}
	wantStatus(t, r.do("POST", path, pad(1<<20)), 401, "INVALID_EMAIL_OR_PASSWORD")
	wantStatus(t, r.do("POST", path, pad(1<<20+1)), 413, "PAYLOAD_TOO_LARGE")
	wantStatus(t, r.do("POST", path, `{"x":`+strings.Repeat("[", 63)+strings.Repeat("]", 63)+`,"email":"a@b.co","password":"x"}`), 401, "")
	wantStatus(t, r.do("POST", path, `{"x":`+strings.Repeat("[", 64)+strings.Repeat("]", 64)+`}`), 400, "BAD_REQUEST")
	for _, body := range []string{`{`, `{"a":1} x`, `{"a":1}{"b":2}`, `{'a':1}`, `{"a":01}`, `{"a":"` + "\xff" + `"}`, `{"a":NaN}`, "{\"a\":\"\x01\"}"} {
		wantStatus(t, r.do("POST", path, body), 400, `{"message":"Invalid JSON in request body","code":"BAD_REQUEST"}`)
	}
	wantStatus(t, r.do("POST", path, `{}`, "Content-Type", "text/plain"), 415, `"code":"UNSUPPORTED_MEDIA_TYPE"`)
	wantStatus(t, r.do("POST", "/api/auth/sign-out", `a=1`, "Content-Type", "application/x-www-form-urlencoded"), 415, "Allowed types: application/json")
	wantStatus(t, r.do("POST", path, `email=a%40b.co&password=x&email=nobody%40example.com`, "Content-Type", "application/x-www-form-urlencoded"), 401, "")
}

// eaten is a body that somebody has read already.
type eaten struct{ io.Reader }

func (eaten) Close() error { return nil }

func TestBodyThatIsGone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, body := range map[string]io.ReadCloser{
		"read to the end": eaten{strings.NewReader("")},
		"closed":          eaten{errReader{http.ErrBodyReadAfterClose}},
	} {
		req := httptest.NewRequest("POST", testOrigin+"/api/auth/sign-in/email", nil)
		req.Header.Set("Content-Type", "application/json")
		req.Body, req.ContentLength = body, 40
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		if w.Code != 400 || !strings.Contains(w.Body.String(), "BAD_REQUEST") {
			t.Errorf("%s: got %d %s, want the contract's 400", name, w.Code, w.Body)
		}
		if !strings.Contains(r.log.String(), "already read by a middleware") {
			t.Errorf("%s: the log does not say why: %s", name, r.log)
		}
	}
	req := httptest.NewRequest("POST", testOrigin+"/api/auth/sign-in/email", eaten{errReader{core.ErrBodyTooLarge}})
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	if w.Code != 413 {
		t.Errorf("a limit in front of us: got %d, want 413", w.Code)
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

func TestAbortHandlerPanicsOn(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.Hooks = []core.Hook{core.BeforeAny(core.Paths("/ok"), func(context.Context, *core.Exchange, any) error { panic(http.ErrAbortHandler) })}
	})
	defer func() {
		if got := recover(); got != http.ErrAbortHandler { //nolint:errorlint // the value itself
			t.Errorf("got %v, want http.ErrAbortHandler", got)
		}
	}()
	r.do("GET", "/api/auth/ok", "")
}

func TestErrorPage(t *testing.T) {
	t.Parallel()
	show := newRig(t, func(c *core.Config) { c.Errors.ShowPage = true })
	a := show.do("GET", "/api/auth/error?error=%3Cscript%3E&error_description=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E", "")
	wantStatus(t, a, 200, "UNKNOWN")
	if strings.Contains(a.body, "<script") || strings.Contains(a.body, "<img") {
		t.Errorf("the page does not escape its input: %s", a.body)
	}
	for name, want := range map[string]string{"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Content-Type": "text/html"} {
		if got := a.header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	home := newRig(t).do("GET", "/api/auth/error?error=state_mismatch&error_description=a+b", "")
	if got, want := home.header.Get("Location"), "/?error=state_mismatch&error_description=a+b"; home.status != 302 || got != want {
		t.Errorf("in production: got %d to %q, want 302 to %q", home.status, got, want)
	}
	own := newRig(t, func(c *core.Config) { c.Errors.URL = "https://app.example.com/oops?x=1#top" })
	if got, want := own.do("GET", "/api/auth/error?error=a", "").header.Get("Location"), "https://app.example.com/oops?x=1&error=a#top"; got != want {
		t.Errorf("with a page of the app's: got %q, want %q", got, want)
	}
}

func TestHardenedAnswersAreNotStored(t *testing.T) {
	t.Parallel()
	for compat, want := range map[core.Compat]string{core.Hardened: "no-store", core.Exact: ""} {
		r := newRig(t, func(c *core.Config) { c.Compat = compat })
		a := r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"a@example.com","password":"password-1"}`)
		if got := a.header.Get("Cache-Control"); got != want {
			t.Errorf("compat %d: Cache-Control %q, want %q", compat, got, want)
		}
	}
}

// broken is a store whose every call fails, after a deadline if it says so.
type broken struct {
	store.Store
	down *bool
	hang bool
}

func (b broken) err(ctx context.Context) error {
	if b.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	return errors.New("connection refused: user=app password=hunter2")
}

func (b broken) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	if *b.down {
		return nil, b.err(ctx)
	}
	return b.Store.FindOne(ctx, q)
}

func (b broken) Delete(ctx context.Context, q store.Query) (int64, error) {
	if *b.down {
		return 0, b.err(ctx)
	}
	return b.Store.Delete(ctx, q)
}

func (b broken) Create(ctx context.Context, t *schema.Table, r store.Record) (store.Record, error) {
	if *b.down {
		return nil, b.err(ctx)
	}
	return b.Store.Create(ctx, t, r)
}

func TestDeadDatabase(t *testing.T) {
	t.Parallel()
	for _, hang := range []bool{false, true} {
		down := false
		r := newRig(t, func(c *core.Config) {
			c.Store, c.StoreTimeout = broken{memdb.New(), &down, hang}, 50e6
		})
		cookie := r.signUp("ann@example.com")
		down = true
		for _, c := range []struct{ method, path, body, want string }{
			{"GET", "/api/auth/get-session", "", `{"message":"Failed to get session","code":"FAILED_TO_GET_SESSION"}`},
			{"POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1"}`, ""},
			{"POST", "/api/auth/sign-up/email", `{"name":"B","email":"bob@example.com","password":"password-1"}`, ""},
			{"POST", "/api/auth/sign-out", `{}`, ""},
		} {
			a := r.do(c.method, c.path, c.body, "Cookie", cookie)
			if a.status != 500 || a.body != c.want || len(a.header["Set-Cookie"]) != 0 {
				t.Errorf("%s: got %d %q %v, want 500 %q without cookies", c.path, a.status, a.body, a.header["Set-Cookie"], c.want)
			}
		}
		req := httptest.NewRequest("GET", testOrigin+"/me", nil)
		req.Header.Set("Cookie", cookie)
		if v := r.Require(t.Context(), req); v.Refusal == nil || v.Refusal.Status != 500 {
			t.Errorf("Require: got %+v, want a refusal with 500", v)
		}
		down = false
		wantStatus(t, r.do("GET", "/api/auth/get-session", "", "Cookie", cookie), 200, `"email":"ann@example.com"`)
	}
}

func TestClientThatGoesAwayCancelsNoChange(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req := httptest.NewRequest("POST", testOrigin+"/api/auth/sign-up/email", bytes.NewBufferString(`{"name":"A","email":"a@example.com","password":"password-1"}`))
	req.Header.Set("Content-Type", "application/json")
	if res := r.Serve(ctx, req); res.Status != 200 {
		t.Errorf("got %d, want 200", res.Status)
	}
}

func TestServeKeepsTheAppsCookies(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := httptest.NewRecorder()
	w.Header().Add("Set-Cookie", "theirs=1")
	(&core.Response{Status: 200, Header: http.Header{"Set-Cookie": {"ours=1"}}}).WriteTo(w)
	if got := w.Header()["Set-Cookie"]; !slices.Equal(got, []string{"theirs=1", "ours=1"}) {
		t.Errorf("got %v", got)
	}
	_ = r
}
