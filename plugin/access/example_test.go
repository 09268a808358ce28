package access_test

import (
	"fmt"

	"github.com/cardea-auth/cardea/plugin/access"
)

func Example() {
	control := access.New(access.Statements{
		"project": {"create", "share", "delete"},
		"bill":    {"pay"},
	})
	share, remove := control.Action("project", "share"), control.Action("project", "delete")
	roles := access.Roles{
		"editor": control.Role(access.Statements{"project": {"create", "share"}}),
		"owner":  control.Role(control.Statements()),
	}
	fmt.Println(roles.Can([]string{"editor"}, share), roles.Can([]string{"editor"}, share, remove), roles.Can([]string{"owner"}, share, remove))
	// Output: true false true
}

// A request that comes from a client names its actions itself, and may ask for one of several.
func ExampleRole_Authorize() {
	editor := access.NewRole(access.Statements{"project": {"create", "share"}})
	fmt.Println(editor.Authorize(access.All(access.Statements{"project": {"create", "delete"}})).Reason())
	fmt.Println(editor.Authorize(access.Request{Demands: []access.Demand{
		{Resource: "project", Actions: []string{"create", "delete"}, Connector: access.Or},
	}}).Allowed)
	// Output:
	// unauthorized to access resource "project"
	// true
}
