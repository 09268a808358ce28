package options

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/organization"
)

// act reads the hooks before and after one act. Each gets the object that args makes of the event; what the first returns in
// "data" is given to change, if there is such.
func act[E any](r reader, o strict.Object, name string, to *organization.Act[E],
	args func(e *E, before bool) *wire.Object, change func(e *E, data *wire.Object)) {
	if f := r.function(o, "before"+name); f != nil {
		to.Before = func(ctx context.Context, _ *core.Exchange, e *E) error {
			v, err := f(ctx, args(e, true))
			answer, ok := v.(*wire.Object)
			if err != nil || !ok || change == nil {
				return err
			}
			if data, _ := answer.Get("data"); data != nil {
				if data, ok := data.(*wire.Object); ok {
					change(e, data)
				}
			}
			return nil
		}
	}
	if f := r.function(o, "after"+name); f != nil {
		to.After = func(ctx context.Context, _ *core.Exchange, e *E) error {
			_, err := f(ctx, args(e, false))
			return err
		}
	}
}

func (r reader) organizationHooks(o strict.Object, h *organization.Hooks) {
	act(r, o, "CreateOrganization", &h.CreateOrganization, createdOrganization, changeOrganization)
	act(r, o, "UpdateOrganization", &h.UpdateOrganization, updatedOrganization, func(e *organization.Event, data *wire.Object) {
		for name, v := range data.All() {
			e.Set[name] = columnOf(name, v)
		}
	})
	act(r, o, "DeleteOrganization", &h.DeleteOrganization, func(e *organization.Event, _ bool) *wire.Object {
		return object("organization", e.Organization, "user", e.User)
	}, nil)

	act(r, o, "AddMember", &h.AddMember, func(e *organization.MemberEvent, before bool) *wire.Object {
		m := members(e.Member)
		if before {
			m = ordered(m, []string{"userId", "organizationId", "role"}, "id", "createdAt")
		}
		return object("member", m, "user", e.User, "organization", parsedMetadata(e.Organization))
	}, func(e *organization.MemberEvent, data *wire.Object) {
		for name, v := range data.All() {
			if name == "role" {
				e.Member.Role, _ = v.(string)
			} else {
				e.Member.Extra.Set(name, v)
			}
		}
	})
	act(r, o, "RemoveMember", &h.RemoveMember, func(e *organization.MemberEvent, _ bool) *wire.Object {
		return object("member", memberOf(e.Member, e.User), "user", e.User, "organization", e.Organization)
	}, nil)
	act(r, o, "UpdateMemberRole", &h.UpdateMemberRole, func(e *organization.MemberEvent, before bool) *wire.Object {
		if before {
			return object("member", memberOf(e.Member, e.User), "newRole", e.NewRole, "user", e.User, "organization", e.Organization)
		}
		return object("member", e.Member, "previousRole", e.PreviousRole, "user", e.User, "organization", e.Organization)
	}, func(e *organization.MemberEvent, data *wire.Object) {
		if role := textOf(data, "role"); role != "" {
			e.NewRole = role
		}
	})
	r.invitationHooks(o, h)
	r.teamHooks(o, h)
}

func createdOrganization(e *organization.Event, before bool) *wire.Object {
	org := parsedMetadata(e.Organization)
	if !before {
		return object("organization", org, "user", e.User, "member", e.Member)
	}
	org.Delete("id")
	org.Delete("createdAt")
	if e.Organization.Logo == nil {
		org.Delete("logo")
	}
	return object("organization", org, "user", e.User)
}

// ordered is an object with those members first, and without others.
func ordered(o *wire.Object, first []string, without ...string) *wire.Object {
	out := wire.NewObject()
	for _, name := range first {
		if v, ok := o.Get(name); ok {
			out.Set(name, v)
		}
	}
	for name, v := range o.All() {
		if !slices.Contains(without, name) {
			out.Set(name, v)
		}
	}
	return out
}

func updatedOrganization(e *organization.Event, before bool) *wire.Object {
	if !before {
		return object("organization", parsedMetadata(e.Organization), "user", e.User, "member", memberOf(e.Member, e.User))
	}
	set := wire.NewObject()
	for _, name := range []string{"name", "slug", "logo", "metadata"} {
		if v, ok := e.Set[name]; ok {
			set.Set(name, v)
		}
	}
	for name, v := range e.Set {
		set.Set(name, v)
	}
	if text, ok := e.Set["metadata"].(string); ok {
		set.Set("metadata", parsedText(text))
	}
	return object("organization", set, "user", e.User, "member", memberOf(e.Member, e.User))
}

func changeOrganization(e *organization.Event, data *wire.Object) {
	for name, v := range data.All() {
		v = columnOf(name, v)
		text, _ := v.(string)
		switch name {
		case "name":
			e.Organization.Name = text
		case "slug":
			e.Organization.Slug = text
		case "logo":
			e.Organization.Logo = &text
		case "metadata":
			e.Organization.Metadata = &text
		default:
			e.Organization.Extra.Set(name, v)
		}
	}
}

// columnOf is what a column holds where a hook has an object.
func columnOf(name string, v any) any {
	if name != "metadata" || v == nil {
		return v
	}
	text, err := wire.Append(nil, v)
	if err != nil {
		panic(err) // it was parsed from JSON
	}
	return string(text)
}

func parsedText(text string) any {
	v, err := wire.Parse([]byte(text), wire.Limits{})
	if err != nil {
		return nil
	}
	return v
}

// parsedMetadata is an organization as better-auth has it right after writing it.
func parsedMetadata(o *organization.Organization) *wire.Object {
	org := members(o)
	if o.Metadata == nil {
		org.Delete("metadata")
	} else {
		org.Set("metadata", parsedText(*o.Metadata))
	}
	return org
}

func (r reader) invitationHooks(o strict.Object, h *organization.Hooks) {
	about := func(actor string) func(e *organization.InvitationEvent, before bool) *wire.Object {
		return func(e *organization.InvitationEvent, before bool) *wire.Object {
			invitation := members(e.Invitation)
			if actor == "inviter" && before {
				ids := e.Invitation.TeamIDs()
				invitation.Set("teamIds", append([]string{}, ids...))
				invitation = ordered(invitation, []string{"role", "email", "organizationId", "teamIds"},
					"id", "status", "createdAt", "expiresAt", "teamId")
				if len(ids) > 0 {
					invitation.Set("teamId", ids[0])
				}
			}
			all := object("invitation", invitation)
			if e.Member != nil {
				all.Set("member", e.Member)
			}
			all.Set(actor, e.User)
			all.Set("organization", e.Organization)
			return all
		}
	}
	act(r, o, "CreateInvitation", &h.CreateInvitation, about("inviter"), changeInvitation)
	act(r, o, "AcceptInvitation", &h.AcceptInvitation, about("user"), nil)
	act(r, o, "RejectInvitation", &h.RejectInvitation, about("user"), nil)
	act(r, o, "CancelInvitation", &h.CancelInvitation, about("cancelledBy"), nil)
}

func changeInvitation(e *organization.InvitationEvent, data *wire.Object) {
	i := e.Invitation
	for name, v := range data.All() {
		text, _ := v.(string)
		switch name {
		case "role":
			i.Role = text
		case "email":
			i.Email = text
		case "expiresAt":
			i.ExpiresAt, _ = wire.ParseTime(text)
		case "teamIds":
			list, _ := v.([]any)
			ids := make([]string, len(list))
			for n := range list {
				ids[n], _ = list[n].(string)
			}
			i.Extra.Set("teamId", strings.Join(ids, ","))
		default:
			i.Extra.Set(name, v)
		}
	}
}

func (r reader) teamHooks(o strict.Object, h *organization.Hooks) {
	changeTeam := func(e *organization.TeamEvent, data *wire.Object) {
		for name, v := range data.All() {
			switch {
			case e.Set != nil:
				e.Set[name] = v
			case name == "name":
				e.Team.Name, _ = v.(string)
			default:
				e.Team.Extra.Set(name, v)
			}
		}
	}
	act(r, o, "CreateTeam", &h.CreateTeam, func(e *organization.TeamEvent, before bool) *wire.Object {
		team := members(e.Team)
		if before {
			for _, name := range []string{"id", "createdAt", "updatedAt"} {
				team.Delete(name)
			}
		}
		return teamObject(team, e.User, e.Organization)
	}, changeTeam)
	act(r, o, "UpdateTeam", &h.UpdateTeam, func(e *organization.TeamEvent, before bool) *wire.Object {
		if !before {
			return teamObject(e.Team, e.User, e.Organization)
		}
		return object("team", e.Team, "updates", e.Set, "user", e.User, "organization", e.Organization)
	}, func(e *organization.TeamEvent, data *wire.Object) {
		clear(e.Set) // what the hook returns is all
		changeTeam(e, data)
	})
	act(r, o, "DeleteTeam", &h.DeleteTeam, func(e *organization.TeamEvent, _ bool) *wire.Object {
		return teamObject(e.Team, e.User, e.Organization)
	}, nil)
	seat := func(e *organization.TeamMemberEvent, before bool) *wire.Object {
		m := members(e.TeamMember)
		if before && e.TeamMember.ID == "" {
			m.Delete("id")
			m.Delete("createdAt")
		}
		return object("teamMember", m, "team", e.Team, "user", e.User, "organization", e.Organization)
	}
	act(r, o, "AddTeamMember", &h.AddTeamMember, seat, nil)
	act(r, o, "RemoveTeamMember", &h.RemoveTeamMember, seat, nil)
}

func teamObject(team any, u *model.User, o *organization.Organization) *wire.Object {
	all := object("team", team)
	if u != nil {
		all.Set("user", u)
	}
	all.Set("organization", o)
	return all
}
