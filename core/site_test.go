package core_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// where is an endpoint that tells what it takes for its own address, and a cookie of a plugin.
var where = core.Define(core.Spec{ID: "where", Method: "GET POST", Path: "/where", Access: core.Public},
	func(_ context.Context, x *core.Exchange, _ core.None) (string, error) {
		x.SetCookie(x.NewCookie("mine", cookie.Patch{}))
		return x.BaseURL(), nil
	})

// several is for servers with several hosts.
func several(c core.BaseURLsConfig) func(*core.Config) {
	return func(config *core.Config) {
		config.BaseURL, config.BaseURLs = "", c
		config.Plugins = append(config.Plugins, testPlugin{core.Manifest{ID: "where", Endpoints: []core.AnyEndpoint{where}}})
	}
}

var twoHosts = core.BaseURLsConfig{AllowedHosts: []string{"*.example.com", "localhost:*"}}

// ask sends GET /where to a host.
func (r *rig) ask(host string, headers ...string) answer {
	r.t.Helper()
	return r.to(host, "GET", "/api/auth/where", "", headers...)
}

// to sends a request to a host.
func (r *rig) to(host, method, path, body string, headers ...string) answer {
	r.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Host = host
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	res := r.Serve(r.t.Context(), req)
	return answer{res.Status, res.Header, string(res.Body)}
}

func TestBaseURLOfTheRequest(t *testing.T) {
	t.Parallel()
	fallback := twoHosts
	fallback.Fallback = "https://fallback.example.com"
	auto := twoHosts
	auto.Protocol = "auto"
	proxied := func(c *core.Config) {
		c.TrustProxyHeaders, c.ClientIP.TrustedProxies = true, []string{"192.0.2.0/24"} // httptest's address
	}
	stranger := func(c *core.Config) {
		c.TrustProxyHeaders, c.ClientIP.TrustedProxies = true, []string{"10.0.0.0/8"}
	}
	exact := func(c *core.Config) { c.Compat, c.TrustProxyHeaders = core.Exact, true }
	forwarded := []string{"X-Forwarded-Host", "b.example.com", "X-Forwarded-Proto", "https"}
	nothing := func(*core.Config) {}
	for _, c := range []struct {
		name   string
		config core.BaseURLsConfig
		change func(*core.Config)
		host   string
		header []string
		want   string // the base URL, or "" for a refusal
	}{
		{"allowed", twoHosts, nothing, "a.example.com", nil, "https://a.example.com"},
		{"this machine", twoHosts, nothing, "localhost:3000", nil, "http://localhost:3000"},
		{"strange", twoHosts, nothing, "evil.example", nil, ""},
		{"strange, with a fallback", fallback, nothing, "evil.example", nil, "https://fallback.example.com"},
		{"in the clear, when asked for", auto, nothing, "a.example.com", nil, "http://a.example.com"},
		{"in development", twoHosts, func(c *core.Config) { c.Development = true }, "a.example.com", nil, "http://a.example.com"},
		{"forwarded by a proxy", twoHosts, proxied, "inner:80", forwarded, "https://b.example.com"},
		{"forwarded by a stranger", twoHosts, stranger, "a.example.com", forwarded, "https://a.example.com"},
		{"forwarded, and not believed", twoHosts, nothing, "a.example.com", forwarded, "https://a.example.com"},
		{"forwarded to somewhere else", twoHosts, proxied, "a.example.com", []string{"X-Forwarded-Host", "evil.example"}, ""},
		{"forwarded twice", twoHosts, proxied, "a.example.com", append(forwarded, "X-Forwarded-Host", "c.example.com"), "https://a.example.com"},
		{"forwarded by several", twoHosts, proxied, "a.example.com", []string{"X-Forwarded-Host", "b.example.com, c.example.com"}, "https://a.example.com"},
		{"exact", twoHosts, exact, "a.example.com", nil, "http://a.example.com"},
		{"exact, forwarded by anybody", twoHosts, exact, "a.example.com", forwarded, "https://b.example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, several(c.config), c.change)
			a := r.ask(c.host, c.header...)
			if c.want == "" {
				if a.status != http.StatusMisdirectedRequest || a.body != "" || len(a.cookies()) != 0 {
					t.Errorf("got %d %s, want 421", a.status, a.body)
				}
				return
			}
			if want := `"` + c.want + `/api/auth"`; a.body != want {
				t.Errorf("got %d %s, want %s", a.status, a.body, want)
			}
		})
	}
}

// TestNoRequestDefinesTheBaseURL: what one request says has no influence on the next, nor on an Auth with one base URL.
func TestNoRequestDefinesTheBaseURL(t *testing.T) {
	t.Parallel()
	r := newRig(t, several(twoHosts))
	for _, host := range []string{"a.example.com", "evil.example", "b.example.com", "localhost:1", "a.example.com"} {
		r.ask(host, "X-Forwarded-Host", "c.example.com", "X-Forwarded-Proto", "https")
	}
	if a := r.ask("b.example.com"); a.body != `"https://b.example.com/api/auth"` {
		t.Errorf("got %s", a.body)
	}
	one := newRig(t, several(core.BaseURLsConfig{}), func(c *core.Config) { c.BaseURL = "https://example.com" })
	for _, host := range []string{"evil.example", "example.com", "localhost:3000"} {
		if a := one.ask(host, "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "http"); a.body != `"https://example.com/api/auth"` {
			t.Errorf("%s: got %s", host, a.body)
		}
	}
}

// TestCookiesOfTheRequest: names and domains follow the host, and a session is found again where it was made.
func TestCookiesOfTheRequest(t *testing.T) {
	t.Parallel()
	r := newRig(t, several(twoHosts), func(c *core.Config) { c.Cookies.CrossSubDomain = true })
	const signUp = `{"name":"Ann","email":"ann@example.com","password":"password-1"}`
	for host, want := range map[string]string{
		"a.example.com":  "__Secure-better-auth.mine=; Path=/; Domain=a.example.com; HttpOnly; Secure; SameSite=Lax",
		"localhost:3000": "better-auth.mine=; Path=/; Domain=localhost; HttpOnly; SameSite=Lax",
	} {
		if got := r.ask(host).header["Set-Cookie"]; len(got) != 1 || !sameCookie(got[0], want) {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
	a := r.to("a.example.com", "POST", "/api/auth/sign-up/email", signUp)
	if a.status != 200 || len(a.cookies()) != 1 || a.cookies()[0].Domain != "a.example.com" {
		t.Fatalf("got %d %s %v", a.status, a.body, a.header)
	}
	session := a.cookies()[0].Name + "=" + a.cookies()[0].Value
	for host, found := range map[string]bool{"a.example.com": true, "b.example.com": true, "localhost:3000": false} {
		if a := r.to(host, "GET", "/api/auth/get-session", "", "Cookie", session); strings.Contains(a.body, "ann@example.com") != found {
			t.Errorf("%s: got %s, want the session: %v", host, a.body, found)
		}
	}
	req := httptest.NewRequest("GET", "/me", nil)
	req.Host = "b.example.com"
	req.Header.Set("Cookie", session)
	if v := r.Require(t.Context(), req); v.Session == nil {
		t.Errorf("Require: got %+v", v.Refusal)
	}
	req.Host = "evil.example"
	if v := r.Require(t.Context(), req); v.Refusal == nil || v.Refusal.Status != http.StatusMisdirectedRequest {
		t.Errorf("Require on a strange host: got %+v", v)
	}
	out := r.to("b.example.com", "POST", "/api/auth/sign-out", `{}`, "Cookie", session, "Origin", "https://b.example.com")
	for _, c := range out.cookies() {
		if !strings.HasPrefix(c.Name, "__Secure-") || c.Domain != "b.example.com" {
			t.Errorf("sign-out: got %v", c)
		}
	}
}

// sameCookie compares Set-Cookie lines without regard to the order of attributes.
func sameCookie(got, want string) bool {
	parts := func(line string) map[string]bool {
		m := map[string]bool{}
		for part := range strings.SplitSeq(line, "; ") {
			m[part] = true
		}
		return m
	}
	g, w := parts(got), parts(want)
	for part := range w {
		if !g[part] {
			return false
		}
	}
	return len(g) == len(w)
}

func TestOriginsOfSeveralHosts(t *testing.T) {
	t.Parallel()
	r := newRig(t, several(twoHosts))
	for origin, want := range map[string]int{
		"https://a.example.com": 200, "https://b.example.com": 200, "http://localhost:3000": 200,
		"http://a.example.com": 403, "https://evil.example": 403, "https://a.example.com.evil.example": 403, "null": 403,
	} {
		if a := r.to("a.example.com", "POST", "/api/auth/sign-out", `{}`, "Origin", origin, "Cookie", "a=b"); a.status != want {
			t.Errorf("%s: got %d %s, want %d", origin, a.status, a.body, want)
		}
	}
}

// TestNullOrigin: a sandboxed page of our own is judged by where its request went, which behind a proxy the proxy says.
func TestNullOrigin(t *testing.T) {
	t.Parallel()
	proxied := func(c *core.Config) {
		c.BaseURL = "https://example.com"
		c.TrustProxyHeaders, c.ClientIP.TrustedProxies = true, []string{"192.0.2.0/24"}
	}
	stranger := func(c *core.Config) { proxied(c); c.ClientIP.TrustedProxies = []string{"10.0.0.1"} }
	sandboxed := []string{"Origin", "null", "Cookie", "a=b"}
	same := append([]string{"Sec-Fetch-Site", "same-origin"}, sandboxed...)
	cross := append([]string{"Sec-Fetch-Site", "cross-site"}, sandboxed...)
	forwarded := []string{"X-Forwarded-Host", "example.com", "X-Forwarded-Proto", "https"}
	for _, c := range []struct {
		name   string
		change func(*core.Config)
		header []string
		want   int
	}{
		{"forwarded", proxied, append(forwarded, same...), 200},
		{"forwarded by a stranger", stranger, append(forwarded, same...), 403},
		{"from another site", proxied, append(forwarded, cross...), 403},
		{"says nothing of its site", proxied, append(forwarded, sandboxed...), 403},
		{"half forwarded", proxied, append([]string{"X-Forwarded-Host", "example.com"}, same...), 403},
		{"forwarded to a strange host", proxied, append([]string{"X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https"}, same...), 403},
	} {
		if a := newRig(t, c.change).to("inner:8080", "POST", "/api/auth/sign-out", `{}`, c.header...); a.status != c.want {
			t.Errorf("%s: got %d %s, want %d", c.name, a.status, a.body, c.want)
		}
	}
}

func TestTrustedOriginsFunc(t *testing.T) {
	t.Parallel()
	asked := 0
	r := newRig(t, func(c *core.Config) {
		c.TrustedOriginsFunc = func(_ context.Context, req *http.Request) ([]string, error) {
			asked++
			switch tenant := req.Header.Get("X-Tenant"); tenant {
			case "broken":
				return nil, errors.New("no connection")
			case "odd":
				return []string{"javascript:alert(1)"}, nil
			case "":
				return nil, nil
			default:
				return []string{"", "https://" + tenant + ".example"}, nil
			}
		}
	})
	const callback = `{"email":"n@example.com","password":"password-1","callbackURL":"https://a.example/done","errorCallbackURL":"https://a.example/x"}`
	for _, c := range []struct {
		name, tenant, origin, body string
		status, asked              int
	}{
		{"trusted anyway", "broken", testOrigin, `{}`, 200, 0},
		{"of the tenant", "a", "https://a.example", `{}`, 200, 1},
		{"of another tenant", "b", "https://a.example", `{}`, 403, 1},
		{"of nobody", "", "https://a.example", `{}`, 403, 1},
		{"fails", "broken", "https://a.example", `{}`, 500, 1},
		{"is odd", "odd", "javascript:alert(1)", `{}`, 500, 1},
	} {
		asked = 0
		a := r.do("POST", "/api/auth/sign-out", c.body, "Origin", c.origin, "Cookie", "a=b", "X-Tenant", c.tenant)
		if a.status != c.status || asked != c.asked {
			t.Errorf("%s: got %d %s after %d questions, want %d after %d", c.name, a.status, a.body, asked, c.status, c.asked)
		}
	}
	asked = 0
	if a := r.do("POST", "/api/auth/sign-in/email", callback, "Cookie", "a=b", "X-Tenant", "a"); a.status != 401 || asked != 1 {
		t.Errorf("callbacks: got %d %s after %d questions, want 401 after one", a.status, a.body, asked)
	}
	if a := r.do("POST", "/api/auth/sign-in/email", callback, "Cookie", "a=b"); !strings.Contains(a.body, "INVALID_CALLBACK_URL") {
		t.Errorf("callbacks of nobody: got %d %s", a.status, a.body)
	}
}

// TestBaseURLInProcess: a call says for which host it is made, or gets the fallback.
func TestBaseURLInProcess(t *testing.T) {
	t.Parallel()
	fallback := twoHosts
	fallback.Fallback = "https://fallback.example.com"
	req := httptest.NewRequest("GET", "/", nil)
	req.Host = "a.example.com"
	for _, c := range []struct {
		name   string
		config core.BaseURLsConfig
		option core.CallOption
		want   string
	}{
		{"request", twoHosts, core.WithRequest(req), "https://a.example.com/api/auth"},
		{"headers", twoHosts, core.WithHeader(http.Header{"Host": {"b.example.com"}}), "https://b.example.com/api/auth"},
		{"fallback", fallback, core.WithHeader(nil), "https://fallback.example.com/api/auth"},
		{"nothing", twoHosts, core.WithHeader(nil), ""},
	} {
		got, err := where.Call(t.Context(), newRig(t, several(c.config)).Auth, core.None{}, c.option)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: got %q, %v, want %q", c.name, got, err, c.want)
		}
	}
	if got := newRig(t, several(fallback)).BaseURL(); got != "https://fallback.example.com/api/auth" {
		t.Errorf("Auth.BaseURL: got %q", got)
	}
}

func TestBaseURLsConfig(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]core.Config{
		"both Config.BaseURL and":               {BaseURL: testOrigin, BaseURLs: twoHosts},
		"no allowed hosts":                      {BaseURLs: core.BaseURLsConfig{Fallback: testOrigin}},
		"every request would say":               {BaseURLs: core.BaseURLsConfig{AllowedHosts: []string{"*:*"}}},
		"plain http on a public host (\"*.ex":   {BaseURLs: core.BaseURLsConfig{AllowedHosts: []string{"*.example.com"}, Protocol: "http"}},
		"Config.BaseURLs: the protocol \"ftp\"": {BaseURLs: core.BaseURLsConfig{AllowedHosts: []string{"localhost"}, Protocol: "ftp"}},
	} {
		c.Secret, c.Store = testSecret, memdb.New()
		if _, err := core.New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	c := core.Config{Secret: testSecret, Store: memdb.New(), BaseURLs: core.BaseURLsConfig{AllowedHosts: []string{"localhost:*"}, Protocol: "http"}}
	if _, err := core.New(c); err != nil {
		t.Errorf("this machine: %v", err)
	}
}
