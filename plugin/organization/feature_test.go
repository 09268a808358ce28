package organization_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/access"
	"github.com/cardea-auth/cardea/plugin/organization"
)

// TestGuards: what RequireMember and RequirePermission let pass, asked as adapters ask.
func TestGuards(t *testing.T) {
	t.Parallel()
	r := newRig(t, everything)
	ann, bob, cat, dan := r.signUp("Ann"), r.signUp("Bob"), r.signUp("Cat"), r.signUp("Dan")
	org := ann.found("acme")
	r.add(org, "member", bob)
	ann.post("/create-role", `{"role":"clerk","permission":{"team":["create"]}}`).want(t, 200, "")
	clerk := r.add(org, "member", cat)
	ann.post("/update-member-role", `{"memberId":"`+clerk.ID+`","role":"clerk,member"}`).want(t, 200, "")
	for _, s := range []*someone{bob, cat} {
		s.post("/set-active", `{"organizationId":"`+org+`"}`).want(t, 200, "")
	}
	team := control.Action("team", "create")
	for name, c := range map[string]struct {
		guard core.Guard
		want  map[*someone]error
	}{
		"member": {organization.RequireMember(), map[*someone]error{
			ann: nil, bob: nil, cat: nil, dan: organization.ErrNoActiveOrganization, nil: core.ErrUnauthorized,
		}},
		"owner or clerk": {organization.RequireMember("owner", "clerk"), map[*someone]error{
			ann: nil, bob: organization.ErrForbidden, cat: nil, dan: organization.ErrNoActiveOrganization,
		}},
		"permission": {organization.RequirePermission(team), map[*someone]error{
			ann: nil, bob: organization.ErrForbidden, cat: nil, dan: organization.ErrNoActiveOrganization, nil: core.ErrUnauthorized,
		}},
		"unknown permission": {organization.RequirePermission(access.Action{Resource: "x", Name: "y"}), map[*someone]error{ann: organization.ErrForbidden}},
	} {
		for s, want := range c.want {
			err := r.guard(s, c.guard)
			if !errors.Is(err, want) {
				t.Errorf("%s: got %v, want %v", name, err, want)
			}
		}
	}
	ann.post("/remove-member", `{"memberIdOrEmail":"bob@example.com"}`).want(t, 200, "")
	wantError(t, r.guard(bob, organization.RequireMember()), organization.ErrNotMember)
}

// guard asks a guard about a request of the app's own.
func (r *rig) guard(s *someone, g core.Guard) error {
	req := httptest.NewRequest("GET", "/bills", nil)
	if s != nil {
		req.Header = s.header.Clone()
	}
	var got error
	v := r.auth.Require(context.Background(), req, func(ctx context.Context, x *core.Exchange) error {
		got = g(ctx, x)
		return got
	})
	if (got == nil) != (v.Refusal == nil) {
		r.t.Errorf("the guard said %v and the answer is %+v", got, v.Refusal)
	}
	return got
}

// TestPermissionOfNothing: a list that came out empty must not become a guard.
func TestPermissionOfNothing(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("RequirePermission took no action")
		}
	}()
	organization.RequirePermission()
}

func TestMembershipKeys(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/membership_keys.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct{ TeamID, UserID, MembershipKey string }
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		if got := organization.MembershipKey(v.TeamID, v.UserID); got != v.MembershipKey {
			t.Errorf("%q, %q: got %s, want %s", v.TeamID, v.UserID, got, v.MembershipKey)
		}
	}
	if len(vectors) != 3 {
		t.Errorf("%d vectors", len(vectors))
	}
}

// TestHooks: each act is told before and after, with what it is about; what Before changes is written, and what it refuses
// is not.
func TestHooks(t *testing.T) {
	t.Parallel()
	var log []string
	refuse := ""
	var r *rig
	o := everything
	o.Hooks = allHooks(func(name string) error {
		log = append(log, name)
		if name == refuse {
			return core.NewError(418, "REFUSED", "No")
		}
		return nil
	})
	change := o.Hooks.CreateOrganization.Before
	o.Hooks.CreateOrganization.Before = func(ctx context.Context, x *core.Exchange, e *organization.Event) error {
		e.Organization.Name += "!"
		return change(ctx, x, e)
	}
	r = newRig(t, o)
	ann, bob := r.signUp("Ann"), r.signUp("Bob")
	org := ann.found("acme")
	told := func(names ...string) {
		t.Helper()
		if !slices.Equal(log, names) {
			t.Errorf("got %v, want %v", log, names)
		}
		log = nil
	}
	told("BeforeCreateOrganization", "BeforeAddMember", "BeforeCreateTeam", "AfterAddMember", "AfterCreateTeam", "AfterCreateOrganization")
	if n := r.rows("organization", store.Eq("name", "acme!")); n != 1 {
		t.Error("what the hook changed was not written")
	}
	ann.post("/update", `{"data":{"name":"Acme"}}`).want(t, 200, "")
	told("BeforeUpdateOrganization", "AfterUpdateOrganization")
	id := ann.post("/invite-member", `{"email":"bob@example.com","role":"member"}`).id(t, "id")
	bob.post("/accept-invitation", `{"invitationId":"`+id+`"}`).want(t, 200, "")
	told("BeforeCreateInvitation", "AfterCreateInvitation", "BeforeAcceptInvitation", "AfterAcceptInvitation")
	member := bob.get("/get-active-member").id(t, "id")
	ann.post("/update-member-role", `{"memberId":"`+member+`","role":"admin"}`).want(t, 200, "")
	told("BeforeUpdateMemberRole", "AfterUpdateMemberRole")
	team := ann.post("/create-team", `{"name":"Red"}`).id(t, "id")
	ann.post("/update-team", `{"teamId":"`+team+`","data":{"name":"Blue"}}`).want(t, 200, "")
	ann.post("/add-team-member", `{"teamId":"`+team+`","userId":"`+bob.user.ID+`"}`).want(t, 200, "")
	ann.post("/remove-team-member", `{"teamId":"`+team+`","userId":"`+bob.user.ID+`"}`).want(t, 200, "")
	told("BeforeCreateTeam", "AfterCreateTeam", "BeforeUpdateTeam", "AfterUpdateTeam",
		"BeforeAddTeamMember", "AfterAddTeamMember", "BeforeRemoveTeamMember", "AfterRemoveTeamMember")
	dan := r.signUp("Dan")
	for _, act := range []string{"reject", "cancel"} {
		id := ann.post("/invite-member", `{"email":"dan@example.com","role":"member"}`).id(t, "id")
		who := map[string]*someone{"reject": dan, "cancel": ann}[act]
		who.post("/"+act+"-invitation", `{"invitationId":"`+id+`"}`).want(t, 200, "")
	}
	told("BeforeCreateInvitation", "AfterCreateInvitation", "BeforeRejectInvitation", "AfterRejectInvitation",
		"BeforeCreateInvitation", "AfterCreateInvitation", "BeforeCancelInvitation", "AfterCancelInvitation")

	for name, send := range map[string]func() answer{
		"BeforeUpdateOrganization": func() answer { return ann.post("/update", `{"data":{"name":"No"}}`) },
		"BeforeRemoveMember":       func() answer { return ann.post("/remove-member", `{"memberIdOrEmail":"bob@example.com"}`) },
		"BeforeUpdateMemberRole":   func() answer { return ann.post("/update-member-role", `{"memberId":"`+member+`","role":"member"}`) },
		"BeforeCreateInvitation":   func() answer { return ann.post("/invite-member", `{"email":"no@example.com","role":"member"}`) },
		"BeforeDeleteTeam":         func() answer { return ann.post("/remove-team", `{"teamId":"`+team+`"}`) },
		"BeforeDeleteOrganization": func() answer { return ann.post("/delete", `{"organizationId":"`+org+`"}`) },
		"BeforeCreateOrganization": func() answer { return ann.post("/create", `{"name":"No","slug":"no"}`) },
		"BeforeAddMember":          func() answer { return ann.post("/create", `{"name":"No","slug":"no"}`) },
		"BeforeCreateTeam":         func() answer { return ann.post("/create", `{"name":"No","slug":"no"}`) },
	} {
		refuse, log = name, nil
		send().want(t, 418, "REFUSED")
		if last := log[len(log)-1]; last != name {
			t.Errorf("after the refusal of %s came %s", name, last)
		}
	}
	if n := r.rows("organization") + r.rows("member") + r.rows("team"); n != 1+2+2 {
		t.Errorf("a refused act has changed something: %d rows", n)
	}
	refuse, log = "", nil
	ann.post("/remove-team", `{"teamId":"`+team+`"}`).want(t, 200, "")
	ann.post("/remove-member", `{"memberIdOrEmail":"bob@example.com"}`).want(t, 200, "")
	ann.post("/delete", `{"organizationId":"`+org+`"}`).want(t, 200, "")
	told("BeforeDeleteTeam", "AfterDeleteTeam", "BeforeRemoveMember", "AfterRemoveMember", "BeforeDeleteOrganization", "AfterDeleteOrganization")
}

// allHooks fills in every hook.
func allHooks(tell func(name string) error) organization.Hooks {
	var h organization.Hooks
	v := reflect.ValueOf(&h).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		for _, when := range []string{"Before", "After"} {
			f := v.Field(i).FieldByName(when)
			f.Set(reflect.MakeFunc(f.Type(), func([]reflect.Value) []reflect.Value {
				err := tell(when + name)
				out := reflect.New(f.Type().Out(0)).Elem()
				if err != nil {
					out.Set(reflect.ValueOf(err))
				}
				return []reflect.Value{out}
			}))
		}
	}
	return h
}

// TestColumnsAndNames: columns of the app's own on each table, and other names in the database.
func TestColumnsAndNames(t *testing.T) {
	t.Parallel()
	column := func(table string) schema.Extension {
		return schema.Extension{Table: table, Columns: []schema.Column{
			{Name: "note", Kind: schema.String, Returned: true, Input: true},
			{Name: "hidden", Kind: schema.String, Input: true},
			{Name: "fixed", Kind: schema.String, Returned: true, Default: schema.Value("x")},
		}}
	}
	o := everything
	for _, table := range []string{"organization", "member", "invitation", "team", "organizationRole"} {
		o.Schema = append(o.Schema, column(table))
	}
	o.Rename = []schema.Rename{{Table: "organization", SQLName: "companies", Columns: map[string]string{"name": "title"}}, {Table: "session", Columns: map[string]string{"activeOrganizationId": "org"}}}
	r := newRig(t, o)
	ann, bob := r.signUp("Ann"), r.signUp("Bob")
	const more = `"note":"mine","hidden":"h","fixed":"changed"`
	has := func(a answer) {
		t.Helper()
		a.want(t, 200, "")
		if !strings.Contains(a.body, `"note":"mine","fixed":"x"`) || strings.Contains(a.body, "hidden") {
			t.Errorf("got %s", a.body)
		}
	}
	has(ann.post("/create", `{"name":"Acme","slug":"acme",`+more+`}`))
	has(ann.post("/update", `{"data":{"name":"Acme",`+more+`}}`))
	has(ann.post("/invite-member", `{"email":"bob@example.com","role":"member",`+more+`}`))
	has(ann.post("/create-team", `{"name":"Red",`+more+`}`))
	has(ann.post("/create-role", `{"role":"clerk","permission":{},"additionalFields":{`+more+`}}`))
	has(ann.get("/get-full-organization"))
	rest := wire.NewObject()
	rest.Set("note", "mine")
	rest.Set("hidden", "h")
	rest.Set("fixed", "changed")
	org, _ := ann.active()
	m, err := r.org.AddMember.Call(t.Context(), r.auth, organization.AddMemberInput{
		UserID: bob.user.ID, Role: organization.RoleNames{"member"}, OrganizationID: org, Rest: rest,
	})
	if err != nil {
		t.Fatal(err)
	}
	if note, _ := (model.Field[string]{Name: "note"}).Get(m.Extra); note != "mine" {
		t.Errorf("got %+v", m)
	}
	for _, table := range []string{"organization", "member", "invitation", "team", "organizationRole"} {
		if n := r.rows(table, store.Eq("hidden", "h"), store.Eq("fixed", "x")); n != 1 {
			t.Errorf("%s: %d rows have the columns, want 1", table, n)
		}
	}
	ann.post("/create", `{"name":"B","slug":"b","note":5}`).want(t, 400, "VALIDATION_ERROR")
	if name := r.auth.Schema().Table("organization"); name.SQLName != "companies" || name.Column("name").SQLName != "title" {
		t.Errorf("the table is called %s", name.SQLName)
	}
}

// TestSystemCalls: what the app itself may do without a session, and a client may not.
func TestSystemCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t, organization.Options{
		Teams:     organization.TeamOptions{Enabled: true},
		MayCreate: func(context.Context, *model.User) (bool, error) { return false, nil },
	})
	ann := r.signUp("Ann")
	id := ann.user.ID
	in := organization.CreateInput{Name: "Acme", Slug: "acme", UserID: &id}
	_, err := r.org.Create.Call(t.Context(), r.auth, in, core.WithHeader(http.Header{}))
	wantError(t, err, core.NewError(401, "", ""))
	_, err = r.org.Create.Call(t.Context(), r.auth, in, core.WithHeader(ann.header))
	wantError(t, err, organization.ErrCreationNotAllowed)
	ann.send(nil, "POST", "/organization/create", `{"name":"Acme","slug":"acme","userId":"`+id+`"}`).want(t, 401, "")
	out, err := r.org.Create.Call(t.Context(), r.auth, in)
	if err != nil || out.Members[0].UserID != id {
		t.Fatalf("got %+v, %v", out, err)
	}
	team, err := r.org.CreateTeam.Call(t.Context(), r.auth, organization.CreateTeamInput{Name: "Red", OrganizationID: out.ID})
	if err != nil || team.OrganizationID != out.ID {
		t.Errorf("got %+v, %v", team, err)
	}
	_, err = r.org.RemoveTeam.Call(t.Context(), r.auth, organization.RemoveTeamInput{TeamID: team.ID, OrganizationID: out.ID}, core.WithHeader(http.Header{}))
	wantError(t, err, core.NewError(401, "", ""))
	if _, err = r.org.RemoveTeam.Call(t.Context(), r.auth, organization.RemoveTeamInput{TeamID: team.ID, OrganizationID: out.ID}); err != nil {
		t.Error(err)
	}
	_, err = r.org.ListUserInvitations.Call(t.Context(), r.auth, organization.ListUserInvitationsInput{Email: "x@example.com"}, core.WithHeader(http.Header{}))
	if err == nil {
		t.Error("a client without a session has listed somebody's invitations")
	}
}
