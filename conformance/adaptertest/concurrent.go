package adaptertest

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/cardea-auth/cardea/core"
)

var concurrentCases = []testCase{
	{"NothingMixes", nil, nothingMixes},
}

const (
	clients  = 16
	requests = 25 // of each client
)

// nothingMixes: many clients at once, each on a connection of its own and with a session of its own. Nobody gets to see
// anything of anybody else's, and what was kept during all that is right in the end.
func nothingMixes(k *kit) {
	var mu sync.Mutex
	all := map[kept]int{}
	k.probe.act = func(_ context.Context, x *core.Exchange, in probeInput) (any, error) {
		q, _ := in.Query.(string)
		cookie, _ := x.Cookie("c")
		v := kept{x.Method(), x.RequestHeader("X-Probe"), cookie, in.Param, q, in.Text, "", x.RequestHeader("User-Agent")}
		mu.Lock()
		all[v]++
		mu.Unlock()
		return strings.Join([]string{v.header, v.cookie, v.param, v.query, v.text}, " "), nil
	}
	k.serve(App{Routes: []Route{
		{Method: "POST", Path: "/me", Require: true, Handle: func(s *core.ActiveSession, body []byte) string {
			return s.User.Name + " " + string(body)
		}},
		{Method: "GET", Path: "/home", Handle: nameOf},
	}})
	var cookies, names []string
	for i := range clients {
		names = append(names, fmt.Sprintf("user%02d", i))
		cookies = append(cookies, k.signUp(names[i]))
	}
	var wg sync.WaitGroup
	for i := range clients {
		c := k.dial()
		wg.Go(func() { k.client(c, names[i], cookies[i]) })
	}
	wg.Wait()
	for i := range clients {
		for n := range requests {
			s := fmt.Sprintf("%s-%03d", names[i], n)
			v := kept{"POST", s + "h", s + "c", s + "p", s + "q", s + "t", "", s + "u"}
			if all[v] != 1 {
				k.Errorf("request %s: kept %d times, want once", s, all[v])
			}
		}
	}
	if len(all) != clients*requests {
		k.Errorf("%d different requests were kept, want %d", len(all), clients*requests)
	}
}

// client sends requests one after the other and checks the answers. It stops at the first that is wrong.
func (k *kit) client(c *conn, name, cookie string) {
	for n := range requests {
		s := fmt.Sprintf("%s-%03d", name, n)
		for _, step := range []struct {
			r    request
			want string
		}{
			{postRequest("/api/auth/probe/"+s+"p?q="+s+"q", `{"text":"`+s+`t"}`, "X-Probe: "+s+"h", "Cookie: c="+s+"c", "User-Agent: "+s+"u"),
				fmt.Sprintf(`"%[1]sh %[1]sc %[1]sp %[1]sq %[1]st"`, s)},
			{request{method: "POST", target: "/me", lines: []string{cookie}, body: s}, name + " " + s},
			{request{method: "GET", target: "/home", lines: []string{cookie}}, name},
			{request{method: "GET", target: "/home"}, "nobody"},
		} {
			c.send(step.r)
			a, err := c.read(step.r.method)
			if err != nil || a.status != 200 || a.body != step.want {
				k.Errorf("%s %s: got %d %q %v, want 200 %q", step.r.method, step.r.target, a.status, a.body, err, step.want)
				return
			}
		}
	}
}
