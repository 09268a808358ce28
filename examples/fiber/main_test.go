package main

import (
	"net"
	"testing"

	"github.com/cardea-auth/cardea/examples/internal/exampletest"
)

func TestExample(t *testing.T) {
	t.Parallel()
	app := newApp(exampletest.NewAuth(t))
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(l) }()
	exampletest.RouterExample(t, "http://"+l.Addr().String())
	if err := app.Shutdown(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
