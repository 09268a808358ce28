package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/stores/bun/sqlite"
)

// organizationFixture is testdata/node_organization.json: an organization in a database that better-auth has written.
type organizationFixture struct {
	Secret, BaseURL   string
	Statements        json.RawMessage
	Roles             map[string]json.RawMessage
	Users             map[string]struct{ Cookies jar }
	Organization      struct{ ID, Name string }
	Teams             []struct{ ID string }
	PendingInvitation struct{ ID string }
}

// TestNodeDatabaseOrganization: the organization of a Node server goes on here: its members, its roles, its invitation.
func TestNodeDatabaseOrganization(t *testing.T) {
	t.Parallel()
	var f organizationFixture
	file := copyFixture(t, "node-plugins.db", "node_organization.json", &f)
	roles := map[string]any{}
	for name, statements := range f.Roles {
		roles[name] = map[string]any{"statements": statements}
	}
	i := newTestbed(t).open(map[string]any{
		"database": map[string]any{"kind": "sqlite", "dsn": file}, "migrate": false,
		"options": enabled(`"secret":"`+f.Secret+`"`, `"baseURL":"`+f.BaseURL+`"`),
		"plugins": []any{map[string]any{"id": "organization", "options": map[string]any{
			"teams": map[string]any{"enabled": true}, "dynamicAccessControl": map[string]any{"enabled": true},
			"ac": map[string]any{"statements": f.Statements}, "roles": roles,
		}}},
	})
	i.moveClock(fmt.Sprintf(`{"now":%d}`, fixtureTime.UnixMilli()))
	as := func(who, method, path, body string) response {
		t.Helper()
		return i.request(method, "/api/auth/organization"+path, body, "Cookie", f.Users[who].Cookies.header(), "Origin", f.BaseURL)
	}
	want := func(res response, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if res.status != 200 || !strings.Contains(res.body, part) {
				t.Errorf("got %d %s, want %s in it", res.status, res.body, part)
			}
		}
	}
	want(as("erin", "GET", "/get-full-organization", ""), `"name":"Acme Inc"`, `"metadata":"{\"plan\":\"pro\",\"seats\":5}"`,
		`"email":"frank@example.com"`, `"role":"member,auditor"`, `"memberCount":2`)
	want(as("frank", "GET", "/get-active-member", ""), `"role":"member,auditor"`)
	want(as("frank", "GET", "/list-user-teams", ""), f.Teams[0].ID)
	want(as("frank", "POST", "/has-permission", `{"permissions":{"project":["read"],"ac":["read"]}}`), `"success":true`)
	want(as("frank", "POST", "/has-permission", `{"permissions":{"project":["delete"]}}`), `"success":false`)
	want(as("erin", "GET", "/get-role?roleName=auditor", ""), `"permission":{"project":["read"],"ac":["read"]}`)
	want(as("erin", "GET", "/list-invitations", ""), f.PendingInvitation.ID)

	// Somebody new comes by the invitation that Node has sent.
	res := i.request("POST", "/api/auth/sign-up/email", `{"name":"Grace","email":"grace@example.com","password":"password-1"}`)
	grace := cookieHeader(res.header["Set-Cookie"])
	if res.status != 200 {
		res = i.request("POST", "/api/auth/sign-in/email", `{"email":"grace@example.com","password":"grace-password-1"}`)
		grace = cookieHeader(res.header["Set-Cookie"])
	}
	want(i.request("POST", "/api/auth/organization/accept-invitation", `{"invitationId":"`+f.PendingInvitation.ID+`"}`,
		"Cookie", grace, "Origin", f.BaseURL), `"status":"accepted"`, `"role":"admin"`)
	want(as("erin", "POST", "/add-team-member", `{"teamId":"`+f.Teams[0].ID+`","userId":"`+userOf(t, i, grace)+`"}`), f.Teams[0].ID)
	want(as("erin", "POST", "/remove-member", `{"memberIdOrEmail":"frank@example.com"}`), `"role":"member,auditor"`)

	db, err := sqlite.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if n := count(t, db, `select "memberCount" from team where id = '`+f.Teams[0].ID+`'`); n != 2 {
		t.Errorf("the counter of the team is %d, want 2", n)
	}
	if n := count(t, db, `select count(*) from "teamMember" where length("membershipKey") = 43`); n != 2 {
		t.Errorf("%d members of teams have keys, want 2", n)
	}
}

func userOf(t *testing.T, i *testInstance, cookie string) string {
	t.Helper()
	var body struct{ User struct{ ID string } }
	decodeJSON(t, i.request("GET", "/api/auth/get-session", "", "Cookie", cookie).body, &body)
	return body.User.ID
}
