package main

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestLifecycle takes an instance on each adapter from its making to its end.
func TestLifecycle(t *testing.T) {
	t.Parallel()
	for _, name := range adapterNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newTestbed(t)
			i := b.open(map[string]any{"adapter": name, "options": enabled()})

			wantBody(t, i.request("GET", "/ping", ""), 200, "pong")
			if res := i.request("GET", "/me", ""); res.status != 401 {
				t.Errorf("/me without a session: got %d %s, want 401", res.status, res.body)
			}
			cookie := i.signUp("ann@example.com")
			var session struct{ User struct{ ID string } }
			decodeJSON(t, i.request("GET", "/api/auth/get-session", "", "Cookie", cookie).body, &session)
			res := i.request("GET", "/me", "", "Cookie", cookie)
			res.body = strings.TrimSuffix(res.body, "\n") // as Echo ends its JSON
			wantBody(t, res, 200, `{"userId":"`+session.User.ID+`"}`)
			if got := res.header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
				t.Errorf("/me: got the content type %q", got)
			}
			for _, path := range []string{"/", "/nothing", "/api/auth", "/api/auth/", "/api/authentic"} {
				wantBody(t, i.request("GET", path, ""), 404, "")
			}

			i.remove()
			if conn, err := net.Dial("tcp", strings.TrimPrefix(i.url, "http://")); err == nil {
				conn.Close()
				t.Error("something still listens where the instance was")
			}
			b.wantStatus(http.StatusNotFound, "DELETE", "/instances/"+i.id, "")
			b.wantStatus(http.StatusNotFound, "GET", "/instances/"+i.id+"/outbox", "")
		})
	}
}

// TestRootBasePath: without a base path of its own, auth shares the root with the app.
func TestRootBasePath(t *testing.T) {
	t.Parallel()
	for _, name := range adapterNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := newTestbed(t).open(map[string]any{"adapter": name, "options": enabled(`"basePath":"/"`)})
			wantBody(t, i.request("GET", "/ping", ""), 200, "pong")
			wantBody(t, i.request("GET", "/ok", ""), 200, `{"ok":true}`)
			wantBody(t, i.request("GET", "/nothing", ""), 404, "")
		})
	}
}

// TestBasePathInTheWay: a base path that the app has taken is an answer, not the end of the testbed.
func TestBasePathInTheWay(t *testing.T) {
	t.Parallel()
	b := newTestbed(t)
	b.wantStatus(http.StatusBadRequest, "POST", "/instances", `{"adapter":"gin","options":{"basePath":"/:id"}}`)
	b.open(nil)
}

// TestNoGoroutineIsLeft is not parallel: it counts all there are. The clients' connections stay open on purpose; it is
// the instance that has to close them.
func TestNoGoroutineIsLeft(t *testing.T) {
	for _, name := range adapterNames() {
		t.Run(name, func(t *testing.T) {
			b := newTestbed(t)
			use := func() {
				file := filepath.Join(t.TempDir(), "auth.db")
				i := b.open(map[string]any{"adapter": name, "options": enabled(),
					"database": map[string]any{"kind": "sqlite", "dsn": file}})
				unused, err := net.Dial("tcp", strings.TrimPrefix(i.url, "http://"))
				if err != nil {
					t.Fatal(err)
				}
				defer unused.Close()
				i.signUp("ann@example.com")
				i.call("ok", `{}`)
				i.remove()
			}
			use() // what a framework starts once and for all
			before := runtime.NumGoroutine()
			// So many that one goroutine left by each is more than those of the first that may just be about to end.
			for range 20 {
				use()
			}
			if after := settle(t, before); after > before {
				stacks := make([]byte, 1<<20)
				t.Errorf("got %d goroutines, want %d\n%s", after, before, stacks[:runtime.Stack(stacks, true)])
			}
		})
	}
}

// settle gives goroutines that are about to end the time to do so, until there are no more than wanted, and returns how
// many there are. The client's own end when they see that the server has closed the connection.
func settle(t *testing.T, want int) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for runtime.NumGoroutine() > want && ctx.Err() == nil {
		runtime.Gosched()
	}
	return runtime.NumGoroutine()
}

// TestRequestsMayFinish: deleting an instance lets a request that is being answered reach its end.
func TestRequestsMayFinish(t *testing.T) {
	t.Parallel()
	for _, name := range adapterNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hook := newHook(t)
			asked, answer := make(chan struct{}), make(chan struct{})
			hook.answer = func(string) string {
				close(asked)
				<-answer
				return `{"result":"hashed"}`
			}
			b := newTestbed(t)
			i := b.open(map[string]any{"adapter": name, "passwordHasher": "scrypt",
				"options": passwordHash(`{"$webhook":"` + hook.url + `"}`)})

			signedUp := make(chan response, 1)
			go func() {
				defer close(signedUp) // also where the request fails the test
				signedUp <- i.request("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`)
			}()
			<-asked
			removed := make(chan struct{})
			go func() {
				defer close(removed)
				i.remove()
			}()
			waitUntilClosed(t, i.url)
			close(answer)
			if res := <-signedUp; res.status != http.StatusOK {
				t.Errorf("got %d %s, want 200", res.status, res.body)
			}
			<-removed
		})
	}
}

// waitUntilClosed waits until nothing listens at an origin any more.
func waitUntilClosed(t *testing.T, origin string) {
	t.Helper()
	for t.Context().Err() == nil {
		conn, err := net.Dial("tcp", strings.TrimPrefix(origin, "http://"))
		if err != nil {
			return
		}
		conn.Close()
	}
}

// TestLargeBodies: on every adapter it is core that says what is too large.
func TestLargeBodies(t *testing.T) {
	t.Parallel()
	for _, name := range adapterNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := newTestbed(t).open(map[string]any{"adapter": name, "options": enabled()})
			res := i.request("POST", "/api/auth/sign-in/email", `{"email":"`+strings.Repeat("a", 1<<20)+`"}`)
			wantBody(t, res, 413, `{"message":"Request body is too large","code":"PAYLOAD_TOO_LARGE"}`)
		})
	}
}
