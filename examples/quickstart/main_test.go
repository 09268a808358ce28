package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/examples/internal/exampletest"
)

func TestQuickstart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "quickstart.sqlite")
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	base := "http://" + server.Listener.Addr().String()
	app, err := newApp(t.Context(), base, file)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = app.handler
	server.Start()
	c := exampletest.NewClient(t, base)

	c.Want(c.Do("GET", "/", ""), 200, "Create account")
	c.Want(c.Do("GET", "/page.js", ""), 200, "fetch(")
	c.Want(c.Do("GET", "/page.css", ""), 200, "main")
	c.Want(c.Do("POST", "/api/auth/sign-up/email", `{"name":"<b>Ann</b>","email":"ann@example.com","password":"correct horse"}`), 200, "")
	c.Want(c.Do("GET", "/", ""), 200, "&lt;b&gt;Ann&lt;/b&gt;")

	// A restart on the same file signs nobody out.
	server.Close()
	if err := app.close(t.Context()); err != nil {
		t.Fatal(err)
	}
	app, err = newApp(t.Context(), base, file)
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	again := &http.Server{Handler: app.handler, ReadHeaderTimeout: time.Second}
	go func() { _ = again.Serve(l) }()
	c.Want(c.Do("GET", "/", ""), 200, "You are signed in")
	c.Want(c.Do("POST", "/api/auth/sign-out", "{}", "Origin", base), 200, "true")
	c.Want(c.Do("GET", "/", ""), 200, "Create account")
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if err := app.close(t.Context()); err != nil {
		t.Error(err)
	}
}
