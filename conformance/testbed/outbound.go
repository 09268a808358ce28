package main

import (
	"net/http"
	"net/url"
	"time"
)

// outboundTimeout limits each request to the outside, webhooks included.
const outboundTimeout = 10 * time.Second

// newClient returns a client that follows no redirects, whose requests go to the given origin whatever their URL says;
// nil sends them where they are meant to go. The caller closes its idle connections.
func newClient(origin *url.URL) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	client := &http.Client{
		Transport:     transport,
		Timeout:       outboundTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if origin != nil {
		client.Transport = &divert{transport, origin}
	}
	return client
}

// divert sends every request to one origin: path, method, headers and body as they were, and the whole URL that it was
// meant for, query included, in X-Original-Url.
type divert struct {
	transport *http.Transport
	origin    *url.URL
}

func (d *divert) RoundTrip(r *http.Request) (*http.Response, error) {
	to := r.Clone(r.Context())
	to.Header.Set("X-Original-Url", r.URL.String())
	to.URL = &url.URL{Scheme: d.origin.Scheme, Host: d.origin.Host, Path: r.URL.Path, RawPath: r.URL.RawPath}
	to.Host = ""
	return d.transport.RoundTrip(to)
}

// CloseIdleConnections makes that method of http.Client reach the transport.
func (d *divert) CloseIdleConnections() { d.transport.CloseIdleConnections() }
