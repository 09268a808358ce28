package organization_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/organization"
)

var everything = organization.Options{
	Teams:         organization.TeamOptions{Enabled: true, AllowRemovingAll: true},
	DynamicRoles:  organization.DynamicRoleOptions{Enabled: true},
	AccessControl: control,
}

// TestOtherOrganizations: ids of another organization never match, whoever asks.
func TestOtherOrganizations(t *testing.T) {
	t.Parallel()
	r := newRig(t, everything)
	ann, eve, bob := r.signUp("Ann"), r.signUp("Eve"), r.signUp("Bob")
	org := ann.found("acme")
	member := r.add(org, "member", bob).ID
	_, team := ann.active()
	role := ann.post("/create-role", `{"role":"clerk","permission":{"team":["create"]}}`)
	roleID := role.body[strings.LastIndex(role.body, `"id":"`)+6:][:32]
	invitation := ann.post("/invite-member", `{"email":"dan@example.com","role":"member"}`).id(t, "id")
	eve.found("evil")
	evil, _ := eve.active()

	for _, c := range []struct {
		path, body string
		status     int
		code       string
	}{
		// Her own organization, somebody else's ids.
		{"/update-member-role", `{"memberId":"` + member + `","role":"admin"}`, 403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER"},
		{"/remove-member", `{"memberIdOrEmail":"` + member + `"}`, 400, "MEMBER_NOT_FOUND"},
		{"/remove-member", `{"memberIdOrEmail":"bob@example.com"}`, 400, "MEMBER_NOT_FOUND"},
		{"/cancel-invitation", `{"invitationId":"` + invitation + `"}`, 400, "MEMBER_NOT_FOUND"},
		{"/update-team", `{"teamId":"` + team + `","data":{"name":"mine"}}`, 400, "TEAM_NOT_FOUND"},
		{"/remove-team", `{"teamId":"` + team + `"}`, 400, "TEAM_NOT_FOUND"},
		{"/set-active-team", `{"teamId":"` + team + `"}`, 400, "TEAM_NOT_FOUND"},
		{"/add-team-member", `{"teamId":"` + team + `","userId":"` + eve.user.ID + `"}`, 400, "TEAM_NOT_FOUND"},
		{"/add-team-member", `{"teamId":"` + team + `","userId":"` + bob.user.ID + `"}`, 400, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION"},
		{"/remove-team-member", `{"teamId":"` + team + `","userId":"` + ann.user.ID + `"}`, 400, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION"},
		{"/invite-member", `{"email":"x@example.com","role":"member","teamId":"` + team + `"}`, 400, "TEAM_NOT_FOUND"},
		{"/invite-member", `{"email":"x@example.com","role":"clerk"}`, 400, ""},
		{"/update-role", `{"roleId":"` + roleID + `","data":{"roleName":"x"}}`, 400, "ROLE_NOT_FOUND"},
		{"/delete-role", `{"roleId":"` + roleID + `"}`, 400, "ROLE_NOT_FOUND"},
		// Somebody else's organization.
		{"/update", `{"data":{"name":"mine"},"organizationId":"` + org + `"}`, 400, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION"},
		{"/update-member-role", `{"memberId":"` + member + `","role":"admin","organizationId":"` + org + `"}`, 400, "MEMBER_NOT_FOUND"},
		{"/update-team", `{"teamId":"` + team + `","data":{"name":"mine","organizationId":"` + org + `"}}`, 403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_TEAM"},
		{"/has-permission", `{"permissions":{"team":["create"]},"organizationId":"` + org + `"}`, 401, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION"},
		{"/accept-invitation", `{"invitationId":"` + invitation + `"}`, 403, "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION"},
	} {
		eve.post(c.path, c.body).want(t, c.status, c.code)
	}
	eve.get("/list-team-members?teamId="+team).want(t, 400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM")
	eve.get("/get-role?roleId="+roleID).want(t, 400, "ROLE_NOT_FOUND")
	eve.get("/list-user-teams?userId="+ann.user.ID).want(t, 400, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION")
	eve.get("/get-active-member-role?userId="+ann.user.ID).want(t, 403, "YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION")
	eve.get("/get-full-organization?organizationId="+org).want(t, 403, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION")
	if active, _ := eve.active(); active != evil {
		t.Errorf("asking for another organization made %q active in the place of %q", active, evil)
	}
	if n := r.rows("member", store.Eq("organizationId", org)); n != 2 {
		t.Errorf("%d members, want 2", n)
	}
}

// TestOwners: only owners give the role, take it, or touch who has it.
func TestOwners(t *testing.T) {
	t.Parallel()
	r := newRig(t, organization.Options{CancelPendingOnReInvite: true})
	ann, bob, cat := r.signUp("Ann"), r.signUp("Bob"), r.signUp("Cat")
	org := ann.found("acme")
	r.add(org, "admin", bob)
	catID := r.add(org, "member", cat).ID
	bob.post("/set-active", `{"organizationId":"`+org+`"}`).want(t, 200, "")
	annID := ann.get("/get-active-member").id(t, "id")
	for _, role := range []string{`"owner"`, `" owner "`, `"member,owner"`, `["member"," owner"]`, `["member, owner"]`} {
		bob.post("/update-member-role", `{"memberId":"`+catID+`","role":`+role+`}`).want(t, 403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
		bob.post("/invite-member", `{"email":"dan@example.com","role":`+role+`}`).want(t, 403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE")
	}
	bob.post("/update-member-role", `{"memberId":"`+annID+`","role":"member"}`).want(t, 403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
	bob.post("/remove-member", `{"memberIdOrEmail":"`+annID+`"}`).want(t, 400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER")
	for _, role := range []string{"Owner", "OWNER", "ghost"} { // names are exact
		ann.post("/update-member-role", `{"memberId":"`+catID+`","role":"`+role+`"}`).want(t, 400, "ROLE_NOT_FOUND")
	}
	ann.post("/invite-member", `{"email":"dan@example.com","role":"owner"}`).want(t, 200, "")
	bob.post("/invite-member", `{"email":"dan@example.com","role":"member"}`).want(t, 403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE")
	bob.post("/invite-member", `{"email":"dan@example.com","role":"member","resend":true}`).want(t, 403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE")
	if res := bob.get("/list-invitations").want(t, 200, ""); strings.Contains(res.body, "dan@example.com") {
		t.Errorf("an admin sees the invitation of an owner: %s", res.body)
	}
}

// TestRoleNames: a role cannot be named so that a list with it means another one.
func TestRoleNames(t *testing.T) {
	t.Parallel()
	r := newRig(t, everything)
	ann := r.signUp("Ann")
	ann.found("acme")
	for name, code := range map[string]string{
		"a,owner": "VALIDATION_ERROR", " padded": "VALIDATION_ERROR", "": "VALIDATION_ERROR", ",": "VALIDATION_ERROR",
		"Owner": "ROLE_NAME_IS_ALREADY_TAKEN", "member": "ROLE_NAME_IS_ALREADY_TAKEN", strings.Repeat("x", 256): "VALIDATION_ERROR",
	} {
		ann.post("/create-role", fmt.Sprintf(`{"role":%q,"permission":{}}`, name)).want(t, 400, code)
	}
	ann.post("/create-role", `{"role":"x","permission":{"bill":["print"]}}`).want(t, 403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE")
}

// TestRevocation: who was removed is out at once, whatever a cookie says.
func TestRevocation(t *testing.T) {
	t.Parallel()
	r := newRig(t, organization.Options{}, func(c *core.Config) { c.Session.CookieCache.Enabled = true })
	ann, bob := r.signUp("Ann"), r.signUp("Bob")
	org := ann.found("acme")
	r.add(org, "admin", bob)
	bob.post("/set-active", `{"organizationId":"`+org+`"}`).want(t, 200, "")
	bob.get("/list-members").want(t, 200, "")
	ann.post("/remove-member", `{"memberIdOrEmail":"bob@example.com","organizationId":"`+org+`"}`).want(t, 200, "")
	bob.get("/list-members").want(t, 403, "YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION")
	bob.post("/invite-member", `{"email":"x@example.com","role":"member"}`).want(t, 400, "MEMBER_NOT_FOUND")
	bob.get("/get-full-organization").want(t, 403, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION")
	if active, _ := bob.active(); active != "" {
		t.Errorf("%q is still active", active)
	}
	if err := r.auth.DeleteSessions(t.Context(), ann.user.ID); err != nil {
		t.Fatal(err)
	}
	ann.get("/list-members?organizationId="+org).want(t, 401, "UNAUTHORIZED")
}

// TestInvitations: what an invitation is good for, and until when.
func TestInvitations(t *testing.T) {
	t.Parallel()
	var mails []organization.InvitationMail
	r := newRig(t, organization.Options{SendInvitation: func(_ context.Context, m organization.InvitationMail) error {
		mails = append(mails, m)
		return nil
	}})
	ann, bob := r.signUp("Ann"), r.signUp("Bob")
	ann.found("acme")
	id := ann.post("/invite-member", `{"email":"BOB@example.com","role":"member"}`).id(t, "id")
	if len(mails) != 1 || mails[0].Invitation.ID != id || mails[0].Organization.Slug != "acme" || mails[0].Inviter.Name != "Ann" ||
		mails[0].Member.Role != "owner" || mails[0].Request == nil {
		t.Errorf("got the mails %+v", mails)
	}
	r.clock.Advance(mails[0].Invitation.ExpiresAt.Sub(r.auth.Now()))
	bob.post("/accept-invitation", `{"invitationId":"`+id+`"}`).want(t, 400, "INVITATION_NOT_FOUND")
	bob.get("/get-invitation?id="+id).want(t, 400, "INVITATION_NOT_FOUND")
	again := ann.post("/invite-member", `{"email":"bob@example.com","role":"member"}`).id(t, "id")
	bob.get("/get-invitation?id="+again).want(t, 200, "")
	bob.post("/accept-invitation", `{"invitationId":"`+again+`"}`).want(t, 200, "")
	ann.post("/cancel-invitation", `{"invitationId":"`+again+`"}`).want(t, 400, "INVITATION_NOT_FOUND")
	bob.post("/reject-invitation", `{"invitationId":"`+again+`"}`).want(t, 400, "INVITATION_NOT_FOUND")
}

// TestInvitationOfAMember: somebody who was added in the meantime does not become a member twice.
func TestInvitationOfAMember(t *testing.T) {
	t.Parallel()
	r := newRig(t, organization.Options{})
	ann, bob := r.signUp("Ann"), r.signUp("Bob")
	org := ann.found("acme")
	id := ann.post("/invite-member", `{"email":"bob@example.com","role":"admin"}`).id(t, "id")
	r.add(org, "member", bob)
	bob.post("/accept-invitation", `{"invitationId":"`+id+`"}`).want(t, 400, "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION")
	if n := r.rows("member", store.Eq("userId", bob.user.ID), store.Eq("role", "member")); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

// TestInviterGone: who was removed, or is no owner any more, leaves no door open.
func TestInviterGone(t *testing.T) {
	t.Parallel()
	r := newRig(t, organization.Options{})
	ann, bob, cat, dan := r.signUp("Ann"), r.signUp("Bob"), r.signUp("Cat"), r.signUp("Dan")
	org := ann.found("acme")
	member := r.add(org, "owner", bob).ID
	bob.post("/set-active", `{"organizationId":"`+org+`"}`).want(t, 200, "")
	owner := bob.post("/invite-member", `{"email":"cat@example.com","role":"owner"}`).id(t, "id")
	plain := bob.post("/invite-member", `{"email":"dan@example.com","role":"member"}`).id(t, "id")
	ann.post("/update-member-role", `{"memberId":"`+member+`","role":"admin"}`).want(t, 200, "")
	cat.post("/accept-invitation", `{"invitationId":"`+owner+`"}`).want(t, 403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE")
	ann.post("/remove-member", `{"memberIdOrEmail":"bob@example.com"}`).want(t, 200, "")
	dan.post("/accept-invitation", `{"invitationId":"`+plain+`"}`).want(t, 400, "INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION")
	if n := r.rows("member") + r.rows("invitation", store.Eq("status", organization.Pending)); n != 1+2 {
		t.Errorf("a refused invitation has changed something: %d", n)
	}
}

// TestGuessableIDs: where ids are no secrets, an invitation is for verified addresses only.
func TestGuessableIDs(t *testing.T) {
	t.Parallel()
	n := 0
	r := newRig(t, organization.Options{}, func(c *core.Config) {
		c.IDs.Generate = func(string) string { n++; return fmt.Sprintf("id-%d", n) }
	})
	ann, bob := r.signUp("Ann"), r.signUp("Bob")
	ann.found("acme")
	id := ann.post("/invite-member", `{"email":"bob@example.com","role":"member"}`).id(t, "id")
	bob.get("/get-invitation?id="+id).want(t, 403, "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION")
	bob.post("/accept-invitation", `{"invitationId":"`+id+`"}`).want(t, 403, "EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION")
	if _, err := r.auth.UpdateUser(t.Context(), bob.user.ID, store.Record{"emailVerified": true}); err != nil {
		t.Fatal(err)
	}
	bob.post("/accept-invitation", `{"invitationId":"`+id+`"}`).want(t, 200, "")
}

// TestInvitationMailsAreLimited: nobody's mailbox is filled by invitations.
func TestInvitationMailsAreLimited(t *testing.T) {
	t.Parallel()
	sent := 0
	r := newRig(t, organization.Options{SendInvitation: func(context.Context, organization.InvitationMail) error { sent++; return nil }},
		func(c *core.Config) {
			c.RateLimit = core.RateLimitConfig{Enabled: core.On, Max: 1000}
			c.RateLimit.Recipient.Max, c.RateLimit.Recipient.Window = 3, 3600_000_000_000
		})
	ann := r.signUp("Ann")
	ann.found("acme")
	last := answer{}
	for range 6 {
		last = ann.post("/invite-member", `{"email":"bob@example.com","role":"member","resend":true}`)
	}
	last.want(t, 429, "")
	if sent != 3 {
		t.Errorf("%d mails, want 3", sent)
	}
}

// TestListMembers: fields are those that clients may see, and nothing of a query is anything but a value.
func TestListMembers(t *testing.T) {
	t.Parallel()
	r := newRig(t, organization.Options{Schema: []schema.Extension{{Table: "member", Columns: []schema.Column{
		{Name: "badge", Kind: schema.String, Returned: true, Input: true},
		{Name: "secret", Kind: schema.String},
		{Name: "level", Kind: schema.Number, Returned: true},
		{Name: "staff", Kind: schema.Boolean, Returned: true, Default: schema.Value(false)},
	}}}})
	ann := r.signUp("Ann")
	org := ann.found("acme")
	for i := range 5 {
		r.clock.Advance(1_000_000_000)
		r.add(org, "member", r.signUp(fmt.Sprintf("P%d", i)))
	}
	for query, want := range map[string]string{
		"limit=2":                          `"total":6`,
		"limit=2&offset=100":               `"members":[],"total":6`,
		"limit=-1&offset=-5":               `"total":6`,
		"limit=99999999999999999999":       `"total":6`,
		"filterField=role&filterValue=own": `"members":[],"total":0`,
		"filterField=role&filterValue=own&filterOperator=contains":                     `"total":1`,
		"filterField=role&filterValue=%25&filterOperator=contains":                     `"total":0`,
		"filterField=role&filterValue=_wner&filterOperator=ends_with":                  `"total":0`,
		"filterField=role&filterValue=member&filterValue=x&filterOperator=in":          `"total":5`,
		"filterField=role&filterValue=member&filterOperator=not_in":                    `"total":1`,
		"filterField=createdAt&filterValue=2026-01-02T03:04:05.678Z":                   `"total":1`,
		"filterField=createdAt&filterValue=2026-01-02T03:04:08.678Z&filterOperator=lt": `"total":3`,
		"filterField=staff&filterValue=true":                                           `"total":0`,
		"filterField=level&filterValue=3&filterOperator=gte":                           `"total":0`,
		"sortBy=createdAt&sortDirection=desc&limit=1":                                  `"name":"P4"`,
		"sortBy=id&limit=1": `"total":6`,
	} {
		if res := ann.get("/list-members?"+query).want(t, 200, ""); !strings.Contains(res.body, want) {
			t.Errorf("%s: got %s, want %s in it", query, res.body, want)
		}
	}
	for _, query := range []string{
		"sortBy=secret", "sortBy=nope", "sortBy=role%20desc", "filterField=secret&filterValue=x", "filterField=user.email&filterValue=x",
		"filterField=role", "filterField=createdAt&filterValue=yesterday", "filterField=level&filterValue=many",
		"filterField=level&filterValue=1&filterOperator=contains", "filterField=staff&filterValue=true&filterOperator=lt",
		"filterField=role&filterValue=x&filterOperator=like", "filterField=role&filterValue=x&filterValue=y", "sortBy=role&sortDirection=up",
	} {
		ann.get("/list-members?"+query).want(t, 400, "VALIDATION_ERROR")
	}
}

// TestBounds: texts that are too long are refused, and so is what is no input.
func TestBounds(t *testing.T) {
	t.Parallel()
	r := newRig(t, organization.Options{})
	ann := r.signUp("Ann")
	long := strings.Repeat("x", 256)
	ann.post("/create", `{"name":"`+long+`","slug":"a"}`).want(t, 400, "VALIDATION_ERROR")
	ann.post("/create", `{"name":"a","slug":"`+long+`"}`).want(t, 400, "VALIDATION_ERROR")
	ann.post("/create", `{"name":"a","slug":"a","metadata":{"x":"`+strings.Repeat("y", 17000)+`"}}`).want(t, 400, "VALIDATION_ERROR")
	ann.post("/create", `{"name":"a","slug":"a","id":"mine","createdAt":"2000-01-01T00:00:00.000Z","userId":"other"}`).want(t, 200, "")
	if n := r.rows("organization", store.Eq("id", "mine")); n != 0 {
		t.Error("a client has chosen an id")
	}
	ann.post("/update", `{"data":{"logo":"`+strings.Repeat("x", 2049)+`"}}`).want(t, 400, "VALIDATION_ERROR")
	ann.post("/update", `{"data":{}}`).want(t, 200, "")
	many := strings.Repeat("member,", 100)
	ann.post("/invite-member", `{"email":"bob@example.com","role":"`+many+`"}`).want(t, 400, "VALIDATION_ERROR")
	ann.post("/invite-member", `{"email":"bob@example.com","role":"member","teamId":["`+strings.Repeat("x", 2049)+`"]}`).want(t, 400, "VALIDATION_ERROR")
	ann.post("/update-member-role", `{"memberId":"`+ann.get("/get-active-member").id(t, "id")+`","role":"owner,`+many+`"}`).want(t, 400, "VALIDATION_ERROR")
}
