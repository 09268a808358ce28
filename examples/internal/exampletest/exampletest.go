// Package exampletest drives the examples over a socket, as their users would.
package exampletest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	memorystore "github.com/cardea-auth/cardea/stores/memory"
)

// FrontEnd is the other origin of the router examples.
const FrontEnd = "http://localhost:5173"

// NewAuth builds what the router examples build in main, with a hash that takes no time.
func NewAuth(t *testing.T) *core.Auth {
	t.Helper()
	auth, err := core.New(core.Config{
		BaseURL:        "http://localhost:8080",
		Secret:         "example-test-secret-0123456789-0123456789",
		Store:          memorystore.New(),
		TrustedOrigins: []string{FrontEnd},
		Plugins:        []core.Plugin{emailpassword.New(emailpassword.Options{})},
		Password:       core.PasswordConfig{Hasher: fastHasher{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return auth
}

type fastHasher struct{}

func (fastHasher) Hash(_ context.Context, pw string) (string, error) {
	sum := sha256.Sum256([]byte(pw))
	return hex.EncodeToString(sum[:]), nil
}

func (h fastHasher) Verify(ctx context.Context, encoded, pw string) (bool, error) {
	got, err := h.Hash(ctx, pw)
	return got == encoded, err
}

// Client is a browser with one tab: it keeps cookies and follows no redirects.
type Client struct {
	t    *testing.T
	base string
	http http.Client
}

// NewClient returns a client of the app at base.
func NewClient(t *testing.T, base string) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Client{t: t, base: base, http: http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Answer is a response with its body read.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Do sends a request; headers come in pairs.
func (c *Client) Do(method, path, body string, headers ...string) Answer {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return Answer{res.StatusCode, res.Header, string(data)}
}

// Want fails the test unless the answer has that status and its body contains text.
func (c *Client) Want(a Answer, status int, text string) {
	c.t.Helper()
	if a.Status != status || !strings.Contains(a.Body, text) {
		c.t.Errorf("got %d %s, want %d with %q", a.Status, a.Body, status, text)
	}
}

// RouterExample is the visit that every router example has to stand: a front end on another origin signs somebody up,
// in and out; a stranger's page does not.
func RouterExample(t *testing.T, base string) {
	t.Helper()
	c := NewClient(t, base)
	c.Want(c.Do("GET", "/me", ""), 401, "")
	if a := c.Do("GET", "/account", ""); a.Status != 302 || a.Header.Get("Location") != "/login" {
		t.Errorf("/account without a session: got %d to %q, want 302 to /login", a.Status, a.Header.Get("Location"))
	}

	preflight := c.Do("OPTIONS", "/api/auth/sign-up/email", "", "Origin", FrontEnd,
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type")
	if got := preflight.Header.Get("Access-Control-Allow-Origin"); got != FrontEnd || preflight.Header.Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("the preflight allows %q, want %q with credentials: %v", got, FrontEnd, preflight.Header)
	}

	a := c.Do("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"correct horse"}`, "Origin", FrontEnd)
	c.Want(a, 200, `"email":"ann@example.com"`)
	if got := a.Header.Get("Access-Control-Expose-Headers"); !strings.EqualFold(got, "set-auth-token") {
		t.Errorf("exposed headers: got %q, want set-auth-token", got)
	}
	c.Want(c.Do("GET", "/me", "", "Origin", FrontEnd), 200, `"email":"ann@example.com"`)
	c.Want(c.Do("GET", "/account", ""), 200, `"name":"Ann"`)
	c.Want(c.Do("POST", "/api/auth/sign-out", `{}`, "Origin", "https://evil.example"), 403, "") // gin's CORS refuses it itself
	c.Want(c.Do("POST", "/api/auth/sign-out", `{}`, "Origin", FrontEnd), 200, `"success":true`)
	c.Want(c.Do("GET", "/me", ""), 401, "")
}
