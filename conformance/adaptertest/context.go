package adaptertest

import (
	"context"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core"
)

var contextCases = []testCase{
	{"Values", nil, contextValues},
	{"Cancelled", []feature{cancellation}, cancelled},
	{"ChangesAreNotCancelled", nil, changesAreNotCancelled},
}

type markKey struct{}

// contextValues: what the app's middleware puts into the context, a trace for one, is there for core and its plugins.
func contextValues(k *kit) {
	mark := func(ctx context.Context) string {
		s, _ := ctx.Value(markKey{}).(string)
		return s
	}
	k.probe.act = func(ctx context.Context, _ *core.Exchange, _ probeInput) (any, error) { return mark(ctx), nil }
	guard := func(ctx context.Context, _ *core.Exchange) error {
		if mark(ctx) != "marked" {
			return core.NewError(403, "UNMARKED", "The guard has another context.")
		}
		return nil
	}
	k.serve(App{
		Context: func(ctx context.Context) context.Context { return context.WithValue(ctx, markKey{}, "marked") },
		Routes:  []Route{{Method: "GET", Path: "/me", Require: true, Guards: []core.Guard{guard}, Handle: nameOf}},
	})
	k.get("/api/auth/probe/1").want(k.T, "GET", 200, `"marked"`)
	k.post("/api/auth/probe/1", "{}").want(k.T, "POST", 200, `"marked"`)
	k.get("/me", k.signUp("ann")).want(k.T, "Require", 200, "ann")
}

// cancelled: a client that goes away ends the work for it.
func cancelled(k *kit) {
	begun, ended, over := make(chan error, 1), make(chan error, 1), make(chan bool)
	defer close(over) // the server waits for its handlers
	k.probe.act = func(ctx context.Context, _ *core.Exchange, _ probeInput) (any, error) {
		begun <- nil
		select {
		case <-ctx.Done():
			ended <- nil
		case <-over:
		}
		return nil, nil
	}
	k.serve(App{})
	c := k.dial()
	c.send(request{method: "GET", target: "/api/auth/probe/1"})
	_ = k.wait(begun, "the endpoint is not reached")
	if err := c.Close(); err != nil {
		k.Fatal(err)
	}
	_ = k.wait(ended, "the client has gone, but the context of its request does not end")
}

// changesAreNotCancelled: a client that goes away leaves no half of a change behind.
func changesAreNotCancelled(k *kit) {
	begun, resume, got := make(chan error, 1), make(chan bool), make(chan error, 1)
	k.probe.act = func(ctx context.Context, _ *core.Exchange, _ probeInput) (any, error) {
		begun <- nil
		<-resume
		got <- ctx.Err()
		return nil, nil
	}
	proceed := sync.OnceFunc(func() { close(resume) })
	defer proceed() // the server waits for its handlers
	k.serve(App{})
	c := k.dial()
	c.send(postRequest("/api/auth/probe/1", "{}"))
	_ = k.wait(begun, "the endpoint is not reached")
	if err := c.Close(); err != nil {
		k.Fatal(err)
	}
	// Another request goes through meanwhile, so the server has had its time to notice.
	k.get("/api/auth/ok").want(k.T, "meanwhile", 200, `{"ok":true}`)
	proceed()
	if err := k.wait(got, "the endpoint does not end"); err != nil {
		k.Errorf("the client has gone in the middle of a change: got %v from its context, want nil", err)
	}
}

// soon is how long a case waits for what should happen at once.
const soon = 10 * time.Second

// wait returns what comes out of c, or fails the case with what it means that nothing does.
func (k *kit) wait(c <-chan error, otherwise string) error {
	k.Helper()
	select {
	case err := <-c:
		return err
	case <-time.After(soon):
		k.Fatal(otherwise)
		return nil
	}
}
