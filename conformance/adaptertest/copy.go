package adaptertest

import (
	"context"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/wire"
)

var copyCases = []testCase{
	{"Headers", nil, headers},
	{"NoHeaders", nil, noHeaders},
	{"RepeatedHeaders", nil, repeatedHeaders},
	{"RepeatedCookieLines", nil, repeatedCookieLines},
	{"CookieBytes", nil, cookieBytes},
	{"BaseURL", nil, hostArrives},
	{"ClientAddress", nil, clientAddress},
	{"Host", nil, host},
	{"Retention", nil, retention},
	{"SessionRetention", nil, sessionRetention},
}

// headers: values arrive byte by byte, names in any case.
func headers(k *kit) {
	var got [4]string
	k.probe.act = func(_ context.Context, x *core.Exchange, _ probeInput) (any, error) {
		got = [4]string{x.RequestHeader("X-Probe"), x.RequestHeader("x-empty"), x.RequestHeader("X-MIXED-case"), x.RequestHeader("User-Agent")}
		return nil, nil
	}
	k.serve(App{})
	want := [4]string{"caf\xe9 \"quoted\", a;b=c \xc3\xa9", "", "mixed", "Suite/1.0 (x; y)"}
	k.get("/api/auth/probe/1", "x-PROBE:   "+want[0]+"  ", "X-Empty:", "X-Mixed-Case: mixed", "user-agent: "+want[3]).want(k.T, "probe", 200, "null")
	if got != want {
		k.Errorf("got %q, want %q", got, want)
	}
}

// noHeaders: nothing is made up, least of all a content type for a body that is not there.
func noHeaders(k *kit) {
	var got []string
	k.probe.act = func(_ context.Context, x *core.Exchange, _ probeInput) (any, error) {
		for _, name := range []string{"Content-Type", "User-Agent", "Cookie", "Origin", "Accept", "X-Forwarded-For", "Authorization"} {
			if v := x.RequestHeader(name); v != "" {
				got = append(got, name+": "+v)
			}
		}
		_, hasBody := x.Body()
		return hasBody, nil
	}
	k.serve(App{})
	for _, method := range []string{"GET", "POST", "DELETE"} {
		a := k.do(request{method: method, target: "/api/auth/probe/1"})
		a.want(k.T, method, 200, "false")
	}
	if len(got) > 0 {
		k.Errorf("the request had no headers, but core saw %q", got)
	}
}

// repeatedHeaders: a proxy chain may be spread over several lines, and all of them count, in order.
func repeatedHeaders(k *kit) {
	k.config.ClientIP.TrustedProxies = []string{"127.0.0.0/8", "::1", "10.0.0.0/8"}
	k.probe.act = func(_ context.Context, x *core.Exchange, _ probeInput) (any, error) { return x.ClientIP(), nil }
	k.serve(App{})
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{[]string{"203.0.113.7"}, "203.0.113.7"},
		{[]string{"203.0.113.7", "198.51.100.2"}, "198.51.100.2"},        // the last line is there
		{[]string{"203.0.113.7", "10.1.2.3"}, "203.0.113.7"},             // and the first
		{[]string{"203.0.113.7", "10.1.2.3", "10.4.5.6"}, "203.0.113.7"}, // with those between
		{[]string{"203.0.113.7", "198.51.100.2", "10.4.5.6"}, "198.51.100.2"},
	} {
		var lines []string
		for _, ip := range c.lines {
			lines = append(lines, "X-Forwarded-For: "+ip)
		}
		k.get("/api/auth/probe/1", lines...).want(k.T, fmt.Sprint(c.lines), 200, `"`+c.want+`"`)
	}
}

func repeatedCookieLines(k *kit) {
	k.serve(App{Routes: []Route{{Method: "GET", Path: "/me", Require: true, Handle: nameOf}}})
	cookie := k.signUp("ann")
	for _, lines := range [][]string{
		{cookie, "Cookie: other=1"},
		{"Cookie: other=1", cookie},
		{"Cookie: other=1; " + strings.TrimPrefix(cookie, "Cookie: "), "Cookie: more=2"},
		{strings.ToLower(cookie[:len("Cookie")]) + cookie[len("Cookie"):]},
	} {
		k.get("/me", lines...).want(k.T, "Require", 200, "ann")
		k.get("/api/auth/get-session", lines...).want(k.T, "get-session", 200, `"name":"ann"`)
	}
}

// cookieBytes: core has the contract's own ideas about quotes and what is no cookie. They apply to what the client sent.
func cookieBytes(k *kit) {
	k.probe.act = func(_ context.Context, x *core.Exchange, _ probeInput) (any, error) {
		return x.RequestHeader("Cookie"), nil
	}
	k.serve(App{})
	for _, raw := range []string{"a=b", "a=b;c=d", "a=b;  c=d;", `a="b c"; d=e`, "justaname; a=b", "=b; a=c", "a=1; a=2", "a=%2B%2F%3D+/=", "a="} {
		want, err := wire.Append(nil, raw)
		if err != nil {
			k.Fatal(err)
		}
		if a := k.get("/api/auth/probe/1", "Cookie: "+raw); a.status != 200 || a.body != string(want) {
			k.Errorf("Cookie %s: got %d %s, want %s", raw, a.status, a.body, want)
		}
	}
}

// clientAddress: without trusted proxies the client is whoever the connection comes from, and no header changes that.
func clientAddress(k *kit) {
	k.probe.act = func(_ context.Context, x *core.Exchange, _ probeInput) (any, error) { return x.ClientIP(), nil }
	k.serve(App{})
	k.get("/api/auth/probe/1", "X-Forwarded-For: 203.0.113.7", "X-Real-IP: 203.0.113.8", "Forwarded: for=203.0.113.9").want(k.T, "probe", 200, `"127.0.0.1"`)
}

// host: a browser that vouches for a request from a sandboxed page of the same origin is believed, which takes the host
// that the request was sent to.
func host(k *kit) {
	k.serve(App{})
	cookie := k.signUp("ann")
	k.post("/api/auth/sign-out", "{}", cookie, "Origin: null", "Sec-Fetch-Site: same-origin").want(k.T, "sign-out", 200, `"success":true`)
}

// kept is everything that code behind an adapter may keep of a request.
type kept struct{ method, header, cookie, param, query, text, ip, agent string }

// retention: what is kept of one request stays as it was while the connection carries others. Servers that reuse the
// memory of requests would write them over it.
func retention(k *kit) {
	k.config.ClientIP.TrustedProxies = []string{"127.0.0.0/8", "::1"}
	var all []kept
	k.probe.act = func(_ context.Context, x *core.Exchange, in probeInput) (any, error) {
		q, _ := in.Query.(string)
		cookie, _ := x.Cookie("c")
		all = append(all, kept{x.Method(), x.RequestHeader("X-Probe"), cookie, in.Param, q, in.Text, x.ClientIP(), x.RequestHeader("User-Agent")})
		return nil, nil
	}
	k.serve(App{})
	c := k.dial()
	var want []kept
	for i, letter := range []string{"A", "B", "C", "D"} {
		s := strings.Repeat(letter, 40)
		method := []string{"POST", "PATCH"}[i%2]
		ip := fmt.Sprintf("203.0.113.%d", i+1)
		want = append(want, kept{method, s + "h", s + "c", s + "p", s + "q", s + "t", ip, s + "u"})
		r := postRequest("/api/auth/probe/"+s+"p?q="+s+"q", `{"text":"`+s+`t"}`,
			"X-Probe: "+s+"h", "Cookie: c="+s+"c", "User-Agent: "+s+"u", "X-Forwarded-For: "+ip)
		r.method = method
		c.do(r).want(k.T, "probe", 200, "null")
	}
	for i := range want {
		if i >= len(all) || all[i] != want[i] {
			k.Fatalf("after all requests, what was kept:\ngot  %+v\nwant %+v", all, want)
		}
	}
}

// sessionRetention: the same for what the adapter's Session returns, and for what it was found by.
func sessionRetention(k *kit) {
	var sessions []*core.ActiveSession
	keep := func(s *core.ActiveSession, _ []byte) string {
		sessions = append(sessions, s)
		return s.User.Name
	}
	k.serve(App{Routes: []Route{{Method: "GET", Path: "/keep", Require: true, Handle: keep}}})
	names := []string{"anna", "bert", "cleo"}
	var cookies []string
	for _, name := range names {
		cookies = append(cookies, k.signUp(name))
	}
	c := k.dial()
	for i, name := range names {
		c.do(request{method: "GET", target: "/keep", lines: []string{cookies[i]}}).want(k.T, "keep", 200, name)
	}
	for i, name := range names {
		s := sessions[i]
		if s.User.Name != name || s.User.Email != name+"@example.com" || s.Session.UserID != s.User.ID || !strings.Contains(cookies[i], s.Session.Token) {
			k.Errorf("session of %s after all requests: got user %+v session %+v", name, *s.User, *s.Session)
		}
	}
}

// hostArrives: the Host header is the one that the client sent, port included, whatever a forwarded one says.
func hostArrives(k *kit) {
	k.config.BaseURL = ""
	k.config.BaseURLs = core.BaseURLsConfig{AllowedHosts: []string{"*.example.com:8443"}}
	k.probe.act = func(_ context.Context, x *core.Exchange, _ probeInput) (any, error) { return x.BaseURL(), nil }
	k.serve(App{})
	for host, want := range map[string]answer{
		"a.example.com:8443": {status: 200, body: `"https://a.example.com:8443/api/auth"`},
		"b.example.com:8443": {status: 200, body: `"https://b.example.com:8443/api/auth"`},
		"a.example.com":      {status: 421},
		"evil.example:8443":  {status: 421},
	} {
		lines := []string{"X-Forwarded-Host: c.example.com:8443", "X-Forwarded-Proto: https", "Forwarded: host=c.example.com:8443"}
		got := k.do(request{method: "GET", target: "/api/auth/probe/1", host: host, lines: lines})
		if got.status != want.status || got.body != want.body {
			k.Errorf("%s: got %d %s, want %d %s", host, got.status, got.body, want.status, want.body)
		}
	}
}
