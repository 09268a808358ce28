package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// organizationProcesses opens two processes on one database, with Ann as the owner of an organization.
func organizationProcesses(t *testing.T, kind, dsn string) (instances []*testInstance, ann, org string) {
	t.Helper()
	description := map[string]any{
		"database": map[string]any{"kind": kind, "dsn": dsn}, "options": enabled(),
		"plugins": []any{map[string]any{"id": "organization", "options": map[string]any{
			"membershipLimit": 4, "invitationLimit": 60, "organizationLimit": 3,
			"teams": map[string]any{"enabled": true, "maximumTeams": 3, "maximumMembersPerTeam": 2},
		}}},
	}
	for range 2 {
		instances = append(instances, startProcess(t).open(description))
	}
	ann = instances[0].signUp("ann@example.com")
	return instances, ann, idOf(t, organizationPost(instances[0], ann, "/create", `{"name":"Acme","slug":"acme"}`))
}

func organizationPost(i *testInstance, cookie, path, body string) response {
	return i.request("POST", "/api/auth/organization"+path, body, "Cookie", cookie, "Origin", i.url)
}

func idOf(t *testing.T, res response) string {
	t.Helper()
	var body struct{ ID string }
	decodeJSON(t, res.body, &body)
	if body.ID == "" {
		t.Fatalf("no id in %d %s", res.status, res.body)
	}
	return body.ID
}

// successes counts the answers with 200. The others have to be refusals.
func successes(t *testing.T, answers []response) (n int) {
	t.Helper()
	for _, a := range answers {
		switch {
		case a.status == http.StatusOK:
			n++
		case a.status < 400 || a.status >= 500:
			t.Errorf("got %d %s, want a refusal", a.status, a.body)
		}
	}
	return n
}

// TestOrganizationRaces: what holds of an organization holds also of fifty requests at once, in two processes on one
// database: limits, one use of an invitation, and that there is an owner.
func TestOrganizationRaces(t *testing.T) {
	t.Parallel()
	for kind, fresh := range freshDatabases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			db, dsn := fresh(t)
			instances, ann, org := organizationProcesses(t, kind, dsn)
			one := instances[0]
			at := func(i int) *testInstance { return instances[i%2] }

			if n := successes(t, fiftyAnswers(func(i int) response {
				return organizationPost(at(i), ann, "/create", fmt.Sprintf(`{"name":"n","slug":"s%d","keepCurrentActiveOrganization":true}`, i))
			})); n != 2 {
				t.Errorf("%d organizations more, want 2", n)
			}
			if n := successes(t, fiftyAnswers(func(i int) response {
				return organizationPost(at(i), ann, "/create-team", fmt.Sprintf(`{"name":"t%d"}`, i))
			})); n != 2 {
				t.Errorf("%d teams more, want 2", n)
			}
			if n := successes(t, fiftyAnswers(func(i int) response {
				return organizationPost(at(i), ann, "/invite-member", `{"email":"once@example.com","role":"member"}`)
			})); n != 1 {
				t.Errorf("%d invitations of one address, want 1", n)
			}

			people, invitations := make([]string, 10), make([]string, 10)
			for i := range people {
				email := fmt.Sprintf("p%d@example.com", i)
				people[i] = one.signUp(email)
				invitations[i] = idOf(t, organizationPost(one, ann, "/invite-member", `{"email":"`+email+`","role":"owner"}`))
			}
			if n := successes(t, fiftyAnswers(func(i int) response { // each is used five times
				return organizationPost(at(i), people[i%10], "/accept-invitation", `{"invitationId":"`+invitations[i%10]+`"}`)
			})); n != 3 {
				t.Errorf("%d have joined, want 3", n)
			}
			members := organizationMembers(t, one, ann)
			if len(members) != 4 {
				t.Fatalf("got the members %v, want 4", members)
			}

			var session struct{ Session struct{ ActiveTeamID string } }
			decodeJSON(t, one.request("GET", "/api/auth/get-session", "", "Cookie", ann).body, &session)
			team := session.Session.ActiveTeamID
			successes(t, fiftyAnswers(func(i int) response {
				return organizationPost(at(i), ann, "/add-team-member", `{"teamId":"`+team+`","userId":"`+members[i%4].UserID+`"}`)
			}))
			if n := count(t, db, `select count(*) from `+quoted(kind, "teamMember")+` where `+quoted(kind, "teamId")+` = '`+team+`'`); n != 2 {
				t.Errorf("%d members of a team, want 2", n)
			}

			// All four are owners, and each leaves or is demoted by all others.
			owners := append([]string{ann}, people...)
			successes(t, fiftyAnswers(func(i int) response {
				if i%5 == 0 {
					return organizationPost(at(i), owners[i/5%11], "/leave", `{"organizationId":"`+org+`"}`)
				}
				return organizationPost(at(i), owners[i%11], "/update-member-role",
					`{"role":"member","memberId":"`+members[i/11%4].ID+`","organizationId":"`+org+`"}`)
			}))
			n := count(t, db, `select count(*) from `+quoted(kind, "member")+` where role = 'owner' and `+quoted(kind, "organizationId")+` = '`+org+`'`)
			if n < 1 {
				t.Error("no owner is left")
			}
		})
	}
}

type organizationMember struct{ ID, UserID, Role string }

func organizationMembers(t *testing.T, i *testInstance, cookie string) []organizationMember {
	t.Helper()
	var list struct{ Members []organizationMember }
	decodeJSON(t, i.request("GET", "/api/auth/organization/list-members", "", "Cookie", cookie).body, &list)
	return list.Members
}

func quoted(kind, name string) string {
	if kind == "mysql" {
		return "`" + name + "`"
	}
	return `"` + name + `"`
}

// TestOrganizationOwners: of two owners who demote each other at once, in two processes, one stays; again and again.
func TestOrganizationOwners(t *testing.T) {
	t.Parallel()
	for kind, fresh := range freshDatabases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			db, dsn := fresh(t)
			instances, ann, org := organizationProcesses(t, kind, dsn)
			bob := instances[0].signUp("bob@example.com")
			invitation := idOf(t, organizationPost(instances[0], ann, "/invite-member", `{"email":"bob@example.com","role":"owner"}`))
			if res := organizationPost(instances[0], bob, "/accept-invitation", `{"invitationId":"`+invitation+`"}`); res.status != 200 {
				t.Fatalf("accept: got %d %s", res.status, res.body)
			}
			members := organizationMembers(t, instances[0], ann)
			for range 5 {
				answers := fiftyAnswers(func(i int) response {
					who, whom := []string{ann, bob}[i%2], members[1-i%2]
					return organizationPost(instances[i/2%2], who, "/update-member-role",
						`{"role":"member","memberId":"`+whom.ID+`","organizationId":"`+org+`"}`)
				})
				for _, a := range answers {
					if a.status == 500 || strings.Contains(a.body, "MEMBER_NOT_FOUND") {
						t.Errorf("got %d %s", a.status, a.body)
					}
				}
				owners := organizationMembers(t, instances[0], ann)
				left := 0
				for i, m := range owners {
					if m.Role != "owner" {
						continue
					}
					left++
					giver := []string{ann, bob}[i]
					organizationPost(instances[0], giver, "/update-member-role", `{"role":"owner","memberId":"`+owners[1-i].ID+`","organizationId":"`+org+`"}`)
				}
				if left != 1 {
					t.Fatalf("%d owners are left, want 1: %v", left, owners)
				}
			}
			if n := count(t, db, `select count(*) from `+quoted(kind, "member")+` where role = 'owner' and `+quoted(kind, "organizationId")+` = '`+org+`'`); n != 2 {
				t.Errorf("%d owners at the end, want 2", n)
			}
		})
	}
}
