package organization_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/access"
	"github.com/cardea-auth/cardea/plugin/organization"
)

// office is an installation with the organization acme, whose events are written down once it is there. Ann owns it and is in
// its first team, Bob is a member and in the second. Cat is invited as a member of the second. Nobody has the role clerk.
type office struct {
	*rig
	ann, bob, cat *someone
	acme          string
	first, second string
	bobs          string // Bob's membership
	clerk         string // the role
	invitation    string
	refuse        string // the hook that refuses from now on, or the limit that is reached
	told          []core.Event
}

func newOffice(t *testing.T, change ...func(o *organization.Options)) *office {
	t.Helper()
	w := &office{}
	limit := func(name string) organization.Limit {
		return organization.LimitBy(func(context.Context, organization.LimitSubject) (int, error) {
			if name == w.refuse {
				return 0, nil
			}
			return -1, nil
		})
	}
	o := everything
	o.OrganizationLimit, o.MembershipLimit, o.InvitationLimit = limit("organizations"), limit("members"), limit("invitations")
	o.Teams.MaximumMembers, o.DynamicRoles.Maximum = limit("team members"), limit("roles")
	o.Hooks = allHooks(func(name string) error {
		if name == w.refuse {
			return core.NewError(418, "REFUSED", "No")
		}
		return nil
	})
	for _, f := range change {
		f(&o)
	}
	w.rig = newRig(t, o, func(c *core.Config) {
		c.Hooks = []core.Hook{core.OnAnyEvent(func(_ context.Context, _ *core.Exchange, e core.Event) { w.told = append(w.told, e) })}
	})
	w.ann, w.bob, w.cat = w.signUp("Ann"), w.signUp("Bob"), w.signUp("Cat")
	w.acme = w.ann.found("acme")
	_, w.first = w.ann.active()
	w.second = w.ann.post("/create-team", `{"name":"Second"}`).id(t, "id")
	m, err := w.join(t.Context(), w.bob, w.second)
	if err != nil {
		t.Fatal(err)
	}
	w.bobs = m.ID
	w.bob.post("/set-active", `{"organizationId":"`+w.acme+`"}`).want(t, 200, "")
	w.clerk = w.newRole("clerk")
	w.invitation = w.ann.post("/invite-member", `{"email":"cat@example.com","role":"member","teamId":"`+w.second+`"}`).id(t, "id")
	w.told = nil
	return w
}

// join makes somebody a member as the app does, and puts them into a team unless that is "".
func (w *office) join(ctx context.Context, s *someone, team string, opts ...core.CallOption) (*organization.Member, error) {
	return w.org.AddMember.Call(ctx, w.auth, organization.AddMemberInput{
		UserID: s.user.ID, Role: organization.RoleNames{"member"}, OrganizationID: w.acme, TeamID: team,
	}, opts...)
}

// newRole makes a role and returns its id.
func (w *office) newRole(name string) string {
	w.t.Helper()
	res := w.ann.post("/create-role", `{"role":"`+name+`","permission":{"team":["create"]}}`).want(w.t, 200, "")
	_, id, _ := strings.Cut(res.body[strings.LastIndex(res.body, `"id"`):], `:"`)
	id, _, _ = strings.Cut(id, `"`)
	return id
}

// TestEvents: each act is told of once, with who did it.
func TestEvents(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(w *office) []core.Event{ // what it does, and what is to be told
		"create": func(w *office) []core.Event {
			org, cat := w.cat.found("new"), w.cat.user.ID
			_, team := w.cat.active()
			return []core.Event{
				organization.Created{OrganizationID: org, UserID: cat, By: cat},
				organization.MemberAdded{OrganizationID: org, UserID: cat, Role: "owner", By: cat},
				organization.TeamMemberAdded{OrganizationID: org, TeamID: team, UserID: cat, By: cat},
			}
		},
		"create by the app": func(w *office) []core.Event {
			cat := w.cat.user.ID
			out, err := w.org.Create.Call(w.t.Context(), w.auth, organization.CreateInput{Name: "New", Slug: "new", UserID: &cat})
			if err != nil {
				w.t.Fatal(err)
			}
			teams, err := w.org.ListUserTeams.Call(w.t.Context(), w.auth, organization.ListUserTeamsInput{}, core.WithHeader(w.cat.header))
			if err != nil || len(teams) != 1 {
				w.t.Fatalf("got the teams %v, %v", teams, err)
			}
			return []core.Event{
				organization.Created{OrganizationID: out.ID, UserID: cat},
				organization.MemberAdded{OrganizationID: out.ID, UserID: cat, Role: "owner"},
				organization.TeamMemberAdded{OrganizationID: out.ID, TeamID: teams[0].ID, UserID: cat},
			}
		},
		"update": func(w *office) []core.Event {
			w.ann.post("/update", `{"data":{"name":"Acme"}}`).want(w.t, 200, "")
			return nil
		},
		"delete": func(w *office) []core.Event {
			w.ann.post("/delete", `{"organizationId":"`+w.acme+`"}`).want(w.t, 200, "")
			return []core.Event{organization.Deleted{OrganizationID: w.acme, By: w.ann.user.ID}}
		},
		"add by the app": func(w *office) []core.Event {
			if _, err := w.join(w.t.Context(), w.cat, ""); err != nil {
				w.t.Error(err)
			}
			return []core.Event{organization.MemberAdded{OrganizationID: w.acme, UserID: w.cat.user.ID, Role: "member"}}
		},
		"add for a user": func(w *office) []core.Event {
			if _, err := w.join(w.t.Context(), w.cat, w.second, core.WithHeader(w.ann.header)); err != nil {
				w.t.Error(err)
			}
			return []core.Event{
				organization.MemberAdded{OrganizationID: w.acme, UserID: w.cat.user.ID, Role: "member", By: w.ann.user.ID},
				organization.TeamMemberAdded{OrganizationID: w.acme, TeamID: w.second, UserID: w.cat.user.ID, By: w.ann.user.ID},
			}
		},
		"invite": func(w *office) []core.Event {
			w.ann.post("/invite-member", `{"email":"Dan@Example.com","role":["admin","clerk"]}`).want(w.t, 200, "")
			return []core.Event{organization.MemberInvited{OrganizationID: w.acme, Email: "dan@example.com", Role: "admin,clerk", By: w.ann.user.ID}}
		},
		"invite once more": func(w *office) []core.Event {
			w.ann.post("/invite-member", `{"email":"cat@example.com","role":"admin","resend":true}`).want(w.t, 200, "")
			return []core.Event{organization.MemberInvited{OrganizationID: w.acme, Email: "cat@example.com", Role: "member", By: w.ann.user.ID}}
		},
		"accept": func(w *office) []core.Event {
			w.cat.post("/accept-invitation", `{"invitationId":"`+w.invitation+`"}`).want(w.t, 200, "")
			cat := w.cat.user.ID
			return []core.Event{
				organization.MemberAdded{OrganizationID: w.acme, UserID: cat, Role: "member", InvitedBy: w.ann.user.ID, By: cat},
				organization.TeamMemberAdded{OrganizationID: w.acme, TeamID: w.second, UserID: cat, By: cat},
			}
		},
		"reject": func(w *office) []core.Event {
			w.cat.post("/reject-invitation", `{"invitationId":"`+w.invitation+`"}`).want(w.t, 200, "")
			return nil
		},
		"cancel": func(w *office) []core.Event {
			w.ann.post("/cancel-invitation", `{"invitationId":"`+w.invitation+`"}`).want(w.t, 200, "")
			return nil
		},
		"remove": func(w *office) []core.Event {
			w.ann.post("/remove-member", `{"memberIdOrEmail":"bob@example.com"}`).want(w.t, 200, "")
			return []core.Event{
				organization.MemberRemoved{OrganizationID: w.acme, UserID: w.bob.user.ID, By: w.ann.user.ID},
				organization.TeamMemberRemoved{OrganizationID: w.acme, TeamID: w.second, UserID: w.bob.user.ID, By: w.ann.user.ID},
			}
		},
		"leave": func(w *office) []core.Event {
			w.bob.post("/leave", `{"organizationId":"`+w.acme+`"}`).want(w.t, 200, "")
			bob := w.bob.user.ID
			return []core.Event{
				organization.MemberRemoved{OrganizationID: w.acme, UserID: bob, By: bob},
				organization.TeamMemberRemoved{OrganizationID: w.acme, TeamID: w.second, UserID: bob, By: bob},
			}
		},
		"change a role": func(w *office) []core.Event {
			w.ann.post("/update-member-role", `{"memberId":"`+w.bobs+`","role":["admin","clerk"]}`).want(w.t, 200, "")
			return []core.Event{organization.MemberRoleChanged{
				OrganizationID: w.acme, UserID: w.bob.user.ID, Old: "member", New: "admin,clerk", By: w.ann.user.ID,
			}}
		},
		"change no role": func(w *office) []core.Event {
			w.ann.post("/update-member-role", `{"memberId":"`+w.bobs+`","role":"member"}`).want(w.t, 200, "")
			return nil
		},
		"add to a team": func(w *office) []core.Event {
			w.ann.post("/add-team-member", `{"teamId":"`+w.first+`","userId":"`+w.bob.user.ID+`"}`).want(w.t, 200, "")
			return []core.Event{organization.TeamMemberAdded{OrganizationID: w.acme, TeamID: w.first, UserID: w.bob.user.ID, By: w.ann.user.ID}}
		},
		"add to the same team": func(w *office) []core.Event {
			w.ann.post("/add-team-member", `{"teamId":"`+w.second+`","userId":"`+w.bob.user.ID+`"}`).want(w.t, 200, "")
			return nil
		},
		"remove from a team": func(w *office) []core.Event {
			w.ann.post("/remove-team-member", `{"teamId":"`+w.second+`","userId":"`+w.bob.user.ID+`"}`).want(w.t, 200, "")
			return []core.Event{organization.TeamMemberRemoved{OrganizationID: w.acme, TeamID: w.second, UserID: w.bob.user.ID, By: w.ann.user.ID}}
		},
		"delete a team": func(w *office) []core.Event {
			w.ann.post("/remove-team", `{"teamId":"`+w.second+`"}`).want(w.t, 200, "")
			return []core.Event{organization.TeamDeleted{OrganizationID: w.acme, TeamID: w.second, By: w.ann.user.ID}}
		},
		"delete a team by the app": func(w *office) []core.Event {
			in := organization.RemoveTeamInput{TeamID: w.second, OrganizationID: w.acme}
			if _, err := w.org.RemoveTeam.Call(w.t.Context(), w.auth, in); err != nil {
				w.t.Error(err)
			}
			return []core.Event{organization.TeamDeleted{OrganizationID: w.acme, TeamID: w.second}}
		},
		"create a role": func(w *office) []core.Event {
			id := w.newRole("porter")
			return []core.Event{organization.RoleCreated{
				OrganizationID: w.acme, RoleID: id, Role: "porter", Permission: access.Statements{"team": {"create"}}, By: w.ann.user.ID,
			}}
		},
		"update a role": func(w *office) []core.Event {
			w.ann.post("/update-role", `{"roleName":"clerk","data":{"permission":{"team":["delete"]}}}`).want(w.t, 200, "")
			return []core.Event{organization.RoleUpdated{
				OrganizationID: w.acme, RoleID: w.clerk, Old: "clerk", New: "clerk", Permission: access.Statements{"team": {"delete"}}, By: w.ann.user.ID,
			}}
		},
		"rename a role": func(w *office) []core.Event {
			w.ann.post("/update-role", `{"roleId":"`+w.clerk+`","data":{"roleName":"porter"}}`).want(w.t, 200, "")
			return []core.Event{organization.RoleUpdated{OrganizationID: w.acme, RoleID: w.clerk, Old: "clerk", New: "porter", By: w.ann.user.ID}}
		},
		"update nothing of a role": func(w *office) []core.Event {
			w.ann.post("/update-role", `{"roleName":"clerk","data":{}}`).want(w.t, 200, "")
			return nil
		},
		"delete a role": func(w *office) []core.Event {
			w.ann.post("/delete-role", `{"roleName":"clerk"}`).want(w.t, 200, "")
			return []core.Event{organization.RoleDeleted{OrganizationID: w.acme, RoleID: w.clerk, Role: "clerk", By: w.ann.user.ID}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newOffice(t)
			if want := act(w); len(w.told)+len(want) > 0 && !reflect.DeepEqual(w.told, want) {
				t.Errorf("got %#v, want %#v", w.told, want)
			}
		})
	}
}

// TestNoEvents: what is refused is not told of, nor what is undone once it was written.
func TestNoEvents(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refuse, who, path, body string
		want                    string // the code of the refusal
	}{
		"create":           {"BeforeCreateOrganization", "cat", "/create", `{"name":"New","slug":"new"}`, "REFUSED"},
		"first member":     {"BeforeAddMember", "cat", "/create", `{"name":"New","slug":"new"}`, "REFUSED"},  // the organization is written already
		"first team":       {"BeforeCreateTeam", "cat", "/create", `{"name":"New","slug":"new"}`, "REFUSED"}, // and so is its member
		"delete":           {"BeforeDeleteOrganization", "ann", "/delete", `{"organizationId":"{acme}"}`, "REFUSED"},
		"invite":           {"BeforeCreateInvitation", "ann", "/invite-member", `{"email":"dan@example.com","role":"member"}`, "REFUSED"},
		"accept":           {"BeforeAcceptInvitation", "cat", "/accept-invitation", `{"invitationId":"{invitation}"}`, "REFUSED"},
		"remove":           {"BeforeRemoveMember", "ann", "/remove-member", `{"memberIdOrEmail":"{bobs}"}`, "REFUSED"},
		"change a role":    {"BeforeUpdateMemberRole", "ann", "/update-member-role", `{"memberId":"{bobs}","role":"admin"}`, "REFUSED"},
		"add to a team":    {"BeforeAddTeamMember", "ann", "/add-team-member", `{"teamId":"{first}","userId":"{bob}"}`, "REFUSED"},
		"remove from team": {"BeforeRemoveTeamMember", "ann", "/remove-team-member", `{"teamId":"{second}","userId":"{bob}"}`, "REFUSED"},
		"delete a team":    {"BeforeDeleteTeam", "ann", "/remove-team", `{"teamId":"{second}"}`, "REFUSED"},

		"too many organizations": {"organizations", "cat", "/create", `{"name":"New","slug":"new"}`, "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS"},
		"too many members":       {"members", "cat", "/accept-invitation", `{"invitationId":"{invitation}"}`, "ORGANIZATION_MEMBERSHIP_LIMIT_REACHED"},
		"too many invitations":   {"invitations", "ann", "/invite-member", `{"email":"dan@example.com","role":"member"}`, "INVITATION_LIMIT_REACHED"},
		"too many roles":         {"roles", "ann", "/create-role", `{"role":"porter","permission":{}}`, "TOO_MANY_ROLES"},
		"full team":              {"team members", "ann", "/add-team-member", `{"teamId":"{first}","userId":"{bob}"}`, "TEAM_MEMBER_LIMIT_REACHED"},
		"invited to a full team": {"team members", "cat", "/accept-invitation", `{"invitationId":"{invitation}"}`, "TEAM_MEMBER_LIMIT_REACHED"}, // the member is written already

		"delete as a member":        {"", "bob", "/delete", `{"organizationId":"{acme}"}`, "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION"},
		"leave as the only owner":   {"", "ann", "/leave", `{"organizationId":"{acme}"}`, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER"},
		"update a role as a member": {"", "bob", "/update-role", `{"roleName":"clerk","data":{"permission":{}}}`, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE"},
		"delete an unknown role":    {"", "ann", "/delete-role", `{"roleName":"porter"}`, "ROLE_NOT_FOUND"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newOffice(t)
			w.refuse = c.refuse
			who := map[string]*someone{"ann": w.ann, "bob": w.bob, "cat": w.cat}[c.who]
			body := strings.NewReplacer("{acme}", w.acme, "{invitation}", w.invitation, "{bobs}", w.bobs, "{bob}", w.bob.user.ID,
				"{first}", w.first, "{second}", w.second).Replace(c.body)
			if res := who.post(c.path, body); res.status < 400 || !strings.Contains(res.body, `"code":"`+c.want+`"`) {
				t.Errorf("got %d %s, want %s", res.status, res.body, c.want)
			}
			if len(w.told) > 0 {
				t.Errorf("got %#v", w.told)
			}
		})
	}
}

// TestNoEventsOfTheUndone: the same where the app itself adds a member.
func TestNoEventsOfTheUndone(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	w.refuse = "BeforeAddMember"
	_, err := w.join(t.Context(), w.cat, "")
	wantError(t, err, core.NewError(418, "REFUSED", ""))
	w.refuse = "team members"
	_, err = w.join(t.Context(), w.cat, w.second)
	wantError(t, err, organization.ErrTeamMemberLimit)
	w.refuse = ""
	undone := errors.New("undone")
	err = w.auth.Store().InTx(t.Context(), func(ctx context.Context) error {
		if _, err := w.join(ctx, w.cat, w.second); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Errorf("got %v", err)
	}
	if len(w.told) > 0 {
		t.Errorf("got %#v", w.told)
	}
}

// TestRoleChangedMeanwhile: the old role is what it was when the new one was written, not when it was asked for.
func TestRoleChangedMeanwhile(t *testing.T) {
	t.Parallel()
	var w *office
	var previous string
	w = newOffice(t, func(o *organization.Options) {
		o.Hooks.UpdateMemberRole = organization.Act[organization.MemberEvent]{
			Before: func(_ context.Context, _ *core.Exchange, e *organization.MemberEvent) error {
				if e.NewRole == "clerk" { // somebody else is faster
					w.ann.post("/update-member-role", `{"memberId":"`+w.bobs+`","role":"admin"}`).want(t, 200, "")
				}
				return nil
			},
			After: func(_ context.Context, _ *core.Exchange, e *organization.MemberEvent) error {
				previous = e.PreviousRole
				return nil
			},
		}
	})
	w.ann.post("/update-member-role", `{"memberId":"`+w.bobs+`","role":"clerk"}`).want(t, 200, "")
	changed := organization.MemberRoleChanged{OrganizationID: w.acme, UserID: w.bob.user.ID, Old: "member", New: "admin", By: w.ann.user.ID}
	again := changed
	again.Old, again.New = "admin", "clerk"
	if want := []core.Event{changed, again}; !reflect.DeepEqual(w.told, want) || previous != "admin" {
		t.Errorf("got %#v and the hook %q, want %#v", w.told, previous, want)
	}
}
