package adaptertest

import (
	"slices"
	"strings"
)

var corsCases = []testCase{
	{"FrontEnd", nil, frontEnd},
	{"UntrustedOrigin", nil, untrustedOrigin},
}

const front, stranger = "https://front.example", "https://evil.example"

// frontEnd is a page on another origin that the app trusts, through the router's own CORS middleware.
func frontEnd(k *kit) {
	k.config.TrustedOrigins = []string{front}
	k.serve(App{FrontEnd: front, Routes: []Route{{Method: "GET", Path: "/me", Require: true, Handle: nameOf}}})
	preflight := func(from, path, method string) answer {
		return k.do(request{method: "OPTIONS", target: path, lines: []string{
			"Origin: " + from, "Access-Control-Request-Method: " + method, "Access-Control-Request-Headers: content-type",
		}})
	}
	for path, method := range map[string]string{"/api/auth/sign-up/email": "POST", "/api/auth/get-session": "GET", "/me": "GET"} {
		a := preflight(front, path, method)
		if a.status != 200 && a.status != 204 {
			k.Errorf("preflight of %s: got %d %q, want 200 or 204", path, a.status, a.body)
		}
		a.wantCORS(k, "preflight of "+path)
		if !a.lists("Access-Control-Allow-Methods", method) || !a.lists("Access-Control-Allow-Headers", "Content-Type") {
			k.Errorf("preflight of %s: got %v, want %s and Content-Type allowed", path, a.header, method)
		}
		if allowed := preflight(stranger, path, method).header.Get("Access-Control-Allow-Origin"); allowed == stranger || allowed == "*" {
			k.Errorf("preflight of %s from %s: got Access-Control-Allow-Origin %q", path, stranger, allowed)
		}
	}
	from := "Origin: " + front
	a := k.post("/api/auth/sign-up/email", `{"name":"ann","email":"ann@example.com","password":"password-1"}`, from)
	a.want(k.T, "sign-up", 200, `"name":"ann"`)
	a.wantCORS(k, "sign-up")
	if !a.lists("Access-Control-Expose-Headers", "set-auth-token") {
		k.Errorf("sign-up: got Access-Control-Expose-Headers %q, want set-auth-token", a.header["Access-Control-Expose-Headers"])
	}
	if len(a.header["Set-Cookie"]) == 0 {
		k.Fatal("sign-up: no cookie is set")
	}
	pair, _, _ := strings.Cut(a.header["Set-Cookie"][0], ";")
	cookie := "Cookie: " + pair
	for path, want := range map[string]string{"/api/auth/get-session": `"name":"ann"`, "/me": "ann"} {
		a = k.get(path, from, cookie)
		a.want(k.T, path, 200, want)
		a.wantCORS(k, path)
	}
	a = k.get("/me", from)
	a.want(k.T, "without a session", 401, "UNAUTHORIZED")
	a.wantCORS(k, "without a session") // or the page could not tell why
	a = k.post("/api/auth/sign-out", "{}", "Origin: "+stranger, cookie)
	a.want(k.T, "sign-out from "+stranger, 403, "")
	k.get("/me", from, cookie).want(k.T, "after it", 200, "ann")
	a = k.post("/api/auth/sign-out", "{}", from, cookie)
	a.want(k.T, "sign-out", 200, `"success":true`)
	a.wantCORS(k, "sign-out")
}

// untrustedOrigin: whether there is a CORS middleware or not, core refuses what another origin sends with cookies.
func untrustedOrigin(k *kit) {
	k.serve(App{Routes: []Route{{Method: "GET", Path: "/me", Require: true, Handle: nameOf}}})
	cookie := k.signUp("ann")
	k.post("/api/auth/sign-out", "{}", "Origin: "+stranger, cookie).want(k.T, "stranger", 403, `"code":"INVALID_ORIGIN"`)
	k.post("/api/auth/sign-out", "{}", "Origin: null", cookie).want(k.T, "null", 403, `"code":"MISSING_OR_NULL_ORIGIN"`)
	r := request{method: "POST", target: "/api/auth/sign-out", lines: []string{cookie}}
	k.do(r).want(k.T, "no origin", 403, `"code":"MISSING_OR_NULL_ORIGIN"`)
	r.lines = append(r.lines, "Referer: "+origin+"/page")
	k.get("/me", cookie).want(k.T, "still signed in", 200, "ann")
	k.do(r).want(k.T, "own referer", 200, `"success":true`)
}

// wantCORS checks for the headers by which a browser lets the front end see the answer.
func (a answer) wantCORS(k *kit, what string) {
	k.Helper()
	for name, want := range map[string]string{"Access-Control-Allow-Origin": front, "Access-Control-Allow-Credentials": "true"} {
		if got := a.header[name]; !slices.Equal(got, []string{want}) {
			k.Errorf("%s: got %s %q, want %q once", what, name, got, want)
		}
	}
}

// lists reports whether a header is a list that has value among its items, in any case.
func (a answer) lists(name, value string) bool {
	for item := range strings.SplitSeq(strings.Join(a.header[name], ","), ",") {
		if strings.EqualFold(strings.TrimSpace(item), value) {
			return true
		}
	}
	return false
}
