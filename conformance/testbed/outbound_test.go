package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestOutbound: requests to the outside reach the given origin instead, as they were, and say where they were going.
func TestOutbound(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var gotBody []byte
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		var err error
		if gotBody, err = io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
		http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
	}))
	t.Cleanup(there.Close)
	origin, err := url.Parse(there.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := newClient(origin)
	t.Cleanup(client.CloseIdleConnections)

	const to = "https://accounts.provider.example:8443/oauth/to%2Fken?a=1&a=2"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, strings.NewReader("grant_type=code"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Basic abc")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()

	if res.StatusCode != http.StatusFound {
		t.Errorf("got %d: the redirect was followed", res.StatusCode)
	}
	if got.Method != http.MethodPost || got.RequestURI != "/oauth/to%2Fken" || string(gotBody) != "grant_type=code" || "http://"+got.Host != there.URL {
		t.Errorf("got %s http://%s%s %q", got.Method, got.Host, got.RequestURI, gotBody)
	}
	if got.Header.Get("X-Original-Url") != to || got.Header.Get("Authorization") != "Basic abc" {
		t.Errorf("got the headers %v", got.Header)
	}
	if req.Header.Get("X-Original-Url") != "" || req.URL.String() != to {
		t.Error("the caller's request was changed")
	}
}

// TestOutboundReachesConfig: the description's origin is that of the instance's own client.
func TestOutboundReachesConfig(t *testing.T) {
	t.Parallel()
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Was", r.Header.Get("X-Original-Url"))
	}))
	t.Cleanup(there.Close)
	c := newControl()
	server := httptest.NewServer(c.routes())
	t.Cleanup(server.Close)
	i := connect(t, server.URL).open(map[string]any{"outbound": there.URL})
	defer i.remove()

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://provider.example/jwks", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.instances[i.id].auth.Config().HTTPClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := res.Header.Get("X-Was"); got != "https://provider.example/jwks" {
		t.Errorf("got %q", got)
	}
}
