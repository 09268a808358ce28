package main

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"
)

// organizationOptions are what the words of transcripts_organization.json mean.
var organizationOptions = map[string]string{
	"teams.enabled, dynamicAccessControl.enabled, ac, roles, sendInvitationEmail": `{
		"teams":{"enabled":true},"dynamicAccessControl":{"enabled":true},
		"ac":{"statements":{` + organizationStatements + `,"project":["create","update","delete"]}},
		"roles":{
			"owner":{"statements":{` + organizationStatements + `,"project":["create","update","delete"]}},
			"admin":{"statements":{"organization":["update"],"invitation":["create","cancel"],"member":["create","update","delete"],
				"team":["create","update","delete"],"ac":["create","read","update","delete"],"project":["create"]}},
			"member":{"statements":{"organization":[],"member":[],"invitation":[],"team":[],"ac":["read"]}}},
		"sendInvitationEmail":{"$record":true}}`,
	"organizationLimit=1, membershipLimit=1, invitationLimit=1": `{"organizationLimit":1,"membershipLimit":1,"invitationLimit":1}`,
	"allowUserToCreateOrganization=false":                       `{"allowUserToCreateOrganization":false}`,
}

const organizationStatements = `"organization":["update","delete"],"member":["create","update","delete"],
	"invitation":["create","cancel"],"team":["create","update","delete"],"ac":["create","read","update","delete"]`

// organizationActors are who sends the requests that are not Ann's.
var organizationActors = map[string]string{
	"/organization/update not a member":                               "cat",
	"/organization/get-full-organization not member":                  "cat",
	"/organization/get-full-organization none active":                 "cat",
	"/organization/set-active not member":                             "cat",
	"/organization/invite-member no active organization":              "cat",
	"/organization/get-invitation success (recipient)":                "bob",
	"/organization/get-invitation not recipient":                      "cat",
	"/organization/list-invitations not member":                       "cat",
	"/organization/list-user-invitations email not verified":          "bob",
	"/organization/list-user-invitations success (verified email)":    "bob",
	"/organization/accept-invitation not recipient":                   "cat",
	"/organization/accept-invitation success":                         "bob",
	"/organization/accept-invitation already accepted":                "bob",
	"/organization/accept-invitation not found":                       "bob",
	"/organization/reject-invitation not recipient":                   "bob",
	"/organization/reject-invitation success":                         "cat",
	"/organization/invite-member insufficient role":                   "bob",
	"/organization/cancel-invitation insufficient role":               "bob",
	"/organization/list-members not member":                           "cat",
	"/organization/get-active-member no active organization":          "cat",
	"/organization/get-active-member-role not member":                 "cat",
	"/organization/update-member-role insufficient role":              "bob",
	"/organization/update-member-role admin cannot change owner":      "bob",
	"/organization/has-permission denied":                             "bob",
	"/organization/has-permission not member":                         "cat",
	"/organization/create-team not member":                            "cat",
	"/organization/list-teams not member":                             "cat",
	"/organization/list-team-members not member":                      "cat",
	"/organization/create-role not member":                            "cat",
	"/organization/create-role permission the creator lacks":          "bob",
	"/organization/leave not member":                                  "cat",
	"/organization/leave success":                                     "bob",
	"/organization/remove-member member role removing the only owner": "bob",
	"/organization/delete not member":                                 "cat",
}

// organizationSteps are done before a row; the transcripts leave them out.
var organizationSteps = map[string]func(t *testing.T, r *organizationReplay){
	"/organization/invite-member success": func(_ *testing.T, r *organizationReplay) {
		r.as("ann", "/organization/set-active", `{"organizationId":"<str:32#7>"}`)
	},
	"/organization/list-user-invitations success (verified email)": func(t *testing.T, r *organizationReplay) {
		if _, err := r.db.ExecContext(t.Context(), `update "user" set "emailVerified" = 1 where email = 'bob@example.com'`); err != nil {
			t.Fatal(err)
		}
	},
	"/organization/reject-invitation not recipient": func(t *testing.T, r *organizationReplay) {
		r.bindID(t, "<str:32#17>", r.as("ann", "/organization/invite-member", `{"email":"cat@example.com","role":"admin"}`))
	},
	"/organization/cancel-invitation insufficient role": func(t *testing.T, r *organizationReplay) {
		r.bindID(t, "<str:32#18>", r.as("ann", "/organization/invite-member", `{"email":"cat@example.com","role":"member"}`))
	},
	"/organization/remove-member owner cannot be removed": func(t *testing.T, r *organizationReplay) {
		res := r.as("ann", "/organization/invite-member", `{"email":"bob@example.com","role":"member"}`)
		r.bindID(t, "<str:32#24>", res)
		r.as("bob", "/organization/accept-invitation", `{"invitationId":"<str:32#24>"}`)
	},
}

// organizationReplay is a scenario of transcripts_organization.json with its people.
type organizationReplay struct {
	*replay
	people map[string]jar
}

// TestOrganizationTranscripts replays what better-auth's plugin was asked and compares every answer, on every adapter.
func TestOrganizationTranscripts(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/transcripts_organization.json")
	if err != nil {
		t.Fatal(err)
	}
	var scenarios []scenario
	decodeJSON(t, string(data), &scenarios)
	if control := os.Getenv("TRANSCRIPTS_CONTROL"); control != "" {
		replayOrganizations(t, connect(t, control), adapters[0].name, scenarios)
		return
	}
	for _, adapter := range adapterNames() {
		t.Run(adapter, func(t *testing.T) {
			t.Parallel()
			replayOrganizations(t, newTestbed(t), adapter, scenarios)
		})
	}
}

func replayOrganizations(t *testing.T, b *testbed, adapter string, scenarios []scenario) {
	t.Helper()
	replayed := 0
	for _, s := range scenarios {
		r := openOrganizations(t, b, adapter, &s)
		for i := range s.Rows {
			row := &s.Rows[i]
			replayed++
			if step := organizationSteps[row.Name]; step != nil {
				step(t, r)
			}
			req := r.build(t, row)
			if len(row.Request.Cookies) > 0 {
				who := organizationActors[row.Name]
				if who == "" {
					who = "ann"
				}
				req.Header.Set("Cookie", r.people[who].header())
			}
			got := do(t, r.client, req)
			if err := r.compare(t, row, got); err != nil {
				t.Errorf("%q: %s: %v\n%d %v %s", s.Options, row.Name, err, got.status, got.header, got.body)
			}
		}
	}
	if replayed != 131 {
		t.Errorf("%d rows replayed, want 131", replayed)
	}
}

// openOrganizations opens an instance and signs up its people: Ann, who has the first two placeholders, Bob and Cat.
func openOrganizations(t *testing.T, b *testbed, adapter string, s *scenario) *organizationReplay {
	t.Helper()
	options, ok := organizationOptions[s.Options]
	if !ok {
		t.Fatalf("no options for %q", s.Options)
	}
	db, dsn := freshDatabases["sqlite"](t)
	instance := b.open(map[string]any{
		"adapter": adapter, "passwordHasher": "fast", "database": map[string]any{"kind": "sqlite", "dsn": dsn},
		"options": map[string]any{
			"baseURL": "http://localhost:3000", "secret": transcriptSecret, "emailAndPassword": map[string]any{"enabled": true},
		},
		"plugins": []any{map[string]any{"id": "organization", "options": json.RawMessage(options)}},
	})
	r := &organizationReplay{&replay{testInstance: instance, unifier: newUnifier(), jars: map[string]jar{}}, map[string]jar{}}
	r.db = db
	for i, name := range []string{"ann", "bob", "cat"} {
		res := r.request("POST", "/api/auth/sign-up/email", `{"name":"`+[]string{"Ann", "Bob", "Cat"}[i]+`","email":"`+name+`@example.com","password":"password1234"}`)
		var body struct {
			Token string
			User  struct{ ID string }
		}
		decodeJSON(t, res.body, &body)
		r.people[name] = jar{}
		for _, line := range res.header["Set-Cookie"] {
			if m := firstCookie.FindStringSubmatch(line); m != nil {
				r.people[name][m[1]] = m[2]
			}
		}
		if len(s.Rows) < 50 && i > 0 {
			continue // there only Ann has placeholders
		}
		for n, value := range []string{body.Token, body.User.ID} {
			if err := r.text([]string{"<str:32#1>", "<str:32#2>", "<str:32#3>", "<str:32#4>", "<str:32#5>", "<str:32#6>"}[2*i+n], value); err != nil {
				t.Fatal(err)
			}
		}
	}
	return r
}

var firstCookie = regexp.MustCompile(`^([^=]+)=([^;]*)`)

// as sends a request of somebody's.
func (r *organizationReplay) as(who, path, body string) response {
	return r.request("POST", "/api/auth"+path, r.substitute(body), "Cookie", r.people[who].header(), "Origin", "http://localhost:3000")
}

// bindID gives a placeholder the id that an answer has.
func (r *organizationReplay) bindID(t *testing.T, placeholder string, res response) {
	t.Helper()
	var body struct{ ID string }
	decodeJSON(t, res.body, &body)
	if err := r.text(placeholder, body.ID); err != nil {
		t.Fatalf("%v: %d %s", err, res.status, res.body)
	}
}
