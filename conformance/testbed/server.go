package main

import (
	"context"
	"errors"
	"net"
	"net/http"
)

// server serves something over HTTP and tells what becomes of its connections. Once its listener is closed and its
// connections are gone, nothing of it runs any more.
type server interface {
	Serve(l net.Listener) error
	conns() *conns
}

// running is a server that has been started.
type running struct {
	server   server
	listener net.Listener
	// ended gets what Serve returned.
	ended chan error
}

func start(s server, l net.Listener) *running {
	r := &running{s, l, make(chan error, 1)}
	go func() { r.ended <- s.Serve(l) }()
	return r
}

// stop closes the listener and ends the server. Requests that are being answered may finish until ctx ends.
func (r *running) stop(ctx context.Context) error {
	err := r.listener.Close()
	if served := <-r.ended; !errors.Is(served, net.ErrClosed) {
		err = errors.Join(err, served)
	}
	r.server.conns().drain(ctx)
	return err
}

// httpServer is a server of net/http.
type httpServer struct {
	http.Server
	open conns
}

func newHTTPServer(h http.Handler) *httpServer {
	s := &httpServer{Server: http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
	}}
	s.ConnState = func(c net.Conn, state http.ConnState) {
		s.open.note(c, state == http.StateActive, state == http.StateClosed || state == http.StateHijacked)
	}
	return s
}

func (s *httpServer) conns() *conns { return &s.open }
