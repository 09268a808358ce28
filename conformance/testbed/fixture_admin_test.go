package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// adminFixture is testdata/node_admin.json: an admin, somebody banned, and cookies of an impersonation, as better-auth has
// made them.
type adminFixture struct {
	Secret, BaseURL      string
	Admin, Banned, Carol fixtureLogin
	Impersonating        jar
}

type fixtureLogin struct {
	ID, Email, Password string
	Cookies             jar
}

// openAdminFixture opens a copy of the database.
func openAdminFixture(t *testing.T) (*replay, adminFixture) {
	t.Helper()
	var f adminFixture
	file := copyFixture(t, "node-plugins.db", "node_admin.json", &f)
	i := newTestbed(t).open(map[string]any{
		"database":       map[string]any{"kind": "sqlite", "dsn": file},
		"migrate":        false,
		"compat":         "hardened",
		"passwordHasher": "scrypt",
		"options":        enabled(`"secret":"`+f.Secret+`"`, `"baseURL":"`+f.BaseURL+`"`),
		"plugins":        []any{map[string]any{"id": "admin"}},
	})
	i.moveClock(fmt.Sprintf(`{"now":%d}`, fixtureTime.UnixMilli()))
	return &replay{testInstance: i, unifier: newUnifier(), jars: map[string]jar{}}, f
}

func (r *replay) as(who jar, method, path, body string) response {
	return r.request(method, "/api/auth"+path, body, "Cookie", who.header(), "Origin", "http://localhost:3000")
}

func wantResponse(t *testing.T, got response, status int, contains string) {
	t.Helper()
	if got.status != status || !strings.Contains(got.body, contains) {
		t.Errorf("got %d %s, want %d with %s", got.status, got.body, status, contains)
	}
}

// TestNodeAdmin: an admin of better-auth's is one here, and whom it has banned is.
func TestNodeAdmin(t *testing.T) {
	t.Parallel()
	r, f := openAdminFixture(t)
	wantResponse(t, r.as(f.Admin.Cookies, "GET", "/admin/list-users?sortBy=email&limit=3", ""), 200, `"total":9,"limit":3`)
	wantResponse(t, r.as(f.Carol.Cookies, "GET", "/admin/list-users", ""), 403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS")
	login, err := json.Marshal(map[string]string{"email": f.Banned.Email, "password": f.Banned.Password})
	if err != nil {
		t.Fatal(err)
	}
	wantResponse(t, r.as(f.Banned.Cookies, "GET", "/get-session", ""), 200, "null")
	wantResponse(t, r.request("POST", "/api/auth/sign-in/email", string(login)), 403, "BANNED_USER")
	wantResponse(t, r.as(f.Admin.Cookies, "POST", "/admin/unban-user", `{"userId":"`+f.Banned.ID+`"}`), 200, `"banned":false`)
	wantResponse(t, r.request("POST", "/api/auth/sign-in/email", string(login)), 200, f.Banned.Email)
}

// TestNodeImpersonation: one that was begun on better-auth's server goes on here and comes to its end.
func TestNodeImpersonation(t *testing.T) {
	t.Parallel()
	r, f := openAdminFixture(t)
	wantResponse(t, r.as(f.Impersonating, "GET", "/get-session", ""), 200, `"impersonatedBy":"`+f.Admin.ID+`"`)
	wantResponse(t, r.as(f.Impersonating, "GET", "/get-session", ""), 200, `"email":"carol@`)
	wantResponse(t, r.as(f.Impersonating, "GET", "/admin/list-users", ""), 403, "")
	back := r.as(f.Impersonating, "POST", "/admin/stop-impersonating", `{}`)
	wantResponse(t, back, 200, `"email":"`+f.Admin.Email)
	r.keep(back, nil)
	wantResponse(t, r.as(r.jars[r.order[0]], "GET", "/admin/list-users", ""), 200, "")
	wantResponse(t, r.as(f.Impersonating, "GET", "/get-session", ""), 200, "null")
}
