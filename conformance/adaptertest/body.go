package adaptertest

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core"
)

var bodyCases = []testCase{
	{"Arrives", nil, bodyArrives},
	{"CoreLimit", nil, coreLimit},
	{"RouterLimit", []feature{bodyLimit}, routerLimit},
	{"AlreadyRead", nil, alreadyRead},
	{"CutShort", nil, cutShort},
	{"Encoded", nil, encodedBody},
	{"RequireLeavesIt", nil, requireLeavesBody},
}

func bodyArrives(k *kit) {
	var got string
	k.probe.act = func(_ context.Context, _ *core.Exchange, in probeInput) (any, error) {
		got = in.Text
		return len(in.Text), nil
	}
	k.serve(App{})
	for _, text := range []string{"", "short", "caf\u00e9 \u20ac \U0001f511", strings.Repeat("long ", 20_000)} {
		for _, chunked := range []bool{false, true} {
			got = "nothing"
			r := postRequest("/api/auth/probe/1", `{"text":"`+text+`"}`)
			r.chunked = chunked
			k.do(r).want(k.T, "probe", 200, "")
			if got != text {
				k.Errorf("chunked %v: got %d bytes beginning with %.40q, want %d beginning with %.40q", chunked, len(got), got, len(text), text)
			}
		}
	}
}

// jsonOf returns a body for the probe that has so many bytes in all.
func jsonOf(size int) string {
	const frame = `{"text":""}`
	return `{"text":"` + strings.Repeat("x", size-len(frame)) + `"}`
}

func coreLimit(k *kit) {
	k.config.MaxBodyBytes = 2000
	k.serve(App{})
	for _, chunked := range []bool{false, true} {
		r := postRequest("/api/auth/probe/1", jsonOf(2000))
		r.chunked = chunked
		k.do(r).want(k.T, "at the limit", 200, "probed")
		r.body = jsonOf(2001)
		k.do(r).want(k.T, "over the limit", 413, `"code":"PAYLOAD_TOO_LARGE"`)
	}
}

// routerLimit: the router's own limit may answer for itself, where it knows the length in advance. Where it speaks up in
// the middle of the body, that must not look like malformed JSON or a broken server.
func routerLimit(k *kit) {
	k.serve(App{BodyLimit: 1000})
	for _, chunked := range []bool{false, true} {
		r := postRequest("/api/auth/probe/1", jsonOf(900))
		r.chunked = chunked
		k.do(r).want(k.T, "under the limit", 200, "probed")
		r.body = jsonOf(5000)
		k.do(r).want(k.T, "over the limit", 413, "")
	}
	if log := k.log.String(); strings.Contains(log, "level=ERROR") {
		k.Errorf("a body over the router's limit is no breakdown, but the log has %s", log)
	}
}

// alreadyRead: a middleware in front has eaten the body. The client gets the contract's answer to a body that is no JSON,
// the log says what to do, and nobody waits for bytes that have come already.
func alreadyRead(k *kit) {
	k.probe.act = func(_ context.Context, _ *core.Exchange, in probeInput) (any, error) { return in.Text, nil }
	k.serve(App{EatBody: true})
	for _, chunked := range []bool{false, true} {
		r := postRequest("/api/auth/probe/1", `{"text":"eaten"}`)
		r.chunked = chunked
		a := k.do(r)
		if k.opts.Features.KeepsBody {
			a.want(k.T, "body that was read before", 200, `"eaten"`)
			continue
		}
		a.want(k.T, "body that was read before", 400, `"code":"BAD_REQUEST"`)
	}
	k.get("/api/auth/probe/1").want(k.T, "no body", 200, `""`)
	if log := k.log.String(); !k.opts.Features.KeepsBody && !strings.Contains(log, "already read by a middleware") {
		k.Errorf("the log does not say what happened to the body: %s", log)
	}
}

// cutShort: the client promises more than it sends.
func cutShort(k *kit) {
	k.serve(App{})
	c := k.dial()
	r := postRequest("/api/auth/probe/1", `{"text":"all of it"}`)
	whole := r.bytes()
	if _, err := c.Write([]byte(whole[:len(whole)-5])); err != nil {
		k.Fatal(err)
	}
	if half, ok := c.Conn.(interface{ CloseWrite() error }); !ok {
		k.Fatal("the connection is not TCP")
	} else if err := half.CloseWrite(); err != nil {
		k.Fatal(err)
	}
	if a, err := c.read("POST"); err == nil && (a.status < 400 || a.status > 499) {
		k.Errorf("got %d %q, want the request refused", a.status, a.body)
	}
	k.do(r).want(k.T, "afterwards", 200, "probed")
}

// encodedBody: core takes bodies as they are; a compressed one is no JSON, whatever a framework would make of it.
func encodedBody(k *kit) {
	k.serve(App{})
	k.post("/api/auth/probe/1", `{"text":"not compressed"}`, "Content-Encoding: gzip").want(k.T, "content encoding", 200, "probed")
	k.post("/api/auth/probe/1", "\x1f\x8b\x08\x00", "Content-Encoding: gzip").want(k.T, "compressed", 400, `"code":"BAD_REQUEST"`)
}

func requireLeavesBody(k *kit) {
	echo := func(_ *core.ActiveSession, body []byte) string { return string(body) }
	k.serve(App{Routes: []Route{
		{Method: "POST", Path: "/required", Require: true, Handle: echo},
		{Method: "POST", Path: "/loaded", Handle: echo},
	}})
	cookie := k.signUp("ann")
	body := strings.Repeat("the app's own body\x00\xff", 1000)
	for _, path := range []string{"/required", "/loaded"} {
		for _, chunked := range []bool{false, true} {
			r := request{method: "POST", target: path, lines: []string{cookie, "Content-Type: text/plain"}, body: body, chunked: chunked}
			if a := k.do(r); a.status != 200 || a.body != body {
				k.Errorf("POST %s: got %d and %d bytes, want 200 and the body with %d", path, a.status, len(a.body), len(body))
			}
		}
	}
}
