package organization_test

import (
	"testing"

	"github.com/cardea-auth/cardea/conformance/plugintest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/access"
	"github.com/cardea-auth/cardea/plugin/organization"
)

func TestPlugin(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]organization.Options{
		"default": {},
		"all": {
			Teams:         organization.TeamOptions{Enabled: true},
			DynamicRoles:  organization.DynamicRoleOptions{Enabled: true},
			AccessControl: control,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plugintest.Run(t, plugintest.Options{New: func() core.Plugin { return organization.New(o) }})
		})
	}
}

// control is an access control with an action of the app's own.
var control = func() *access.Control {
	s := organization.Statements()
	s["bill"] = []string{"pay", "see"}
	return access.New(s)
}()
