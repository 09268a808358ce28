package main

import (
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

const signUpAnn = `{"body":{"name":"Ann","email":"ann@example.com","password":"password-1"}}`

func (r callResult) header(name string) (values []string) {
	for _, h := range r.Headers {
		if h[0] == name {
			values = append(values, h[1])
		}
	}
	return values
}

func wantCall(t *testing.T, got callResult, status int, headers [][2]string, body string) {
	t.Helper()
	if got.Status != status || string(got.Body) != body || !reflect.DeepEqual(got.Headers, headers) {
		t.Errorf("got %d %v %s, want %d %v %s", got.Status, got.Headers, got.Body, status, headers, body)
	}
}

func TestCall(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(map[string]any{"options": enabled()})
	up := i.call("signUpEmail", signUpAnn)
	if up.Status != 200 || len(up.Headers) != 1 || len(up.header("set-cookie")) != 1 {
		t.Fatalf("sign-up: got %d %v %s", up.Status, up.Headers, up.Body)
	}
	cookie := cookieHeader(up.header("set-cookie"))

	in := i.call("signInEmail", `{"body":{"email":"ann@example.com","password":"password-1","callbackURL":"/home","rememberMe":false}}`)
	if in.Status != 200 || len(in.Headers) != 3 || in.Headers[0] != [2]string{"location", "/home"} ||
		in.Headers[1][0] != "set-cookie" || !strings.HasPrefix(in.Headers[2][1], "better-auth.dont_remember=") {
		t.Errorf("sign-in: got %d %v %s", in.Status, in.Headers, in.Body)
	}

	noStore := [][2]string{{"cache-control", "no-store"}, {"pragma", "no-cache"}}
	wantCall(t, i.call("getSession", `{"headers":{}}`), 200, noStore, "null")
	session := i.call("getSession", `{"headers":{"cookie":"`+cookie+`"},"query":{"disableRefresh":false,"disableCookieCache":true}}`)
	if !strings.Contains(string(session.Body), `"email":"ann@example.com"`) {
		t.Errorf("get-session: got %d %s", session.Status, session.Body)
	}
	out := i.call("signOut", `{"headers":{"cookie":"`+cookie+`"}}`)
	if string(out.Body) != `{"success":true}` || len(out.header("set-cookie")) != 3 {
		t.Errorf("sign-out: got %d %v %s", out.Status, out.Headers, out.Body)
	}
	gone := i.call("getSession", `{"headers":{"cookie":"`+cookie+`"}}`)
	if string(gone.Body) != "null" || len(gone.header("set-cookie")) != 3 {
		t.Errorf("get-session after sign-out: got %v %s", gone.Headers, gone.Body)
	}
	wantCall(t, i.call("ok", `{}`), 200, [][2]string{}, `{"ok":true}`)
}

// TestCallErrors: the answers of the reference, byte by byte.
func TestCallErrors(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(map[string]any{"options": enabled()})
	i.call("signUpEmail", signUpAnn)
	none := [][2]string{}
	for _, c := range []struct {
		operation, input string
		status           int
		body             string
	}{
		{"signUpEmail", signUpAnn, 422, `{"message":"User already exists. Use another email.","code":"USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"}`},
		{"signUpEmail", `{"body":{"email":"b@example.com"}}`, 400, `{"message":"[body.name] Invalid input: expected string, received undefined; [body.password] Invalid input: expected string, received undefined","code":"VALIDATION_ERROR"}`},
		{"signInEmail", `{}`, 400, `{"message":"[body] Invalid input: expected object, received undefined","code":"VALIDATION_ERROR"}`},
		{"signInEmail", `{"body":null}`, 400, `{"message":"[body] Invalid input: expected object, received null","code":"VALIDATION_ERROR"}`},
		{"signInEmail", `{"body":["x"]}`, 400, `{"message":"[body] Invalid input: expected object, received array","code":"VALIDATION_ERROR"}`},
		{"signInEmail", `{"body":{"email":"ann@example.com","password":"wrong"}}`, 401, `{"message":"Invalid email or password","code":"INVALID_EMAIL_OR_PASSWORD"}`},
		{"getSession", `{}`, 400, `{"message":"Headers is required","code":"VALIDATION_ERROR"}`},
		{"signOut", `{}`, 400, `{"message":"Headers is required","code":"VALIDATION_ERROR"}`},
		{"nope", `{}`, 404, `{"code":"NO_SUCH_OPERATION","message":"nope"}`},
	} {
		wantCall(t, i.call(c.operation, c.input), c.status, none, c.body)
	}
}

func TestCallPage(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(nil)
	got := i.call("error", `{"query":{"error":["first","second"]}}`)
	if got.Status != 200 || got.header("content-type") == nil || !regexp.MustCompile(`^".*<code>first</code>.*"$`).Match(got.Body) {
		t.Errorf("got %d %v %s, want a page in a text", got.Status, got.Headers, got.Body)
	}
}

// TestCallRedirect: where a redirect leads is among the headers.
func TestCallRedirect(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(map[string]any{"options": enabled(`"onAPIError":{"errorURL":"/oops"}`)})
	wantCall(t, i.call("error", `{"query":{"error":"denied"}}`), 302, [][2]string{{"location", "/oops?error=denied"}}, "null")
}

// TestCallHeaders: header values are bytes, each of which is a character, as in JavaScript.
func TestCallHeaders(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(map[string]any{"options": enabled()})
	up := i.call("signUpEmail", strings.TrimSuffix(signUpAnn, "}")+`,"headers":{"User-Agent":"Überall","x-forwarded-for":"203.0.113.7"}}`)
	session := i.call("getSession", `{"headers":{"cookie":"`+cookieHeader(up.header("set-cookie"))+`"}}`)
	for _, want := range []string{`"userAgent":"Überall"`, `"ipAddress":"203.0.113.7"`} {
		if !strings.Contains(string(session.Body), want) {
			t.Errorf("got %s, want %s", session.Body, want)
		}
	}
}

func TestCallRefuses(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(nil)
	for body, status := range map[string]int{
		``: 400, `{}`: 400, `{"operation":""}`: 400, `{"operation":1}`: 400,
		`{"operation":"ok","input":[]}`:                           400,
		`{"operation":"ok","input":{"query":{"a":{}}}}`:           400,
		`{"operation":"ok","input":{"query":{"a":[[]]}}}`:         400,
		`{"operation":"ok","input":{"headers":{"a":"日本"}}}`:       400,
		`{"operation":"ok","input":{"headers":{"a":1}}}`:          400,
		`{"operation":"ok","input":{"params":{"a":1}}}`:           400,
		`{"operation":"ok","input":{"asResponse":true}}`:          422,
		`{"operation":"ok","input":{"query":{"a":[1],"b":true}}}`: 200,
		`{"operation":"ok","input":{"params":{"token":"a%2Fb"}}}`: 200,
	} {
		i.wantStatus(status, "POST", "/instances/"+i.id+"/call", body)
	}
	i.wantStatus(http.StatusNotFound, "POST", "/instances/other/call", `{"operation":"ok"}`)
}
