package options

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/access"
	"github.com/cardea-auth/cardea/plugin/organization"
)

// organization reads the options of the plugin of that name.
func (r reader) organization(o strict.Object) core.Plugin {
	opts := organization.Options{
		OrganizationLimit: r.organizationLimit(o),
		MembershipLimit: r.limit(o, "membershipLimit", false, func(l organization.LimitSubject) []any {
			return []any{l.User, l.Organization}
		}),
		InvitationLimit: r.limit(o, "invitationLimit", true, func(l organization.LimitSubject) []any {
			return []any{object("user", l.User, "organization", l.Organization, "member", memberOf(l.Member, l.User))}
		}),
		SendInvitation: r.invitationMail(o),
	}
	r.mayCreate(o, &opts)
	o.String("creatorRole", &opts.CreatorRole)
	o.Bool("disableOrganizationDeletion", &opts.DisableDeletion)
	o.Seconds("invitationExpiresIn", &opts.InvitationExpiresIn) // 0 is the default in both worlds
	o.Bool("cancelPendingInvitationsOnReInvite", &opts.CancelPendingOnReInvite)
	if o.Has("requireEmailVerificationOnInvitation") {
		opts.RequireVerifiedEmail = onOff(o, "requireEmailVerificationOnInvitation")
	}
	if o.Has("ac") {
		opts.AccessControl = access.New(statements(o.Object("ac")))
	}
	opts.Roles = roles(o, "roles")
	dynamic := o.Object("dynamicAccessControl")
	dynamic.Bool("enabled", &opts.DynamicRoles.Enabled)
	opts.DynamicRoles.Maximum = r.limit(dynamic, "maximumRolesPerOrganization", true, func(l organization.LimitSubject) []any {
		return []any{l.OrganizationID}
	})
	r.teams(o.Object("teams"), &opts.Teams)
	r.organizationHooks(o.Object("organizationHooks"), &opts.Hooks)
	r.organizationTables(o.Object("schema"), &opts)
	return organization.New(opts)
}

func (r reader) mayCreate(o strict.Object, opts *organization.Options) {
	if f := r.function(o, "allowUserToCreateOrganization"); f != nil {
		opts.MayCreate = func(ctx context.Context, u *model.User) (bool, error) {
			v, err := f(ctx, u)
			return isTruthy(v), err
		}
		return
	}
	if o.Has("allowUserToCreateOrganization") {
		may := true
		o.Bool("allowUserToCreateOrganization", &may)
		opts.MayCreate = func(context.Context, *model.User) (bool, error) { return may, nil }
	}
}

// organizationLimit reads a number, or a function that says whether there are enough.
func (r reader) organizationLimit(o strict.Object) organization.Limit {
	f := r.function(o, "organizationLimit")
	if f == nil {
		return r.limit(o, "organizationLimit", true, nil)
	}
	return organization.LimitBy(func(ctx context.Context, l organization.LimitSubject) (int, error) {
		v, err := f(ctx, l.User)
		if isTruthy(v) {
			return 0, err
		}
		return -1, err
	})
}

// limit reads a number or a function that returns one. zero says whether 0 is a limit or the default.
func (r reader) limit(o strict.Object, name string, zero bool, args func(organization.LimitSubject) []any) organization.Limit {
	if f := r.function(o, name); f != nil {
		return organization.LimitBy(func(ctx context.Context, l organization.LimitSubject) (int, error) {
			v, err := f(ctx, args(l)...)
			if n, ok := v.(float64); ok && n < math.MaxInt32 {
				return int(math.Ceil(n)), err
			}
			return -1, err
		})
	}
	n := 0.0
	o.Number(name, &n)
	switch {
	case !o.Has(name) || n == 0 && !zero:
		return organization.Limit{}
	case n > math.MaxInt32:
		return organization.AtMost(-1)
	}
	return organization.AtMost(int(math.Ceil(n)))
}

func (r reader) teams(o strict.Object, t *organization.TeamOptions) {
	byDefault := true
	o.Bool("enabled", &t.Enabled)
	o.Bool("allowRemovingAllTeams", &t.AllowRemovingAll)
	first := o.Object("defaultTeam")
	first.Bool("enabled", &byDefault)
	t.DisableDefault = !byDefault
	if f := r.function(first, "customCreateDefaultTeam"); f != nil {
		t.CreateDefault = func(ctx context.Context, _ *core.Exchange, o *organization.Organization) (*organization.Team, error) {
			v, err := f(ctx, o)
			made, ok := v.(*wire.Object)
			if err != nil || !ok {
				return nil, err
			}
			team := &organization.Team{OrganizationID: o.ID, CreatedAt: o.CreatedAt}
			team.ID, team.Name = textOf(made, "id"), textOf(made, "name")
			return team, nil
		}
	}
	session := func(l organization.LimitSubject) any {
		if l.Session == nil {
			return nil
		}
		return object("session", l.Session.Session, "user", l.Session.User)
	}
	t.Maximum = r.limit(o, "maximumTeams", false, func(l organization.LimitSubject) []any {
		return []any{object("organizationId", l.OrganizationID, "session", session(l))}
	})
	t.MaximumMembers = r.limit(o, "maximumMembersPerTeam", true, func(l organization.LimitSubject) []any {
		return []any{object("teamId", l.TeamID, "session", session(l), "organizationId", l.OrganizationID)}
	})
}

// organizationTables reads names and additional fields of the plugin's tables.
func (r reader) organizationTables(o strict.Object, opts *organization.Options) {
	var c core.Config
	names(o.Object(model.SessionTable), model.SessionTable, &c)
	for _, table := range []string{
		organization.OrganizationTable, organization.MemberTable, organization.InvitationTable,
		organization.TeamTable, organization.TeamMemberTable, organization.RoleTable,
	} {
		of := o.Object(table)
		names(of, table, &c)
		if columns := r.additionalFields(of.Object("additionalFields")); len(columns) > 0 {
			c.Schema = append(c.Schema, schema.Extension{Table: table, Columns: columns})
		}
	}
	absent := func(table string) bool { // a table that is off has no names, which better-auth does not mind
		team := table == organization.TeamTable || table == organization.TeamMemberTable
		return team && !opts.Teams.Enabled || table == organization.RoleTable && !opts.DynamicRoles.Enabled
	}
	opts.Schema = slices.DeleteFunc(c.Schema, func(e schema.Extension) bool { return absent(e.Table) })
	opts.Rename = slices.DeleteFunc(c.Rename, func(n schema.Rename) bool { return absent(n.Table) })
	for _, n := range opts.Rename {
		maps.DeleteFunc(n.Columns, func(name, _ string) bool {
			return !opts.Teams.Enabled && (name == "teamId" || name == organization.ActiveTeam.Name)
		})
	}
}

func (r reader) invitationMail(o strict.Object) func(context.Context, organization.InvitationMail) error {
	f := r.function(o, "sendInvitationEmail")
	if f == nil {
		return nil
	}
	return func(ctx context.Context, m organization.InvitationMail) error {
		inviter := members(m.Member)
		inviter.Set("user", m.Inviter)
		_, err := f(ctx, object("id", m.Invitation.ID, "role", m.Invitation.Role, "email", m.Invitation.Email,
			"organization", m.Organization, "inviter", inviter, "invitation", m.Invitation), request(m.Request))
		return err
	}
}

// object makes an object of names and values in turn.
func object(parts ...any) *wire.Object {
	var o wire.Object
	for i := 0; i+1 < len(parts); i += 2 {
		name, _ := parts[i].(string)
		o.Set(name, parts[i+1])
	}
	return &o
}

// members is a value as an object that may be changed.
func members(v any) *wire.Object {
	text, err := wire.Append(nil, v)
	if err != nil {
		panic(err) // what an answer is made of can be written
	}
	parsed, err := wire.Parse(text, wire.Limits{})
	if err != nil {
		panic(err)
	}
	o, _ := parsed.(*wire.Object)
	if o == nil {
		o = wire.NewObject()
	}
	return o
}

// memberOf is a member with what others see of the user.
func memberOf(m *organization.Member, u *model.User) *wire.Object {
	if m == nil {
		return nil
	}
	o := members(m)
	if u != nil {
		o.Set("user", object("id", u.ID, "name", u.Name, "email", u.Email, "image", u.Image))
	}
	return o
}

func textOf(o *wire.Object, name string) string {
	v, _ := o.Get(name)
	s, _ := v.(string)
	return s
}

func isTruthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	}
	return true
}
