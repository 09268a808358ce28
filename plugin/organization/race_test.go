package organization_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/organization"
)

// atOnce runs fn n times at once and returns how many answered 200.
func atOnce(t *testing.T, n int, fn func(i int) answer) (won int) {
	t.Helper()
	answers := make([]answer, n)
	begin := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-begin
			answers[i] = fn(i)
		})
	}
	close(begin)
	wg.Wait()
	for _, a := range answers {
		switch {
		case a.status == 200:
			won++
		case a.status >= 500 || a.status < 400:
			t.Errorf("got %d %s", a.status, a.body)
		}
	}
	return won
}

// TestOneOwnerStays: of fifty owners who all leave at once, one stays.
func TestOneOwnerStays(t *testing.T) {
	t.Parallel()
	r := newRig(t, organization.Options{})
	owners := []*someone{r.signUp("Ann")}
	org := owners[0].found("acme")
	for i := range 49 {
		s := r.signUp(fmt.Sprintf("Owner%d", i))
		r.add(org, "owner", s)
		owners = append(owners, s)
	}
	if won := atOnce(t, 50, func(i int) answer { return owners[i].post("/leave", `{"organizationId":"`+org+`"}`) }); won != 49 {
		t.Errorf("%d have left, want 49", won)
	}
	if n := r.rows("member", store.Eq("role", "owner")); n != 1 {
		t.Errorf("%d owners are left, want 1", n)
	}
}

// TestOwnersDemoteEachOther: each of two owners takes the role from the other.
func TestOwnersDemoteEachOther(t *testing.T) {
	t.Parallel()
	for range 20 {
		r := newRig(t, organization.Options{})
		ann, bob := r.signUp("Ann"), r.signUp("Bob")
		org := ann.found("acme")
		members := []string{"", r.add(org, "owner", bob).ID}
		members[0] = ann.get("/get-active-member").id(t, "id")
		bob.post("/set-active", `{"organizationId":"`+org+`"}`).want(t, 200, "")
		people := []*someone{ann, bob}
		won := atOnce(t, 2, func(i int) answer {
			return people[i].post("/update-member-role", `{"role":"member","memberId":"`+members[1-i]+`"}`)
		})
		if n := r.rows("member", store.Eq("role", "owner")); won != 1 || n != 1 {
			t.Errorf("%d won and %d owners are left, want 1 and 1", won, n)
		}
	}
}

// TestOneOfFiftyAccepts: an invitation is good once, and membership limits hold.
func TestOneOfFiftyAccepts(t *testing.T) {
	t.Parallel()
	r := newRig(t, organization.Options{MembershipLimit: organization.AtMost(3), InvitationLimit: organization.AtMost(10)})
	ann := r.signUp("Ann")
	org := ann.found("acme")
	var people []*someone
	for i := range 60 {
		people = append(people, r.signUp(fmt.Sprintf("P%d", i)))
	}
	if won := atOnce(t, 50, func(i int) answer {
		return ann.post("/invite-member", fmt.Sprintf(`{"email":"p%d@example.com","role":"member"}`, i))
	}); won != 10 {
		t.Errorf("%d invitations, want 10", won)
	}
	if n := r.rows("invitation"); n != 10 {
		t.Errorf("%d rows of invitations, want 10", n)
	}
	table := r.auth.Schema().Table("invitation")
	rows, err := r.auth.Store().FindMany(t.Context(), store.From(table))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for _, row := range rows {
		ids[row["email"].(string)] = row["id"].(string)
	}
	var invited []*someone
	for _, p := range people {
		if ids[p.user.Email] != "" {
			invited = append(invited, p)
		}
	}
	won := atOnce(t, 50, func(i int) answer { // each five times
		p := invited[i%10]
		return p.post("/accept-invitation", `{"invitationId":"`+ids[p.user.Email]+`"}`)
	})
	if n := r.rows("member", store.Eq("organizationId", org)); won != 2 || n != 3 {
		t.Errorf("%d have joined and there are %d members, want 2 and 3", won, n)
	}
}

// TestOneInvitation: fifty invitations of one address at once are one.
func TestOneInvitation(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]organization.Options{"refused": {}, "canceled": {CancelPendingOnReInvite: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, o)
			ann := r.signUp("Ann")
			ann.found("acme")
			atOnce(t, 50, func(int) answer { return ann.post("/invite-member", `{"email":"bob@example.com","role":"member"}`) })
			if n := r.rows("invitation", store.Eq("status", organization.Pending)); n != 1 {
				t.Errorf("%d are pending, want 1", n)
			}
		})
	}
}

// TestLimitsHold: organizations of a user, members added by the app, teams, members of a team, roles.
func TestLimitsHold(t *testing.T) {
	t.Parallel()
	r := newRig(t, organization.Options{
		OrganizationLimit: organization.AtMost(3), MembershipLimit: organization.AtMost(20),
		Teams:         organization.TeamOptions{Enabled: true, Maximum: organization.AtMost(4), MaximumMembers: organization.AtMost(5)},
		DynamicRoles:  organization.DynamicRoleOptions{Enabled: true, Maximum: organization.AtMost(2)},
		AccessControl: control,
	})
	ann := r.signUp("Ann")
	if won := atOnce(t, 20, func(i int) answer {
		return ann.post("/create", fmt.Sprintf(`{"name":"n","slug":"slug-%d"}`, i))
	}); won != 3 || r.rows("organization") != 3 {
		t.Errorf("%d organizations, want 3", won)
	}
	bob := r.signUp("Bob")
	org := bob.found("acme")
	var ids []string
	for i := range 30 {
		ids = append(ids, r.signUp(fmt.Sprintf("P%d", i)).user.ID)
	}
	atOnce(t, 50, func(i int) answer {
		_, err := r.org.AddMember.Call(t.Context(), r.auth, organization.AddMemberInput{
			UserID: ids[i%30], Role: organization.RoleNames{"member"}, OrganizationID: org,
		})
		if err != nil {
			return answer{status: 400}
		}
		return answer{status: 200}
	})
	if n := r.rows("member", store.Eq("organizationId", org)); n != 20 {
		t.Errorf("%d members, want 20", n)
	}
	if won := atOnce(t, 20, func(i int) answer { return bob.post("/create-team", fmt.Sprintf(`{"name":"t%d"}`, i)) }); won != 3 {
		t.Errorf("%d teams more, want 3", won)
	}
	if won := atOnce(t, 20, func(i int) answer {
		return bob.post("/create-role", fmt.Sprintf(`{"role":"r%d","permission":{"team":["create"]}}`, i))
	}); won != 2 {
		t.Errorf("%d roles, want 2", won)
	}
	rows, err := r.auth.Store().FindMany(t.Context(), store.From(r.auth.Schema().Table("member"), store.Eq("organizationId", org)))
	if err != nil {
		t.Fatal(err)
	}
	_, team := bob.active()
	atOnce(t, 40, func(i int) answer {
		return bob.post("/add-team-member", `{"teamId":"`+team+`","userId":"`+rows[i%20]["userId"].(string)+`"}`)
	})
	if n := r.rows("teamMember", store.Eq("teamId", team)); n != 5 {
		t.Errorf("%d members of the team, want 5", n)
	}
	if n := r.rows("team", store.Eq("id", team), store.Eq("memberCount", int64(5))); n != 1 {
		t.Error("the counter of the team is wrong")
	}
}

// TestOneTeamStays: of four teams removed at once, one stays.
func TestOneTeamStays(t *testing.T) {
	t.Parallel()
	r := newRig(t, organization.Options{Teams: organization.TeamOptions{Enabled: true, DisableDefault: true}})
	ann := r.signUp("Ann")
	ann.found("acme")
	var teams []string
	for i := range 10 {
		teams = append(teams, ann.post("/create-team", fmt.Sprintf(`{"name":"t%d"}`, i)).id(t, "id"))
	}
	if won := atOnce(t, 10, func(i int) answer { return ann.post("/remove-team", `{"teamId":"`+teams[i]+`"}`) }); won != 9 || r.rows("team") != 1 {
		t.Errorf("%d were removed and %d are left", won, r.rows("team"))
	}
}
