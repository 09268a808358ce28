package core_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

const (
	testSecret = "core-test-secret-0123456789-0123456789"
	testOrigin = "http://localhost:3000"
)

// rig is an Auth with email and password over a memory store, and what a test looks at.
type rig struct {
	*core.Auth
	t     *testing.T
	clock *authtest.Clock
	log   *syncBuffer
	pw    *emailpassword.Plugin
}

type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func newRig(t *testing.T, change ...func(*core.Config)) *rig {
	t.Helper()
	r := &rig{
		t: t, clock: authtest.NewClock(), log: &syncBuffer{},
		pw: emailpassword.New(emailpassword.Options{}),
	}
	c := core.Config{
		BaseURL: testOrigin, Secret: testSecret, Store: memdb.New(), Now: r.clock.Now,
		Logger:   slog.New(slog.NewTextHandler(r.log, nil)),
		Password: core.PasswordConfig{Hasher: authtest.Hasher{}},
		Plugins:  []core.Plugin{r.pw},
		// Tests send many requests at one time; those about limits turn them on.
		RateLimit: core.RateLimitConfig{Enabled: core.Off},
	}
	for _, f := range change {
		f(&c)
	}
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

// answer is a response as a client sees it.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) cookies() []*http.Cookie {
	return (&http.Response{Header: a.header}).Cookies()
}

// cookie returns the value of a cookie that the answer sets, as a request sends it back.
func (a answer) cookie(name string) string {
	for _, c := range a.cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// do sends a request. headers come in pairs.
func (r *rig) do(method, path, body string, headers ...string) answer {
	r.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req := httptest.NewRequest(method, testOrigin+path, reader)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if method != http.MethodGet {
		req.Header.Set("Origin", testOrigin)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	res := w.Result()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(data)}
}

const sessionCookie = "better-auth.session_token"

// signUp makes a user and returns the Cookie header of their session.
func (r *rig) signUp(email string) string {
	r.t.Helper()
	a := r.do("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"`+email+`","password":"password-1"}`)
	if a.status != 200 {
		r.t.Fatalf("sign-up: %d %s", a.status, a.body)
	}
	return sessionCookie + "=" + a.cookie(sessionCookie)
}

func wantStatus(t *testing.T, a answer, status int, contains string) {
	t.Helper()
	if a.status != status || !strings.Contains(a.body, contains) {
		t.Errorf("got %d %s, want %d with %q", a.status, a.body, status, contains)
	}
}
