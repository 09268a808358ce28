// Package organization groups users into organizations: members with roles, invitations, teams, and the organization in
// which a session is at work.
//
//	org := organization.New(organization.Options{SendInvitation: mail})
//	auth, err := core.New(core.Config{…, Plugins: []core.Plugin{pw, org}})
//
//	e.GET("/bills", bills, authecho.Require(auth, organization.RequireMember("owner", "admin")))
//
// It is for apps whose users share things. For rights that a user has everywhere, such as those of your own staff, see
// package admin.
package organization

import (
	"context"

	"github.com/cardea-auth/cardea/core"
)

// Plugin serves the endpoints. Its fields are also the server-side API. Those of teams and of roles that organizations make
// for themselves answer only where the options turn them on.
type Plugin struct {
	Organizations
	Members
	Invitations
	Teams
	Roles

	opts      Options
	endpoints []core.AnyEndpoint
	tables    tables
}

// New makes the plugin.
func New(o Options) *Plugin {
	p := &Plugin{opts: o.withDefaults()}
	p.endpoints = append(p.endpoints, p.defineOrganizations()...)
	p.endpoints = append(p.endpoints, p.defineInvitations()...)
	p.endpoints = append(p.endpoints, p.defineMembers()...)
	teams := p.defineTeams()
	permission, roles := p.defineRoles()
	p.endpoints = append(p.endpoints, permission...)
	if p.opts.Teams.Enabled {
		p.endpoints = append(p.endpoints, teams...)
	}
	if p.opts.DynamicRoles.Enabled {
		p.endpoints = append(p.endpoints, roles...)
	}
	return p
}

// Manifest describes the plugin.
func (p *Plugin) Manifest() core.Manifest {
	return core.Manifest{
		ID:        "organization",
		Endpoints: p.endpoints,
		Schema:    p.schema(),
		Rename:    p.opts.Rename,
		Errors:    allErrors,
		Init: func(_ context.Context, a *core.Auth) error {
			p.tables = p.newTables(a)
			return nil
		},
	}
}

var _ core.Plugin = (*Plugin)(nil)

// post describes an endpoint that changes something. Its handler asks for the session itself where the contract answers in a
// way of its own if there is none.
func post(id, path string, access core.Access, summary string) core.Spec {
	return core.Spec{
		ID: id, Method: "POST", Path: "/organization/" + path, Access: access, Summary: summary,
		NeedsHeaders: access == core.StoredSession,
	}
}

// get describes an endpoint that tells something. It asks the store for the session: what somebody may see is not decided by
// a copy in a cookie.
func get(id, path, summary string) core.Spec {
	return core.Spec{
		ID: id, Method: "GET", Path: "/organization/" + path, Access: core.StoredSession, Summary: summary, NeedsHeaders: true,
	}
}
