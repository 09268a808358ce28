// Command testbed hosts any number of Auths, each built from JSON, for programs that test them from the outside: the
// conformance suites, which drive better-auth itself in exactly the same way.
//
//	go run ./conformance/testbed --listen 127.0.0.1:0
//
// It prints one line of JSON, {"control":"http://127.0.0.1:PORT"}, once it accepts control requests, and logs on standard
// error. It listens on loopback only and ends on SIGTERM or when its standard input closes.
//
//	POST   /instances              an instance description → 201 {"id","url"}, 422 {"unsupported":[…]}, 400 {"error"}
//	GET    /instances/{id}/outbox  ?after=N → 200 [{"seq","callback","args"}]
//	POST   /instances/{id}/clock   {"now"} or {"advanceMs"} or {"reset"} → 204
//	POST   /instances/{id}/call    {"operation","input"} → 200 {"status","headers","body"}
//	DELETE /instances/{id}         → 204
//	GET    /capabilities           → 200
//
// An instance description names an adapter, a database and better-auth's options; description.go and package options say
// what is understood. An option that is not implemented is refused, never ignored.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "loopback `address` for control requests")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // however it ends, whoever started us has gone
		cancel()
	}()
	err := run(ctx, *listen, os.Stdout)
	stop()
	if err != nil {
		slog.Error("testbed failed", "error", err)
		os.Exit(1)
	}
}

// run serves control requests until ctx ends, then closes all instances. It writes the control line to out.
func run(ctx context.Context, address string, out io.Writer) error {
	addr, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return err
	}
	if !addr.IP.IsLoopback() {
		return fmt.Errorf("%q is not a loopback address: whoever reaches the testbed controls it", address)
	}
	listener, err := net.ListenTCP("tcp", addr)
	if err != nil {
		return err
	}
	c := newControl()
	server := start(newHTTPServer(c.routes()), listener)
	if _, err := fmt.Fprintf(out, "{\"control\":\"http://%s\"}\n", listener.Addr()); err != nil {
		return errors.Join(err, server.stop(ctx))
	}

	<-ctx.Done()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	return errors.Join(server.stop(closing), c.closeAll(closing))
}
