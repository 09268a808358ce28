package adaptertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/cardea-auth/cardea/core"
)

var routeCases = []testCase{
	{"EveryMethodArrives", nil, everyMethodArrives},
	{"CoreAnswersNotFound", []feature{coreNotFound}, coreAnswersNotFound},
	{"StrangeMethods", nil, strangeMethods},
	{"OneSpelling", nil, oneSpelling},
	{"Neighbours", nil, neighbours},
	{"EscapedPath", nil, escapedPath},
	{"Query", nil, query},
	{"AbsoluteTarget", nil, absoluteTarget},
	{"BrokenTarget", nil, brokenTarget},
	{"BasePath", nil, basePath},
}

// methods are those that every router knows.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}

func everyMethodArrives(k *kit) {
	k.probe.act = func(_ context.Context, x *core.Exchange, in probeInput) (any, error) {
		return x.Method() + " with " + in.Text, nil
	}
	k.serve(App{})
	for method := range strings.FieldsSeq(probeMethods) {
		r := postRequest("/api/auth/probe/1", `{"text":"a body"}`)
		r.method = method
		want := `"` + method + ` with a body"`
		if method == "GET" { // whose body means nothing
			want = `"GET with "`
		}
		k.do(r).want(k.T, method, 200, want)
		if method != "GET" {
			r.body, r.lines = "", r.lines[1:]
			k.do(r).want(k.T, method+" without a body", 200, `"`+method+` with "`)
		}
	}
}

// coreAnswersNotFound: whatever is under the base path reaches core, and core alone says that there is nothing.
func coreAnswersNotFound(k *kit) {
	k.serve(App{})
	for _, method := range methods {
		for _, path := range []string{
			"/api/auth", "/api/auth/", "/api/auth?x=1", "/api/auth/nothing", "/api/auth/nothing/at/all", "/api/auth/ok/", "/api/auth/OK",
			"/api/auth/o%6B", "/api/auth/ok;x=1", "/api/auth/ok%00", "/api/auth/ok%2F", "/api/auth/*", "/api/auth/:param", "/api/auth/probe",
			"/api/auth/probe/", "/api/auth/probe/1/", "/api/auth/probe/1/2",
		} {
			k.do(request{method: method, target: path}).wantBare(k.T, method+" "+path, 404)
		}
		if method != "GET" {
			k.do(request{method: method, target: "/api/auth/ok"}).wantBare(k.T, method+" of what has GET", 404)
		}
		if method != "POST" {
			k.do(request{method: method, target: "/api/auth/sign-in/email"}).wantBare(k.T, method+" of what has POST", 404)
		}
	}
}

// strangeMethods: methods are case-sensitive (RFC 9110 §9.1), so "get" is not GET.
func strangeMethods(k *kit) {
	k.serve(App{})
	for _, method := range []string{"get", "Get", "gET", "PROPFIND", "FOO", "GETX"} {
		a := k.do(request{method: method, target: "/api/auth/ok"})
		f := k.opts.Features
		if f.NoStrangeMethods || f.OwnNotFound {
			if a.status < 400 || a.status > 499 && a.status != 501 {
				k.Errorf("%s: got %d, want it refused", method, a.status)
			}
			continue
		}
		a.wantBare(k.T, method, 404)
	}
}

// oneSpelling: other spellings of an endpoint's path are other paths, and what their answer is depends on none of the
// endpoint's.
func oneSpelling(k *kit) {
	k.serve(App{})
	for _, path := range []string{
		"//api/auth/ok", "/api//auth/ok", "/api/auth//ok", "/api/auth/./ok", "/api/auth/x/../ok", "/x/../api/auth/ok", "/./api/auth/ok",
		"/api%2Fauth/ok", "/api%2fauth%2fok", "/%61pi/auth/ok", "/api/%61uth/ok", "/API/AUTH/OK", "/API/auth/ok", "/Api/Auth/ok",
		"/api/auth/Ok", "/api/auth/ok/", "//x/api/auth/ok?u=http://x/", "/api/auth/ok%20", "/api/auth/%6fk", "/api/auth\\ok",
		"/api/auth/ok#fragment",
	} {
		a := k.get(path)
		redirected := a.status == 301 || a.status == 307 || a.status == 308
		if redirected && (k.opts.Features.CleansPaths || k.opts.Features.OwnNotFound) {
			continue
		}
		if a.status != 404 && a.status != 400 {
			k.Errorf("GET %s: got %d %q, want 404", path, a.status, a.body)
		}
	}
}

// neighbours: the base path ends where its last segment ends.
func neighbours(k *kit) {
	var served atomic.Int32
	count := func(*core.ActiveSession, []byte) string {
		served.Add(1)
		return "the app's"
	}
	k.serve(App{Routes: []Route{
		{Method: "GET", Path: "/api/authors", Handle: count},
		{Method: "GET", Path: "/api/other", Handle: count},
		{Method: "GET", Path: "/", Handle: count},
	}})
	for _, path := range []string{"/api/authors", "/api/other", "/"} {
		k.get(path).want(k.T, path, 200, "the app's")
	}
	if n := served.Load(); n != 3 {
		k.Errorf("the app served %d requests, want 3", n)
	}
	k.get("/api/auth/ok").want(k.T, "beside them", 200, `{"ok":true}`)
}

// escapedPath: a path parameter arrives as the client escaped it, and is decoded once.
func escapedPath(k *kit) {
	k.probe.act = func(_ context.Context, _ *core.Exchange, in probeInput) (any, error) { return []string{in.Param}, nil }
	k.serve(App{})
	for escaped, want := range map[string]string{
		"plain":          "plain",
		"a%2Fb":          "a/b",
		"a%2fb%2541":     "a/b%41",
		"a%20b+c":        "a b+c",
		"%C3%A9":         "é",
		"%e2%82%ac":      "€",
		"a:b*c@d,e;f=g!": "a:b*c@d,e;f=g!",
		"..%2f..":        "../..",
		"%2E%2E":         "..",
		"a%3Fb%23c":      "a?b#c",
		"%5C":            `\\`, // in JSON
		"Case":           "Case",
	} {
		k.get("/api/auth/probe/"+escaped).want(k.T, escaped, 200, `["`+want+`"]`)
	}
	for _, broken := range []string{"%", "%zz", "%4"} {
		if a := k.get("/api/auth/probe/" + broken); a.status != 404 && a.status != 400 {
			k.Errorf("%s: got %d %q, want it refused", broken, a.status, a.body)
		}
	}
}

// query: the query arrives as it was sent, repeated names and all.
func query(k *kit) {
	k.probe.act = func(_ context.Context, _ *core.Exchange, in probeInput) (any, error) { return in.Query, nil }
	k.serve(App{})
	for raw, want := range map[string]string{
		"":                         "null",
		"?q=1":                     `"1"`,
		"?q=":                      `""`,
		"?Q=1":                     "null",
		"?q=a%26b+c%2B":            `"a&b c+"`,
		"?q=1&q=2":                 `["1","2"]`,
		"?q=2&x=3&q=1":             `["2","1"]`,
		"?q=%C3%A9":                `"é"`,
		"?q=http://x.example//y/?": `"http://x.example//y/?"`,
	} {
		a := k.get("/api/auth/probe/1" + raw)
		if a.status != 200 || a.body != want {
			k.Errorf("%q: got %d %s, want %s", raw, a.status, a.body, want)
		}
	}
}

// absoluteTarget: a server takes the form of target that a client sends to a proxy (RFC 9112 §3.2.2).
func absoluteTarget(k *kit) {
	k.probe.act = func(_ context.Context, _ *core.Exchange, in probeInput) (any, error) { return in.Param, nil }
	k.serve(App{})
	k.get("http://localhost:3000/api/auth/probe/a%2Fb?x=1").want(k.T, "absolute target", 200, `"a/b"`)
}

func brokenTarget(k *kit) {
	k.serve(App{})
	for _, target := range []string{"/api/auth/%", "/api/auth/%zz", "/api/auth/ok%", "/api/auth/\x01", "/api/auth/ok?%zz", "/api/auth/\xff", "*", "x"} {
		c := k.dial()
		c.send(request{method: "GET", target: target})
		a, err := c.read("GET")
		if err == nil && a.status >= 500 {
			k.Errorf("GET %q: got %d", target, a.status)
		}
		if target == "/api/auth/ok?%zz" && a.status != 200 && a.status != 400 {
			k.Errorf("GET %q: got %d %q, want 200 or 400", target, a.status, a.body)
		}
	}
	k.get("/api/auth/ok").want(k.T, "afterwards", 200, `{"ok":true}`)
}

func basePath(k *kit) {
	for _, base := range []string{"/", "/auth", "/a/b-c/d_e.f~1"} {
		part := newKit(k.T, k.opts)
		part.config.BasePath = base
		part.serve(App{})
		prefix := strings.TrimRight(base, "/")
		part.get(prefix+"/ok").want(k.T, "base path "+base, 200, `{"ok":true}`)
		part.post(prefix+"/sign-out", "{}").want(k.T, "base path "+base, 200, `"success":true`)
		if !k.opts.Features.OwnNotFound {
			for _, path := range slices.Compact([]string{prefix + "/", prefix + "/nothing", prefix + "/ok/"}) {
				part.get(path).wantBare(k.T, fmt.Sprintf("base path %s: GET %s", base, path), 404)
			}
		}
		if base != "/" {
			if a := part.get("/api/auth/ok"); a.status != 404 {
				k.Errorf("base path %s: the default path got %d, want 404", base, a.status)
			}
		}
	}
}
