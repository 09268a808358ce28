package adaptertest

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
)

var failureCases = []testCase{
	{"Breakdown", nil, breakdown},
	{"Abort", nil, abort},
}

// breakdown: whatever breaks in an endpoint, the client gets a bare 500 and the next one is served.
func breakdown(k *kit) {
	k.probe.act = func(_ context.Context, x *core.Exchange, in probeInput) (any, error) {
		probeCookies(x)
		if in.Param == "panic" {
			panic("the handler's secret")
		}
		return nil, errors.New("the handler's secret")
	}
	k.serve(App{})
	c := k.dial()
	for _, path := range []string{"/api/auth/probe/panic", "/api/auth/probe/error"} {
		a := c.do(request{method: "GET", target: path})
		a.wantBare(k.T, path, 500)
		if a.header["Set-Cookie"] != nil {
			k.Errorf("%s: got Set-Cookie %q, want none", path, a.header["Set-Cookie"])
		}
	}
	c.do(request{method: "GET", target: "/api/auth/ok"}).want(k.T, "afterwards", 200, `{"ok":true}`)
	if log := k.log.String(); strings.Count(log, "the handler's secret") != 2 {
		k.Errorf("the log does not have both causes: %s", log)
	}
}

// abort: a handler that panics with http.ErrAbortHandler wants the connection to end without an answer.
func abort(k *kit) {
	k.probe.act = func(context.Context, *core.Exchange, probeInput) (any, error) { panic(http.ErrAbortHandler) }
	k.serve(App{})
	c := k.dial()
	c.send(request{method: "GET", target: "/api/auth/probe/1"})
	if a, err := c.read("GET"); err == nil {
		k.Errorf("got %d %q, want no answer", a.status, a.body)
	}
	k.get("/api/auth/ok").want(k.T, "afterwards", 200, `{"ok":true}`)
}
