package adaptertest

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"

	"github.com/cardea-auth/cardea/core"
)

var flowCases = []testCase{
	{"Life", nil, life},
	{"RememberMe", nil, rememberMe},
}

// nameOf is a route's answer: who is signed in.
func nameOf(s *core.ActiveSession, _ []byte) string {
	if s == nil {
		return "nobody"
	}
	return s.User.Name
}

// life is a visitor with an ordinary client who signs up, looks at pages, signs out and in again.
func life(k *kit) {
	k.serve(App{Routes: []Route{
		{Method: "GET", Path: "/me", Require: true, Handle: nameOf},
		{Method: "GET", Path: "/page", Require: true, Guards: []core.Guard{core.RedirectTo("/login")}, Handle: nameOf},
		{Method: "GET", Path: "/home", Handle: nameOf},
	}})
	jar, err := cookiejar.New(nil)
	if err != nil {
		k.Fatal(err)
	}
	transport := &http.Transport{}
	k.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport, Jar: jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	step := func(method, path, body string, status int, contains string) {
		k.Helper()
		r, err := http.NewRequestWithContext(context.WithoutCancel(k.Context()), method, k.url+path, strings.NewReader(body))
		if err != nil {
			k.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		res, err := client.Do(r)
		if err != nil {
			k.Fatalf("%s %s: %v", method, path, err)
		}
		defer func() { _ = res.Body.Close() }()
		got, err := io.ReadAll(res.Body)
		if err != nil {
			k.Fatalf("%s %s: %v", method, path, err)
		}
		answer{res.StatusCode, res.Header, string(got)}.want(k.T, method+" "+path, status, contains)
	}
	const ann = `{"name":"Ann","email":"ann@example.com","password":"password-1"}`
	step("GET", "/api/auth/ok", "", 200, `{"ok":true}`)
	step("GET", "/api/auth/get-session", "", 200, "null")
	step("GET", "/me", "", 401, `"code":"UNAUTHORIZED"`)
	step("GET", "/page", "", 302, "")
	step("GET", "/home", "", 200, "nobody")
	step("POST", "/api/auth/sign-up/email", ann, 200, `"name":"Ann"`)
	step("POST", "/api/auth/sign-up/email", ann, 422, "USER_ALREADY_EXISTS")
	step("GET", "/api/auth/get-session", "", 200, `"email":"ann@example.com"`)
	step("GET", "/me", "", 200, "Ann")
	step("GET", "/page", "", 200, "Ann")
	step("GET", "/home", "", 200, "Ann")
	step("POST", "/api/auth/sign-out", "{}", 200, `"success":true`)
	step("GET", "/me", "", 401, `"code":"UNAUTHORIZED"`)
	step("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-2"}`, 401, "INVALID_EMAIL_OR_PASSWORD")
	step("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1"}`, 200, `"name":"Ann"`)
	step("GET", "/me", "", 200, "Ann")
}

// rememberMe sets two cookies by one answer.
func rememberMe(k *kit) {
	k.serve(App{})
	k.signUp("ann")
	a := k.post("/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1","rememberMe":false}`)
	a.want(k.T, "sign-in", 200, `"token"`)
	lines := strings.Join(a.header["Set-Cookie"], "\n")
	for _, name := range []string{sessionCookie, "better-auth.dont_remember"} {
		if strings.Count(lines, name+"=") != 1 {
			k.Errorf("cookie %s: got %q, want it once", name, a.header["Set-Cookie"])
		}
	}
}
