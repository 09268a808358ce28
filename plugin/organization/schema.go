package organization

import (
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// The logical names of the plugin's tables.
const (
	OrganizationTable = "organization"
	MemberTable       = "member"
	InvitationTable   = "invitation"
	TeamTable         = "team"
	TeamMemberTable   = "teamMember"
	RoleTable         = "organizationRole"
)

// The columns that the plugin adds to the session. They are null unless something is active.
var (
	// ActiveOrganization is the id of the organization in which the session is at work.
	ActiveOrganization = model.Field[string]{Name: "activeOrganizationId"}
	// ActiveTeam is the id of the team; there is such a column only with teams.
	ActiveTeam = model.Field[string]{Name: "activeTeamId"}
)

// Organization is a row of the organization table.
type Organization struct {
	Name string `db:"name,sortable,returned" json:"name"`
	// Slug is the name in URLs; no two organizations have the same.
	Slug string `db:"slug,unique,index,sortable,returned" json:"slug"`
	// Logo is the URL of a picture, or nil.
	Logo      *string   `db:"logo,returned" json:"logo"`
	CreatedAt time.Time `db:"createdAt,returned" json:"createdAt"`
	// Metadata is the app's own JSON as text, or nil.
	Metadata *string `db:"metadata,returned" json:"metadata"`
	// Extra holds the columns that the app has added.
	Extra model.Extra `db:",extra" json:",extra"`
	ID    string      `db:"id" json:"id"`
}

// Member is a row of the member table: a user in an organization.
type Member struct {
	OrganizationID string `db:"organizationId,references=organization,index,returned" json:"organizationId"`
	UserID         string `db:"userId,references=user,index,returned" json:"userId"`
	// Role is one role, or several with commas between; see Roles.
	Role      string      `db:"role,sortable,default=member,returned" json:"role"`
	CreatedAt time.Time   `db:"createdAt,returned" json:"createdAt"`
	Extra     model.Extra `db:",extra" json:",extra"`
	ID        string      `db:"id" json:"id"`
}

// Roles returns the member's roles.
func (m *Member) Roles() []string { return ParseRoles(m.Role) }

// The states of an invitation.
const (
	Pending  = "pending"
	Accepted = "accepted"
	Rejected = "rejected"
	Canceled = "canceled"
)

// Invitation is a row of the invitation table.
type Invitation struct {
	OrganizationID string `db:"organizationId,references=organization,index,returned"`
	// Email is the address of whoever is invited, in lower case.
	Email string `db:"email,sortable,index,returned"`
	// Role is what they will be; see ParseRoles.
	Role string `db:"role,sortable,returned"`
	// Status is Pending, Accepted, Rejected or Canceled. An invitation that has expired stays Pending.
	Status    string    `db:"status,sortable,default=pending,returned"`
	ExpiresAt time.Time `db:"expiresAt,returned"`
	CreatedAt time.Time `db:"createdAt,default=now,returned"`
	// InviterID is the user who invited.
	InviterID string `db:"inviterId,references=user,returned"`
	// Extra holds the columns that the app has added and, with teams, the teams to join.
	Extra model.Extra `db:",extra"`
	// ID is the secret of the link in the mail: together with the address it lets somebody in.
	ID string `db:"id"`
}

var teamIDs = model.Field[string]{Name: "teamId"}

// TeamIDs returns the teams that whoever accepts is put into.
func (i *Invitation) TeamIDs() []string {
	ids, _ := teamIDs.Get(i.Extra)
	if ids == "" {
		return nil
	}
	return strings.Split(ids, ",")
}

func (i *Invitation) setTeamIDs(ids []string) {
	if len(ids) == 0 {
		i.Extra.Set(teamIDs.Name, nil)
		return
	}
	i.Extra.Set(teamIDs.Name, strings.Join(ids, ","))
}

// AppendJSON writes the invitation as clients see it.
func (i *Invitation) AppendJSON(dst []byte) ([]byte, error) {
	dst, err := i.appendMembers(append(dst, '{'))
	return append(dst, '}'), err
}

func (i *Invitation) appendMembers(dst []byte) ([]byte, error) {
	text := func(name, value string) {
		dst = append(append(dst, name...), ':')
		dst = wire.AppendString(dst, value)
	}
	text(`"organizationId"`, i.OrganizationID)
	text(`,"email"`, i.Email)
	text(`,"role"`, i.Role)
	var err error
	others := slices.Clone(i.Extra)
	if at := slices.IndexFunc(others, func(v model.ExtraValue) bool { return v.Name == teamIDs.Name }); at >= 0 {
		if dst, err = wire.Append(append(dst, `,"teamId":`...), others[at].Value); err != nil {
			return dst, err
		}
		others = slices.Delete(others, at, at+1)
	}
	text(`,"status"`, i.Status)
	dst = wire.AppendTime(append(dst, `,"expiresAt":`...), i.ExpiresAt)
	dst = wire.AppendTime(append(dst, `,"createdAt":`...), i.CreatedAt)
	text(`,"inviterId"`, i.InviterID)
	dst, err = others.AppendMembers(dst)
	text(`,"id"`, i.ID)
	return dst, err
}

// Team is a row of the team table.
type Team struct {
	Name string `db:"name,returned" json:"name"`
	// MemberCount is kept up to date with the rows of the team, and guards the limit of members in Node as well.
	MemberCount    int         `db:"memberCount,default=0" json:"-"`
	OrganizationID string      `db:"organizationId,references=organization,index,returned" json:"organizationId"`
	CreatedAt      time.Time   `db:"createdAt,returned" json:"createdAt"`
	UpdatedAt      *time.Time  `db:"updatedAt,onupdate=now,returned" json:"updatedAt"`
	Extra          model.Extra `db:",extra" json:",extra"`
	ID             string      `db:"id" json:"id"`
}

// TeamMember is a row of the teamMember table: a user in a team.
type TeamMember struct {
	TeamID string `db:"teamId,references=team,index,returned" json:"teamId"`
	UserID string `db:"userId,references=user,index,returned" json:"userId"`
	// MembershipKey is made of both and unique, so that nobody is in a team twice. Old rows may have none.
	MembershipKey *string     `db:"membershipKey,unique" json:"-"`
	CreatedAt     *time.Time  `db:"createdAt,returned" json:"createdAt"`
	Extra         model.Extra `db:",extra" json:",extra"`
	ID            string      `db:"id" json:"id"`
}

// Role is a row of the organizationRole table: a role that an organization has made for itself.
type Role struct {
	OrganizationID string `db:"organizationId,references=organization,index,returned" json:"organizationId"`
	Role           string `db:"role,index,returned" json:"role"`
	// Permission is what the role may do, by resource, as JSON.
	Permission jsonText    `db:"permission,returned" json:"permission"`
	CreatedAt  time.Time   `db:"createdAt,default=now,returned" json:"createdAt"`
	UpdatedAt  *time.Time  `db:"updatedAt,onupdate=now,returned" json:"updatedAt"`
	Extra      model.Extra `db:",extra" json:",extra"`
	ID         string      `db:"id" json:"id"`
}

// jsonText is JSON that is kept as text and answered as what it says.
type jsonText string

// AppendJSON writes what the text says.
func (t jsonText) AppendJSON(dst []byte) ([]byte, error) {
	v, err := wire.Parse([]byte(t), wire.Limits{})
	if err != nil {
		return dst, err
	}
	return wire.Append(dst, v)
}

// schema returns the plugin's tables as the options have them.
func (p *Plugin) schema() []schema.Extension {
	invitation := schema.Of[Invitation](InvitationTable)
	invitation.Columns[2].Required = false // the role
	session := schema.Extension{Table: model.SessionTable, Columns: []schema.Column{
		{Name: ActiveOrganization.Name, Kind: schema.String, Returned: true},
	}}
	all := []schema.Extension{schema.Of[Organization](OrganizationTable)}
	if p.opts.DynamicRoles.Enabled {
		all = append(all, schema.Of[Role](RoleTable))
	}
	if p.opts.Teams.Enabled {
		invitation.Columns = slices.Insert(invitation.Columns, 3,
			schema.Column{Name: teamIDs.Name, Kind: schema.String, Sortable: true, Returned: true})
		session.Columns = append(session.Columns, schema.Column{Name: ActiveTeam.Name, Kind: schema.String, Returned: true})
		all = append(all, schema.Of[Team](TeamTable), schema.Of[TeamMember](TeamMemberTable))
	}
	member := schema.Of[Member](MemberTable)
	member.Indexes = []schema.Index{{Columns: []string{"organizationId", "createdAt"}}} // for pages of many, in order
	return append(append(all, member, invitation, session), p.opts.Schema...)
}

// tables are the plugin's tables in an installation. Those that are off are nil.
type tables struct {
	organizations *store.Rows[Organization]
	members       *store.Rows[Member]
	invitations   *store.Rows[Invitation]
	teams         *store.Rows[Team]
	teamMembers   *store.Rows[TeamMember]
	roles         *store.Rows[Role]
	// inputs are the columns of each table that the app has added and clients may set.
	inputs map[string][]schema.Column
}

func (p *Plugin) newTables(a *core.Auth) tables {
	s := a.Schema()
	t := tables{
		organizations: store.NewRows[Organization](s.Table(OrganizationTable)),
		members:       store.NewRows[Member](s.Table(MemberTable)),
		invitations:   store.NewRows[Invitation](s.Table(InvitationTable)),
		inputs:        map[string][]schema.Column{},
	}
	if p.opts.Teams.Enabled {
		t.teams = store.NewRows[Team](s.Table(TeamTable))
		t.teamMembers = store.NewRows[TeamMember](s.Table(TeamMemberTable))
	}
	if p.opts.DynamicRoles.Enabled {
		t.roles = store.NewRows[Role](s.Table(RoleTable))
	}
	for _, name := range []string{OrganizationTable, MemberTable, InvitationTable, TeamTable, RoleTable} {
		if table := s.Table(name); table != nil {
			for _, c := range table.Columns {
				if c.Input {
					t.inputs[name] = append(t.inputs[name], c)
				}
			}
		}
	}
	return t
}
