package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestRefused: what is not implemented is answered 422 with its path, what is wrong 400 in words. Nothing is ignored.
func TestRefused(t *testing.T) {
	t.Parallel()
	b := newTestbed(t)
	for body, want := range map[string]response{
		`{"options":{"session":{"foo":{"enabled":true}}}}`:         {status: 422, body: `{"unsupported":["options.session.foo.enabled"]}`},
		`{"options":{"a":1,"b":{"c":[2]}},"plugins":[{"id":"d"}]}`: {status: 422, body: `{"unsupported":["plugins[0].id=d","options.a","options.b.c"]}`},
		`{"database":{"kind":"mongodb"}}`:                          {status: 422, body: `{"unsupported":["database.kind=mongodb"]}`},
		`{"database":{"kind":"memory","ssl":true}}`:                {status: 422, body: `{"unsupported":["database.ssl"]}`},
		`{"adapter":"chi"}`:                                        {status: 422, body: `{"unsupported":["adapter=chi"]}`},
		`{"compat":"lenient"}`:                                     {status: 422, body: `{"unsupported":["compat=lenient"]}`},
		`{"passwordHasher":"md5"}`:                                 {status: 422, body: `{"unsupported":["passwordHasher=md5"]}`},
		`{"secondaryStorage":{"kind":"etcd"}}`:                     {status: 422, body: `{"unsupported":["secondaryStorage.kind=etcd"]}`},
		`{"surprise":true}`:                                        {status: 422, body: `{"unsupported":["surprise"]}`},

		`{"options":{"session":{"expiresIn":"7d"}}}`: {status: 400, body: `{"error":"options.session.expiresIn: expected a number of seconds, got a string"}`},
		`{"migrate":"yes"}`:                          {status: 400, body: `{"error":"migrate: expected a boolean, got a string"}`},
		`{"database":"sqlite"}`:                      {status: 400, body: `{"error":"database: expected an object, got a string"}`},
		`{"database":{"kind":"sqlite"}}`:             {status: 400, body: `{"error":"database.dsn: missing, and sqlite needs one"}`},
		`{"outbound":"127.0.0.1:80"}`:                {status: 400, body: `{"error":"outbound: expected an origin, such as http://127.0.0.1:8080"}`},
		`{"outbound":"http://127.0.0.1/path"}`:       {status: 400, body: `{"error":"outbound: expected an origin, such as http://127.0.0.1:8080"}`},
		`[]`:                                         {status: 400, body: `{"error":"expected an object, got a list"}`},
		`{"options":`:                                {status: 400, body: `{"error":"invalid JSON: unexpected end"}`},
	} {
		wantBody(t, b.send("POST", "/instances", body), want.status, want.body)
	}
}

// TestRefusedByCore: what core says about a configuration reaches whoever described it.
func TestRefusedByCore(t *testing.T) {
	t.Parallel()
	b := newTestbed(t)
	for body, want := range map[string]string{
		`{"options":{"baseURL":"ftp://a.example"}}`:                                                     "BaseURL",
		`{"options":{"disabledPaths":["ok"]}}`:                                                          "DisabledPaths",
		`{"compat":"hardened","options":{"secret":"short"}}`:                                            "Secret",
		`{"compat":"hardened","options":{"baseURL":"http://a.example"}}`:                                "plain http",
		`{"compat":"hardened","options":{"advanced":{"ipAddress":{"trustedProxies":["10.0.0.0/33"]}}}}`: "10.0.0.0/33",
		`{"options":{"session":{"expiresIn":-1}}}`:                                                      "ExpiresIn",
	} {
		res := b.wantStatus(http.StatusBadRequest, "POST", "/instances", body)
		if !strings.Contains(res.body, want) {
			t.Errorf("%s: got %s, want something about %q", body, res.body, want)
		}
	}
}

func TestDescriptionDefaults(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(map[string]any{"secondaryStorage": nil, "outbound": nil, "passwordHasher": "scrypt", "options": enabled()})
	// Plain http: the address of the instance is its base URL, so the cookies are not secure.
	cookie := i.signUp("ann@example.com")
	if !strings.HasPrefix(cookie, "better-auth.session_token=") {
		t.Errorf("got the cookie %q", cookie)
	}
	// Its own origin is trusted, another one is not.
	for origin, want := range map[string]int{i.url: 200, "http://evil.example": 403} {
		if res := i.request("POST", "/api/auth/sign-out", "{}", "Cookie", cookie, "Origin", origin); res.status != want {
			t.Errorf("from %s: got %d %s, want %d", origin, res.status, res.body, want)
		}
	}
	// Neither production, which would send the client home, nor is anything disabled but what is said.
	if res := i.request("GET", "/api/auth/error", ""); res.status != 200 {
		t.Errorf("/error: got %d, want a page", res.status)
	}
}

// TestExactAllowsPlainHTTP: in Exact a base URL on plain http may be any host's.
func TestExactAllowsPlainHTTP(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(map[string]any{"options": enabled(`"baseURL":"http://auth.example.com"`)})
	res := i.request("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`,
		"Host", "auth.example.com", "Origin", "http://auth.example.com")
	if res.status != 200 {
		t.Errorf("got %d %s, want 200", res.status, res.body)
	}
}

func TestCompat(t *testing.T) {
	t.Parallel()
	b := newTestbed(t)
	for compat, want := range map[string]string{"exact": "", "hardened": "no-store"} {
		i := b.open(map[string]any{"compat": compat})
		if got := i.request("GET", "/api/auth/ok", "").header.Get("Cache-Control"); got != want {
			t.Errorf("%s: got Cache-Control %q, want %q", compat, got, want)
		}
	}
}

// TestPasswordLengths: options of email and password that show in answers only.
func TestPasswordLengths(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(map[string]any{
		"options": map[string]any{"emailAndPassword": map[string]any{"enabled": true, "minPasswordLength": 3, "maxPasswordLength": 4}},
	})
	for password, want := range map[string]string{"12": "PASSWORD_TOO_SHORT", "123": `"token"`, "12345": "PASSWORD_TOO_LONG"} {
		got := i.call("signUpEmail", `{"body":{"name":"A","email":"a`+password+`@example.com","password":"`+password+`"}}`)
		if !strings.Contains(string(got.Body), want) {
			t.Errorf("%q: got %s, want %s", password, got.Body, want)
		}
	}
}

func TestFastHasher(t *testing.T) {
	t.Parallel()
	var h fastHasher
	// U+FB01 is the ligature fi, which NFKC takes apart.
	const want = "$test$sha256$" + "b4bdc848109722a383d0a972c6eb859f2abd29565b8c4cc7199e7c9eb708f1b7"
	got, err := h.Hash(t.Context(), "\ufb01")
	if err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for password, want := range map[string]bool{"fi": true, "\ufb01": true, "fI": false, "": false} {
		if ok, err := h.Verify(t.Context(), got, password); err != nil || ok != want {
			t.Errorf("%q: got %v, %v, want %v", password, ok, err, want)
		}
	}
}

func TestCapabilities(t *testing.T) {
	t.Parallel()
	var got struct {
		Implementation, Version      string
		Adapters, Databases, Plugins []string
	}
	decodeJSON(t, newTestbed(t).wantStatus(http.StatusOK, "GET", "/capabilities", "").body, &got)
	if got.Implementation != "cardea" || got.Version == "" || len(got.Adapters) != 4 || len(got.Databases) != 4 || got.Plugins == nil {
		t.Errorf("got %+v", got)
	}
}

func TestNoSuchRequest(t *testing.T) {
	t.Parallel()
	b := newTestbed(t)
	i := b.open(nil)
	for _, request := range [][2]string{
		{"GET", "/"}, {"GET", "/instances"}, {"POST", "/capabilities"}, {"PUT", "/instances/" + i.id}, {"GET", "/instances/" + i.id + "/call"},
	} {
		wantBody(t, b.send(request[0], request[1], ""), 404, `{"error":"no such request"}`)
	}
}
