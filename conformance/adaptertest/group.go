package adaptertest

import (
	"fmt"

	"github.com/cardea-auth/cardea/core"
)

var groupCases = []testCase{
	{"MountInGroup", []feature{groups}, mountInGroup},
	{"WrongGroupPanics", []feature{groups}, wrongGroupPanics},
	{"RequireOnGroup", []feature{groups}, requireOnGroup},
}

// mountInGroup: a group whose prefix is the beginning of the base path serves the rest of it.
func mountInGroup(k *kit) {
	for _, prefix := range []string{"/api", "/api/auth"} {
		k.serve(App{Group: prefix})
		k.get("/api/auth/ok").want(k.T, "in group "+prefix, 200, `{"ok":true}`)
		k.post("/api/auth/sign-out", "{}").want(k.T, "in group "+prefix, 200, `"success":true`)
		if k.opts.Features.OwnNotFound {
			continue
		}
		for _, path := range []string{"/api/auth", "/api/auth/", "/api/auth/nothing", "/api/auth/ok/"} {
			for _, method := range []string{"GET", "OPTIONS", "POST"} {
				k.do(request{method: method, target: path}).wantBare(k.T, "in group "+prefix+": "+method+" "+path, 404)
			}
		}
		if a := k.get("/auth/ok"); a.status != 404 {
			k.Errorf("in group %s: /auth/ok got %d, want 404", prefix, a.status)
		}
	}
}

// wrongGroupPanics: endpoints that nobody could reach are a mistake of the program, which it learns when it starts.
func wrongGroupPanics(k *kit) {
	k.makeAuth()
	for _, prefix := range []string{"/v1", "/api/auth/more", "/auth", "/API"} {
		func() {
			defer func() {
				if v := recover(); v == nil {
					k.Errorf("mounting in group %s did not panic although the base path is /api/auth", prefix)
				} else if s := fmt.Sprint(v); len(s) < 20 {
					k.Errorf("mounting in group %s panics with %q: want words that say what to do", prefix, s)
				}
			}()
			k.serve(App{Group: prefix})
		}()
	}
}

func requireOnGroup(k *kit) {
	k.serve(App{Routes: []Route{
		{Method: "GET", Group: "/private", Path: "/me", Require: true, Handle: nameOf},
		{Method: "GET", Group: "/pages", Path: "/me", Require: true, Guards: []core.Guard{core.RedirectTo("/login")}, Handle: nameOf},
		{Method: "GET", Group: "/public", Path: "/me", Handle: nameOf},
	}})
	k.get("/private/me").want(k.T, "Require", 401, "UNAUTHORIZED")
	a := k.get("/pages/me")
	if a.status != 302 || a.header.Get("Location") != "/login" {
		k.Errorf("RedirectTo: got %d to %q, want 302 to /login", a.status, a.header.Get("Location"))
	}
	k.get("/public/me").want(k.T, "Load", 200, "nobody")
	cookie := k.signUp("ann")
	for _, path := range []string{"/private/me", "/pages/me", "/public/me"} {
		k.get(path, cookie).want(k.T, path, 200, "ann")
	}
}
