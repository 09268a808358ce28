package admin_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/access"
	"github.com/cardea-auth/cardea/plugin/admin"
)

// drop takes a cookie out of a Cookie header.
func drop(cookies, name string) string {
	var rest []string
	for pair := range strings.SplitSeq(cookies, "; ") {
		if !strings.HasPrefix(pair, name+"=") {
			rest = append(rest, pair)
		}
	}
	return strings.Join(rest, "; ")
}

const adminCookie = "better-auth.admin_session"

// TestImpersonation: there and back, wherever sessions are.
func TestImpersonation(t *testing.T) {
	t.Parallel()
	for place, change := range places {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, change)
			annID, ann := r.signUp("Ann", "admin")
			id, bob := r.signUp("Bob", "")
			a := r.post("/admin/impersonate-user", `{"userId":"`+id+`"}`, ann)
			want(t, a, 200, `"impersonatedBy":"`+annID+`"`)
			as := browser(ann, a)
			want(t, r.do("GET", "/get-session", "", as), 200, `"email":"bob@`)
			want(t, r.post("/update-user", `{"name":"Bert"}`, as), 200, "")
			if a := r.do("GET", "/list-sessions", "", bob); a.status != 200 || strings.Contains(a.body, annID) {
				t.Errorf("the user sees the admin's session: %s", a.body)
			}
			want(t, r.post("/admin/list-user-sessions", `{"userId":"`+id+`"}`, ann), 200, annID)
			back := r.post("/admin/stop-impersonating", "{}", as)
			want(t, back, 200, `"email":"ann@`)
			after := browser(as, back)
			want(t, r.do("GET", "/get-session", "", after), 200, `"email":"ann@`)
			if strings.Contains(after, adminCookie) || strings.Contains(after, "dont_remember") {
				t.Errorf("cookies stay: %s", after)
			}
			want(t, r.do("GET", "/get-session?disableCookieCache=true", "", as), 200, "null")
			want(t, r.post("/admin/stop-impersonating", "{}", after), 400, "You are not impersonating anyone")
			for _, event := range []string{"impersonated", "impersonation-ended"} {
				if !r.told(event) {
					t.Errorf("no %s event", event)
				}
			}
		})
	}
}

// TestImpersonationKeepsNotRemembered: an admin who was not to be remembered is not remembered afterwards either.
func TestImpersonationKeepsNotRemembered(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.signUp("Ann", "admin")
	id, _ := r.signUp("Bob", "")
	a := r.post("/sign-in/email", `{"email":"ann@example.com","password":"password-1","rememberMe":false}`, "")
	ann := browser("", a)
	as := browser(ann, r.post("/admin/impersonate-user", `{"userId":"`+id+`"}`, ann))
	back := r.post("/admin/stop-impersonating", "{}", as)
	want(t, back, 200, "ann@")
	for _, line := range back.header["Set-Cookie"] {
		if strings.HasPrefix(line, sessionCookie) && strings.Contains(line, "Max-Age") {
			t.Errorf("the session outlives the browser: %s", line)
		}
	}
	if !strings.Contains(browser(as, back), "dont_remember") {
		t.Error("the mark is gone")
	}
}

// TestImpersonationEnds: after an hour, however it is used, also by a client that loses the mark of not being remembered.
func TestImpersonationEnds(t *testing.T) {
	t.Parallel()
	for _, compat := range []core.Compat{core.Hardened, core.Exact} {
		r := newRig(t, func(c *core.Config, _ *admin.Options) { c.Compat = compat })
		_, ann := r.signUp("Ann", "admin")
		id, _ := r.signUp("Bob", "")
		as := browser(ann, r.post("/admin/impersonate-user", `{"userId":"`+id+`"}`, ann))
		sly := drop(as, "better-auth.dont_remember")
		r.clock.Advance(59 * time.Minute)
		want(t, r.do("GET", "/get-session", "", sly), 200, "bob@")
		r.clock.Advance(time.Minute + time.Millisecond)
		want(t, r.do("GET", "/get-session", "", sly), 200, "null")
	}
	r := newRig(t, func(_ *core.Config, o *admin.Options) { o.ImpersonationExpiresIn = time.Minute })
	_, ann := r.signUp("Ann", "admin")
	id, _ := r.signUp("Bob", "")
	a := r.post("/admin/impersonate-user", `{"userId":"`+id+`"}`, ann)
	want(t, a, 200, `"expiresAt":"`+r.Now().Add(time.Minute).Format("2006-01-02T15:04:05.000Z"))
}

// TestWayBack: only a signed cookie with a live session of the very admin leads back.
func TestWayBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(r *rig, annID string)
		change func(as, eve string) string
	}{
		"no cookie":     {change: func(as, _ string) string { return drop(as, adminCookie) }},
		"forged cookie": {change: func(as, _ string) string { return drop(as, adminCookie) + "; " + adminCookie + "=abc%3A.c2ln" }},
		"a session cookie in its place": {change: func(as, eve string) string {
			_, value, _ := strings.Cut(eve, sessionCookie+"=")
			return drop(as, adminCookie) + "; " + adminCookie + "=" + value
		}},
		"the session has ended": {before: func(r *rig, id string) {
			if err := r.DeleteSessions(r.t.Context(), id); err != nil {
				r.t.Fatal(err)
			}
		}},
		"the admin is banned": {before: func(r *rig, id string) { r.set(id, store.Record{"banned": true}) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			annID, ann := r.signUp("Ann", "admin")
			id, _ := r.signUp("Bob", "")
			_, eve := r.signUp("Eve", "")
			as := browser(ann, r.post("/admin/impersonate-user", `{"userId":"`+id+`"}`, ann))
			if c.before != nil {
				c.before(r, annID)
			}
			if c.change != nil {
				as = c.change(as, eve)
			}
			a := r.post("/admin/stop-impersonating", "{}", as)
			want(t, a, 500, "Failed to find admin session")
			if strings.Contains(browser("", a), sessionCookie) {
				t.Errorf("the client gets a session: %v", a.header["Set-Cookie"])
			}
		})
	}
}

// TestNoPowersWhileImpersonating: whoever impersonates an admin cannot use that one's powers.
func TestNoPowersWhileImpersonating(t *testing.T) {
	t.Parallel()
	roles := func(c *core.Config, o *admin.Options) {
		o.Roles = admin.DefaultRoles()
		o.Roles["support"] = access.NewRole(access.Statements{"user": {"impersonate", "impersonate-admins"}})
	}
	r := newRig(t, roles)
	supID, sup := r.signUp("Sup", "support")
	id, _ := r.signUp("Ann", "admin")
	// An admin has more powers than support, so that even the right to impersonate admins does not reach.
	want(t, r.post("/admin/impersonate-user", `{"userId":"`+id+`"}`, sup), 403, "YOU_CANNOT_IMPERSONATE_ADMINS")

	r = newRig(t, func(c *core.Config, o *admin.Options) {
		o.Roles = admin.DefaultRoles()
		o.Roles["boss"] = access.NewRole(admin.Statements())
	})
	bossID, boss := r.signUp("Boss", "boss")
	id, _ = r.signUp("Ann", "admin")
	a := r.post("/admin/impersonate-user", `{"userId":"`+id+`"}`, boss)
	want(t, a, 200, "")
	as := browser(boss, a)
	for path, body := range map[string]string{
		"/admin/set-role":           `{"userId":"` + bossID + `","role":"user"}`,
		"/admin/ban-user":           `{"userId":"` + bossID + `"}`,
		"/admin/create-user":        `{"name":"X","email":"x@example.com"}`,
		"/admin/impersonate-user":   `{"userId":"` + bossID + `"}`,
		"/admin/list-user-sessions": `{"userId":"` + bossID + `"}`,
		"/admin/set-user-password":  `{"userId":"` + bossID + `","newPassword":"password-2"}`,
		"/admin/update-user":        `{"userId":"` + bossID + `","data":{"name":"X"}}`,
		"/admin/remove-user":        `{"userId":"` + bossID + `"}`,
	} {
		want(t, r.post(path, body, as), 403, "")
	}
	want(t, r.do("GET", "/admin/list-users", "", as), 403, "")
	want(t, r.post("/admin/has-permission", `{"permissions":{"user":["ban"]}}`, as), 200, `"success":false`)
	want(t, r.post("/admin/stop-impersonating", "{}", as), 200, "boss@")
	_ = supID

	r = newRig(t, exact, func(_ *core.Config, o *admin.Options) { o.AllowImpersonatingAdmins = true })
	_, ann := r.signUp("Ann", "admin")
	id, _ = r.signUp("Bea", "admin")
	as = browser(ann, r.post("/admin/impersonate-user", `{"userId":"`+id+`"}`, ann))
	want(t, r.do("GET", "/admin/list-users", "", as), 200, "") // as better-auth has it
}

func TestWhoMayBeImpersonated(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(_ *core.Config, o *admin.Options) {
		o.Roles = admin.DefaultRoles()
		o.Roles["janitor"] = access.NewRole(access.Statements{"session": {"list"}})
	})
	_, ann := r.signUp("Ann", "admin")
	for role, status := range map[string]int{"user": 200, "admin": 403, "user,admin": 403, "janitor": 403, "": 200} {
		id, _ := r.signUp("U"+strings.ReplaceAll(role, ",", ""), role)
		want(t, r.post("/admin/impersonate-user", `{"userId":"`+id+`"}`, ann), status, "")
	}
	id, _ := r.signUp("Banned", "")
	r.set(id, store.Record{"banned": true})
	want(t, r.post("/admin/impersonate-user", `{"userId":"`+id+`"}`, ann), 403, "BANNED_USER")
	want(t, r.post("/admin/impersonate-user", `{"userId":"nope"}`, ann), 404, "USER_NOT_FOUND")
	if a := r.post("/admin/impersonate-user", `{"userId":"nope"}`, ann); len(a.header["Set-Cookie"]) != 0 {
		t.Errorf("a refusal takes cookies: %v", a.header["Set-Cookie"])
	}
}

// TestImpersonationsEndWithTheRight: an admin who is banned, demoted or removed loses the sessions of others as well.
func TestImpersonationsEndWithTheRight(t *testing.T) {
	t.Parallel()
	for path, body := range map[string]string{
		"/admin/ban-user":    `{"userId":"BEA"}`,
		"/admin/set-role":    `{"userId":"BEA","role":"user"}`,
		"/admin/update-user": `{"userId":"BEA","data":{"role":"user"}}`,
		"/admin/remove-user": `{"userId":"BEA"}`,
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			_, ann := r.signUp("Ann", "admin")
			beaID, bea := r.signUp("Bea", "admin")
			id, bob := r.signUp("Bob", "")
			as := browser(bea, r.post("/admin/impersonate-user", `{"userId":"`+id+`"}`, bea))
			want(t, r.do("GET", "/get-session", "", as), 200, "bob@")
			want(t, r.post(path, strings.ReplaceAll(body, "BEA", beaID), ann), 200, "")
			want(t, r.do("GET", "/get-session", "", as), 200, "null")
			want(t, r.do("GET", "/get-session", "", bob), 200, "bob@")
		})
	}
}
