// Command idp hosts any number of identity providers of package idp, for tests in other languages.
//
//	go run ./conformance/idp/cmd/idp --listen 127.0.0.1:0
//
// It prints one line of JSON, {"control":"http://127.0.0.1:PORT"}, once it accepts control requests. It listens on
// loopback only and ends on SIGTERM or when its standard input closes.
//
//	POST   /providers                 idp.Options, "seed" (a number) and "now" (ms) → 201 {"id","url","issuer"}
//	GET    /providers/{id}/requests   ?after=N → 200 [idp.Request]
//	POST   /providers/{id}/faults     idp.Fault → 204
//	DELETE /providers/{id}/faults     → 204
//	POST   /providers/{id}/release    → 204: what a fault holds goes on
//	POST   /providers/{id}/rotate     {"retire":true} → 204
//	POST   /providers/{id}/clock      {"now":ms} or {"advanceMs":ms} → 204; it stands still from then on
//	POST   /providers/{id}/users      idp.User → 204: added, or changed
//	POST   /providers/{id}/id-token   {"issuer","client","user","nonce","fault"} → 200 {"token"}
//	DELETE /providers/{id}            → 204
//
// Each provider has a listener of its own, at url. An absent issuer is that url; a given one arrives there in
// X-Original-Url or as /at/HOST/PATH. Without a seed codes and tokens are random. What is wrong with a request is a 400
// with {"error"}.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
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
		slog.Error("idp failed", "error", err)
		os.Exit(1)
	}
}

// run serves control requests until ctx ends, then closes all providers. It writes the control line to out.
func run(ctx context.Context, address string, out io.Writer) error {
	addr, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return err
	}
	if !addr.IP.IsLoopback() {
		return fmt.Errorf("%q is not a loopback address: whoever reaches it controls the providers", address)
	}
	listener, err := net.ListenTCP("tcp", addr)
	if err != nil {
		return err
	}
	c := newControl()
	defer c.close()
	server := &http.Server{Handler: c.handler()}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if err := json.NewEncoder(out).Encode(map[string]string{"control": "http://" + listener.Addr().String()}); err != nil {
		return err
	}
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
		return server.Close()
	}
}
