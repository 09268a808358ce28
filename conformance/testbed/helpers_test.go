package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// testbed is a running testbed as a client sees it.
type testbed struct {
	t       *testing.T
	control string
	client  *http.Client
}

// newTestbed starts a testbed in this process.
func newTestbed(t *testing.T) *testbed {
	t.Helper()
	c := newControl()
	server := httptest.NewServer(c.routes())
	t.Cleanup(func() {
		server.Close()
		if err := c.closeAll(context.Background()); err != nil {
			t.Errorf("closing what is left: %v", err)
		}
	})
	return connect(t, server.URL)
}

func connect(t *testing.T, control string) *testbed {
	b := &testbed{t, control, newTestClient()}
	t.Cleanup(b.client.CloseIdleConnections)
	return b
}

// newTestClient sends what it is given and shows what it gets: it follows no redirect and asks for no compression.
func newTestClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		Timeout:       time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// response is an answer that has been read.
type response struct {
	status int
	header http.Header
	body   string
}

// send sends a request. headers come in pairs.
func send(t *testing.T, client *http.Client, method, url, body string, headers ...string) response {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, reader)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", "") // net/http would send one of its own
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	return do(t, client, req)
}

func do(t *testing.T, client *http.Client, req *http.Request) response {
	t.Helper()
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response{res.StatusCode, res.Header, string(data)}
}

func (b *testbed) send(method, path, body string) response {
	b.t.Helper()
	return send(b.t, b.client, method, b.control+path, body)
}

// wantStatus sends a control request and checks the status of the answer.
func (b *testbed) wantStatus(status int, method, path, body string) response {
	b.t.Helper()
	res := b.send(method, path, body)
	if res.status != status {
		b.t.Fatalf("%s %s %s: got %d %s, want %d", method, path, body, res.status, res.body, status)
	}
	return res
}

// testInstance is an instance of a testbed as a client sees it.
type testInstance struct {
	*testbed
	id, url string
}

// open makes an instance from members of a description; fast hashes unless they say otherwise.
func (b *testbed) open(members map[string]any) *testInstance {
	b.t.Helper()
	description := map[string]any{"passwordHasher": "fast"}
	for name, v := range members {
		description[name] = v
	}
	body, err := json.Marshal(description)
	if err != nil {
		b.t.Fatal(err)
	}
	res := b.wantStatus(http.StatusCreated, "POST", "/instances", string(body))
	var created struct{ ID, URL string }
	decodeJSON(b.t, res.body, &created)
	return &testInstance{b, created.ID, created.URL}
}

// enabled are the options that most tests want.
func enabled(more ...string) json.RawMessage {
	return json.RawMessage(`{"emailAndPassword":{"enabled":true}` + strings.Join(append([]string{""}, more...), ",") + `}`)
}

// request sends a request to the instance's app.
func (i *testInstance) request(method, path, body string, headers ...string) response {
	i.t.Helper()
	return send(i.t, i.client, method, i.url+path, body, headers...)
}

// callResult is what a server-side call answers.
type callResult struct {
	Status  int
	Headers [][2]string
	Body    json.RawMessage
}

func (i *testInstance) call(operation, input string) callResult {
	i.t.Helper()
	res := i.wantStatus(http.StatusOK, "POST", "/instances/"+i.id+"/call", `{"operation":"`+operation+`","input":`+input+`}`)
	var result callResult
	decodeJSON(i.t, res.body, &result)
	return result
}

func (i *testInstance) moveClock(move string) {
	i.t.Helper()
	i.wantStatus(http.StatusNoContent, "POST", "/instances/"+i.id+"/clock", move)
}

func (i *testInstance) outbox(after string) string {
	i.t.Helper()
	return i.wantStatus(http.StatusOK, "GET", "/instances/"+i.id+"/outbox"+after, "").body
}

func (i *testInstance) remove() {
	i.t.Helper()
	i.wantStatus(http.StatusNoContent, "DELETE", "/instances/"+i.id, "")
}

// signUp makes a user over HTTP and returns the Cookie header of the session.
func (i *testInstance) signUp(email string) string {
	i.t.Helper()
	res := i.request("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"`+email+`","password":"password-1"}`)
	if res.status != http.StatusOK {
		i.t.Fatalf("sign-up: got %d %s", res.status, res.body)
	}
	return cookieHeader(res.header["Set-Cookie"])
}

// cookieHeader sends back what Set-Cookie lines have set.
func cookieHeader(lines []string) string {
	var pairs []string
	for _, line := range lines {
		pair, _, _ := strings.Cut(line, ";")
		pairs = append(pairs, pair)
	}
	return strings.Join(pairs, "; ")
}

func decodeJSON(t *testing.T, text string, v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	if err := d.Decode(v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

func wantBody(t *testing.T, res response, status int, body string) {
	t.Helper()
	if res.status != status || res.body != body {
		t.Errorf("got %d %s, want %d %s", res.status, res.body, status, body)
	}
}
