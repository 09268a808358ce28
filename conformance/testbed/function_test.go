package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// hook is a webhook of a test.
type hook struct {
	url    string
	mu     sync.Mutex
	asked  []string
	answer func(question string) string
}

func newHook(t *testing.T) *hook {
	h := &hook{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		h.mu.Lock()
		h.asked = append(h.asked, r.Method+" "+r.Header.Get("Content-Type")+" "+string(body))
		h.mu.Unlock()
		if _, err := io.WriteString(w, h.answer(string(body))); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

func passwordHash(function string) json.RawMessage {
	return json.RawMessage(`{"emailAndPassword":{"enabled":true,"password":{"hash":` + function + `}}}`)
}

func passwordVerify(function string) json.RawMessage {
	return json.RawMessage(`{"emailAndPassword":{"enabled":true,"password":{"hash":{"$const":"stored"},"verify":` + function + `}}}`)
}

const signInAnn = `{"email":"ann@example.com","password":"password-1"}`

func TestRecord(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(map[string]any{"passwordHasher": "scrypt", "options": passwordVerify(`{"$record":true}`)})
	wantBody(t, response{body: i.outbox("")}, 0, "[]")
	i.signUp("ann@example.com")
	for range 2 {
		// A recorded function returns nothing, which is no password's verification.
		if res := i.request("POST", "/api/auth/sign-in/email", signInAnn); res.status != 401 {
			t.Errorf("got %d %s, want 401", res.status, res.body)
		}
	}
	const call = `"callback":"emailAndPassword.password.verify","args":[{"hash":"stored","password":"password-1"}]}`
	wantBody(t, response{body: i.outbox("")}, 0, `[{"seq":1,`+call+`,{"seq":2,`+call+`]`)
	wantBody(t, response{body: i.outbox("?after=1")}, 0, `[{"seq":2,`+call+`]`)
	wantBody(t, response{body: i.outbox("?after=9")}, 0, `[]`)
	i.wantStatus(http.StatusBadRequest, "GET", "/instances/"+i.id+"/outbox?after=x", "")
}

func TestConst(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(map[string]any{"passwordHasher": "scrypt", "options": passwordVerify(`{"$const":true}`)})
	i.signUp("ann@example.com")
	if res := i.request("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"any at all"}`); res.status != 200 {
		t.Errorf("got %d %s, want 200", res.status, res.body)
	}
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	h := newHook(t)
	h.answer = func(question string) string {
		if strings.Contains(question, "password-1") {
			return `{"result":true}`
		}
		return `` // no answer is no result
	}
	i := newTestbed(t).open(map[string]any{"passwordHasher": "scrypt", "options": passwordVerify(`{"$webhook":"` + h.url + `"}`)})
	i.signUp("ann@example.com")
	if res := i.request("POST", "/api/auth/sign-in/email", signInAnn); res.status != 200 {
		t.Errorf("got %d %s, want 200", res.status, res.body)
	}
	if res := i.request("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"other"}`); res.status != 401 {
		t.Errorf("got %d %s, want 401", res.status, res.body)
	}
	want := `POST application/json {"args":[{"hash":"stored","password":"password-1"}]}`
	if len(h.asked) != 2 || h.asked[0] != want {
		t.Errorf("got %q, want first %s", h.asked, want)
	}
}

// TestWebhookErrors: the endpoint answers with the error that the webhook gives; anything else that goes wrong is a 500.
func TestWebhookErrors(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]response{
		`{"error":{"status":"FORBIDDEN","code":"NO","message":"Not you"}}`: {status: 403, body: `{"message":"Not you","code":"NO"}`},
		`{"error":{"status":429,"message":"Later"}}`:                       {status: 429, body: `{"message":"Later"}`},
		`{"error":{"status":"PAYLOAD_TOO_LARGE"}}`:                         {status: 413},
		`{"error":{}}`:             {status: 500},
		`{"error":{"status":200}}`: {status: 500},
		`{"result":5}`:             {status: 500},
		`[]`:                       {status: 500},
		`not JSON`:                 {status: 500},
	} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			h := newHook(t)
			h.answer = func(string) string { return answer }
			i := newTestbed(t).open(map[string]any{"passwordHasher": "scrypt", "options": passwordHash(`{"$webhook":"` + h.url + `"}`)})
			res := i.request("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`)
			wantBody(t, res, want.status, want.body)
		})
	}
}

// TestWebhookErrorDefault: an error without a status is the server's own.
func TestWebhookErrorDefault(t *testing.T) {
	t.Parallel()
	h := newHook(t)
	h.answer = func(string) string { return `{"error":{"message":"Broken"}}` }
	i := newTestbed(t).open(map[string]any{"passwordHasher": "scrypt", "options": passwordHash(`{"$webhook":"` + h.url + `"}`)})
	got := i.call("signUpEmail", `{"body":{"name":"Ann","email":"ann@example.com","password":"password-1"}}`)
	if got.Status != 500 || string(got.Body) != `{"message":"Broken"}` {
		t.Errorf("got %d %s, want 500 with the message", got.Status, got.Body)
	}
}

// TestCallBreaks: what breaks in a server-side call shows no more than over HTTP.
func TestCallBreaks(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(map[string]any{"passwordHasher": "scrypt", "options": passwordHash(`{"$const":5}`)})
	wantCall(t, i.call("signUpEmail", signUpAnn), 500, [][2]string{}, "null")
}
