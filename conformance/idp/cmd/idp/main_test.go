package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// start runs the command for the duration of the test and returns its control address.
func start(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- run(ctx, "127.0.0.1:0", w) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	var ready struct{ Control string }
	line, err := bufio.NewReader(r).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	unmarshal(t, line, &ready)
	return ready.Control
}

func unmarshal(t *testing.T, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
}

func send(t *testing.T, method, url, body string, header ...string) (int, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, bytes.TrimSpace(answer)
}

func TestControl(t *testing.T) {
	t.Parallel()
	control := start(t)
	status, answer := send(t, "POST", control+"/providers",
		`{"clients":[{"id":"app","secret":"a-secret-of-thirty-two-characters"}],"users":[{"sub":"ann"}],"approve":"ann","seed":1,"now":1772366400000}`)
	var p struct{ ID, URL, Issuer string }
	unmarshal(t, answer, &p)
	if status != http.StatusCreated || p.URL == "" || p.Issuer != p.URL {
		t.Fatalf("got %d %s, want a provider", status, answer)
	}
	here := control + "/providers/" + p.ID

	status, answer = send(t, "GET", p.URL+"/.well-known/openid-configuration", "")
	if status != 200 || !bytes.Contains(answer, []byte(`"token_endpoint":"`+p.URL+`/token"`)) {
		t.Errorf("discovery: got %d %s", status, answer)
	}
	status, answer = send(t, "GET", p.URL+"/", "", "X-Original-Url", "https://www.googleapis.com/oauth2/v3/certs")
	if status != 200 || !bytes.Contains(answer, []byte(`"kid":"rsa-1"`)) {
		t.Errorf("Google's keys: got %d %s", status, answer)
	}

	for path, body := range map[string]string{
		"/rotate":  `{"retire":true}`,
		"/clock":   `{"advanceMs":1000}`,
		"/users":   `{"sub":"bob"}`,
		"/faults":  `{"endpoint":"discovery","status":503}`,
		"/release": ``,
	} {
		if status, answer := send(t, "POST", here+path, body); status != http.StatusNoContent {
			t.Errorf("POST %s: got %d %s", path, status, answer)
		}
	}
	if status, _ := send(t, "GET", p.URL+"/.well-known/openid-configuration", ""); status != 503 {
		t.Errorf("discovery with a fault: got %d, want 503", status)
	}
	if status, _ := send(t, "DELETE", here+"/faults", ""); status != http.StatusNoContent {
		t.Errorf("DELETE faults: got %d", status)
	}
	if _, keys := send(t, "GET", p.URL+"/jwks", ""); !bytes.Contains(keys, []byte(`"kid":"rsa-2"`)) {
		t.Errorf("after a rotation: got %s", keys)
	}
	if status, token := send(t, "POST", here+"/id-token", `{"client":"app","user":"bob","fault":{"idToken":"expired"}}`); status != 200 || !bytes.HasPrefix(token, []byte(`{"token":"ey`)) {
		t.Errorf("an ID token: got %d %s", status, token)
	}
	var requests []struct {
		Seq      int
		Endpoint string
	}
	_, answer = send(t, "GET", here+"/requests?after=1", "")
	unmarshal(t, answer, &requests)
	if len(requests) != 3 || requests[0].Seq != 2 || requests[0].Endpoint != "jwks" {
		t.Errorf("requests: got %s", answer)
	}

	for path, body := range map[string]string{
		"/faults":   `{"endpoint":"nowhere"}`,
		"/users":    `{"subject":"x"}`,
		"/id-token": `{"client":"nobody"}`,
	} {
		if status, answer := send(t, "POST", here+path, body); status != http.StatusBadRequest || !bytes.Contains(answer, []byte("error")) {
			t.Errorf("POST %s %s: got %d %s, want an error", path, body, status, answer)
		}
	}
	if status, _ := send(t, "DELETE", here, ""); status != http.StatusNoContent {
		t.Errorf("DELETE: got %d", status)
	}
	if status, _ := send(t, "GET", here+"/requests", ""); status != http.StatusBadRequest {
		t.Errorf("the deleted one: got %d, want an error", status)
	}
}

func TestLoopbackOnly(t *testing.T) {
	t.Parallel()
	if err := run(t.Context(), "0.0.0.0:0", io.Discard); err == nil {
		t.Error("it listens to the world")
	}
}
