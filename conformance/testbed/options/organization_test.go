package options

import (
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/plugin/organization"
)

// organizationOf decodes the plugin from its options.
func organizationOf(t *testing.T, text string) *organization.Plugin {
	t.Helper()
	c, err := decode(t, `{"plugins":[{"id":"organization","options":`+text+`}]}`, standard())
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	org, ok := c.Plugins[len(c.Plugins)-1].(*organization.Plugin)
	if !ok {
		t.Fatalf("got %T", c.Plugins)
	}
	return org
}

// TestOrganizationEndpoints: what is off has no endpoints and no tables.
func TestOrganizationEndpoints(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`{}`: 23, `{"teams":{"enabled":true}}`: 32, `{"dynamicAccessControl":{"enabled":true}}`: 28,
		`{"teams":{"enabled":false},"dynamicAccessControl":{"enabled":false}}`: 23,
	} {
		if got := len(organizationOf(t, text).Manifest().Endpoints); got != want {
			t.Errorf("%s: got %d endpoints, want %d", text, got, want)
		}
	}
}

// TestOrganizationNames: names of tables that are off are of no consequence.
func TestOrganizationNames(t *testing.T) {
	t.Parallel()
	const names = `"schema":{"organization":{"modelName":"companies","fields":{"name":"title"},"additionalFields":{"plan":{"type":"string"}}},
		"team":{"modelName":"groups"},"session":{"fields":{"activeTeamId":"team"}}}`
	m := organizationOf(t, `{`+names+`}`).Manifest()
	if len(m.Rename) != 2 || m.Rename[0].Table != "session" || len(m.Rename[0].Columns) != 0 || m.Rename[1].SQLName != "companies" {
		t.Errorf("got %+v", m.Rename)
	}
	if last := m.Schema[len(m.Schema)-1]; last.Table != "organization" || last.Columns[0].Name != "plan" {
		t.Errorf("got %+v", last)
	}
	m = organizationOf(t, `{"teams":{"enabled":true},`+names+`}`).Manifest()
	if !slices.ContainsFunc(m.Rename, func(r schema.Rename) bool { return r.Table == "team" && r.SQLName == "groups" }) {
		t.Errorf("with teams: got %+v", m.Rename)
	}
}

// TestOrganizationUnsupported: what is no option is named.
func TestOrganizationUnsupported(t *testing.T) {
	t.Parallel()
	for text, path := range map[string]string{
		`{"nope":1}`: "plugins[0].options.nope",
		`{"organizationHooks":{"beforeNothing":true}}`:  "plugins[0].options.organizationHooks.beforeNothing",
		`{"sendInvitationEmail":{"$record":true}}`:      "plugins[0].options.sendInvitationEmail",
		`{"schema":{"member":{"nope":1}}}`:              "plugins[0].options.schema.member.nope",
		`{"teams":{"defaultTeam":{"nope":{"a":true}}}}`: "plugins[0].options.teams.defaultTeam.nope.a",
	} {
		_, err := decode(t, `{"plugins":[{"id":"organization","options":`+text+`}]}`, standard())
		wantUnsupported(t, err, path)
	}
}
