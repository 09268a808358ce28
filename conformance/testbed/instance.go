package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
)

// closeTimeout is how long an instance waits for the requests that it is answering.
const closeTimeout = 10 * time.Second

// instance is one Auth with a listener, a clock and an outbox of its own. It is safe for concurrent use.
type instance struct {
	id, url string
	auth    *core.Auth
	clock   clock
	outbox  outbox
	closers []func(context.Context) error // in the order of opening
}

// openInstance builds what a description says. On an error nothing of it is left.
func openInstance(ctx context.Context, id string, doc *strict.Document) (_ *instance, err error) {
	inst := &instance{id: id}
	defer func() {
		if err != nil {
			err = errors.Join(err, inst.close(ctx))
		}
	}()
	webhooks := newClient(nil)
	inst.onClose(webhooks.CloseIdleConnections)
	d := readDescription(doc.Root(), functions{&inst.outbox, webhooks})
	if err := doc.Err(); err != nil {
		return nil, err
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0") // first: its address is the default base URL
	if err != nil {
		return nil, err
	}
	inst.onClose(func() { _ = listener.Close() }) // for as long as no server does
	inst.url = "http://" + listener.Addr().String()
	if err := inst.build(ctx, &d); err != nil {
		return nil, err
	}
	server, err := inst.mount(d.adapter)
	if err != nil {
		return nil, err
	}
	inst.closers = append(inst.closers, start(server, listener).stop)
	return inst, nil
}

// build opens the database and makes the Auth.
func (i *instance) build(ctx context.Context, d *description) error {
	store, closeStore, err := openStore(d.database)
	if err != nil {
		return err
	}
	i.closers = append(i.closers, func(context.Context) error { return closeStore() })
	c := d.config
	c.Store, c.Now, c.HTTPClient = store, i.clock.Now, newClient(d.outbound)
	c.Logger = slog.With("instance", i.id)
	i.onClose(c.HTTPClient.CloseIdleConnections)
	if c.SecondaryStorage, err = i.openStorage(d.storage); err != nil {
		return err
	}
	if c.BaseURL == "" && len(c.BaseURLs.AllowedHosts) == 0 {
		c.BaseURL = i.url
	}
	if i.auth, err = core.New(c); err != nil {
		return err
	}
	i.closers = append(i.closers, i.auth.Close)
	if d.migrate {
		return i.auth.Migrate(ctx)
	}
	return nil
}

// mount makes the app. Routers panic where a route of the app is in the way of the base path, which here a description
// can cause.
func (i *instance) mount(name string) (s server, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the app of adapter %s cannot be built: %v", name, v)
		}
	}()
	at := slices.IndexFunc(adapters, func(a adapter) bool { return a.name == name })
	return adapters[at].serve(i.auth), nil
}

func (i *instance) onClose(fn func()) {
	i.closers = append(i.closers, func(context.Context) error { fn(); return nil })
}

// close takes everything down in reverse order: no listener, connection or goroutine is left. Requests that are being
// answered have ten seconds to finish.
func (i *instance) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	var problems []error
	for _, f := range slices.Backward(i.closers) {
		problems = append(problems, f(ctx))
	}
	return errors.Join(problems...)
}
