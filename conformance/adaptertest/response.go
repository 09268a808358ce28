package adaptertest

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
)

var responseCases = []testCase{
	{"AsCoreAnswers", nil, asCoreAnswers},
	{"RepeatedSetCookie", nil, repeatedSetCookie},
	{"AppCookieStays", nil, appCookieStays},
	{"EmptyBodies", nil, emptyBodies},
	{"Bytes", nil, responseBytes},
}

// byServer are headers that servers add by themselves.
var byServer = []string{"Date", "Content-Length", "Connection", "Keep-Alive", "Server"}

// asCoreAnswers compares what comes over the wire with what core answers to the same request without an adapter.
func asCoreAnswers(k *kit) {
	k.probe.act = func(_ context.Context, x *core.Exchange, in probeInput) (any, error) {
		x.SetHeader("X-Probe", "caf\xc3\xa9; \"q\"")
		switch in.Param {
		case "refused":
			return nil, core.NewError(418, "TEAPOT", "I'm a <teapot> & \"short\"").WithHeader("X-Further", "1")
		case "bare":
			return nil, core.NewError(409, "", "")
		case "redirect":
			return nil, core.Redirect("/login?next=%2Fa+b&x=é")
		case "page":
			return &core.Content{Type: "text/html; charset=utf-8", Data: []byte("<p>page</p>")}, nil
		case "null":
			return nil, nil
		default:
			return map[string]any{"text": "<&>\u2028é", "list": []string{}}, nil
		}
	}
	k.serve(App{})
	for _, path := range []string{
		"/api/auth/ok", "/api/auth/get-session", "/api/auth/error?error=x", "/api/auth/probe/refused", "/api/auth/probe/bare",
		"/api/auth/probe/redirect", "/api/auth/probe/page", "/api/auth/probe/null", "/api/auth/probe/json",
	} {
		r, err := http.NewRequestWithContext(k.Context(), http.MethodGet, origin+path, nil)
		if err != nil {
			k.Fatal(err)
		}
		want := k.auth.Serve(k.Context(), r)
		got := k.get(path)
		if got.status != want.Status || got.body != string(want.Body) {
			k.Errorf("GET %s: got %d %q, want %d %q", path, got.status, got.body, want.Status, want.Body)
		}
		for name, values := range want.Header {
			if !slices.Equal(got.header[name], values) {
				k.Errorf("GET %s: got %s %q, want %q", path, name, got.header[name], values)
			}
		}
		for name, values := range got.header {
			if want.Header[name] == nil && !slices.Contains(byServer, name) {
				k.Errorf("GET %s: got %s %q, which core did not answer", path, name, values)
			}
		}
	}
}

// probeCookies are cookies of all kinds, as core sends them.
func probeCookies(x *core.Exchange) {
	for i, key := range []string{"one", "two", "three"} {
		c := x.Auth().NewCookie(key, cookie.Patch{})
		c.Value = strings.Repeat(key, i+1) + " é;,\""
		if i == 1 {
			c.Path, c.SameSite = "/elsewhere", cookie.Strict
		}
		x.SetCookie(c)
	}
	x.ExpireCookie(x.Auth().NewCookie("four", cookie.Patch{}))
}

func repeatedSetCookie(k *kit) {
	k.probe.act = func(_ context.Context, x *core.Exchange, _ probeInput) (any, error) {
		probeCookies(x)
		return nil, nil
	}
	k.serve(App{})
	r, err := http.NewRequestWithContext(k.Context(), http.MethodGet, origin+"/api/auth/probe/1", nil)
	if err != nil {
		k.Fatal(err)
	}
	want := k.auth.Serve(k.Context(), r).Header["Set-Cookie"]
	if len(want) != 4 {
		k.Fatalf("core sets %d cookies, want 4: %q", len(want), want)
	}
	if got := k.get("/api/auth/probe/1").header["Set-Cookie"]; !slices.Equal(got, want) {
		k.Errorf("got %q\nwant %q, in that order", got, want)
	}
}

// appCookieStays: a cookie that the app's middleware has set before is still set, whichever part of the adapter answers.
func appCookieStays(k *kit) {
	const own = "app=1; Path=/; HttpOnly"
	k.probe.act = func(_ context.Context, x *core.Exchange, _ probeInput) (any, error) {
		probeCookies(x)
		return nil, nil
	}
	k.serve(App{Cookie: own, Routes: []Route{
		{Method: "GET", Path: "/me", Require: true, Handle: nameOf},
		{Method: "GET", Path: "/home", Handle: nameOf},
	}})
	cookie := k.signUp("ann")
	check := func(what string, a answer, status, others int) {
		k.Helper()
		a.want(k.T, what, status, "")
		lines := a.header["Set-Cookie"]
		if !slices.Contains(lines, own) || len(lines) != others+1 {
			k.Errorf("%s: got Set-Cookie %q, want the app's own and %d others", what, lines, others)
		}
	}
	check("endpoint without cookies", k.get("/api/auth/ok"), 200, 0)
	check("endpoint with cookies", k.get("/api/auth/probe/1"), 200, 4)
	check("not found", k.get("/api/auth/nothing"), 404, 0)
	check("Require, refused", k.get("/me"), 401, 0)
	check("Require", k.get("/me", cookie), 200, 0)
	k.clock.advance(2 * refreshAge)
	check("Require, prolonging", k.get("/me", cookie), 200, 1)
	k.clock.advance(2 * refreshAge)
	check("Load, prolonging", k.get("/home", cookie), 200, 1)
	k.clock.advance(2 * lifetime)
	check("Require, expired", k.get("/me", cookie), 401, 3)
}

// emptyBodies: where core answers without a body there is none. Endpoints name a type nonetheless, as the contract has it.
func emptyBodies(k *kit) {
	k.probe.act = func(_ context.Context, _ *core.Exchange, in probeInput) (any, error) {
		if in.Param == "redirect" {
			return nil, core.Redirect("/login")
		}
		return nil, core.NewError(http.StatusGone, "", "")
	}
	k.serve(App{Routes: []Route{{Method: "GET", Path: "/page", Require: true, Guards: []core.Guard{core.RedirectTo("/login")}, Handle: nameOf}}})
	for path, contentType := range map[string]string{"/api/auth/probe/redirect": "application/json", "/page": ""} {
		a := k.get(path)
		if a.status != 302 || a.header.Get("Location") != "/login" || a.body != "" || a.header.Get("Content-Type") != contentType {
			k.Errorf("GET %s: got %d %q with %v, want a 302 to /login of type %q without body", path, a.status, a.body, a.header, contentType)
		}
	}
	a := k.get("/api/auth/probe/gone")
	if a.status != 410 || a.body != "" || a.header.Get("Content-Type") != "application/json" {
		k.Errorf("got %d %q with %v, want an empty 410 of type application/json, as the contract has it", a.status, a.body, a.header)
	}
	if a := k.get("/api/auth/error?error=x"); a.status != 302 || a.body != "" || a.header["Content-Type"] != nil {
		k.Errorf("got %d %q with %v, want a 302 without body and content type", a.status, a.body, a.header)
	}
}

// responseBytes: a body of any bytes and any size comes as it is.
func responseBytes(k *kit) {
	data := make([]byte, 300_000)
	for i := range data {
		data[i] = byte(i * 7 / 3)
	}
	k.probe.act = func(context.Context, *core.Exchange, probeInput) (any, error) {
		return &core.Content{Type: "application/octet-stream", Data: data}, nil
	}
	k.serve(App{})
	c := k.dial()
	for range 2 {
		if a := c.do(request{method: "GET", target: "/api/auth/probe/1"}); a.body != string(data) || a.header.Get("Content-Type") != "application/octet-stream" {
			k.Errorf("got %d bytes of %s, want %d of application/octet-stream", len(a.body), a.header.Get("Content-Type"), len(data))
		}
	}
}
