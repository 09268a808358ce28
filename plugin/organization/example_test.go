package organization_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/access"
	"github.com/cardea-auth/cardea/plugin/organization"
)

// The app itself founds an organization and adds a member. Clients do the same through better-auth's organizationClient.
func Example() {
	org := organization.New(organization.Options{MembershipLimit: organization.AtMost(2)})
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(), // an app takes memorystore.New() or bunstore.New(db)
		Plugins: []core.Plugin{org},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	var ids []string
	for _, name := range []string{"Ann", "Bob", "Cat"} {
		user, err := auth.CreateUser(ctx, model.User{Name: name, Email: name + "@example.com"})
		if err != nil {
			fmt.Println(err)
			return
		}
		ids = append(ids, user.ID)
	}
	acme, err := org.Create.Call(ctx, auth, organization.CreateInput{Name: "Acme", Slug: "acme", UserID: &ids[0]})
	fmt.Println(acme.Name, acme.Members[0].Role, err)
	for _, id := range ids[1:] {
		member, err := org.AddMember.Call(ctx, auth, organization.AddMemberInput{
			UserID: id, Role: organization.RoleNames{"admin"}, OrganizationID: acme.ID,
		})
		if err != nil {
			fmt.Println(errors.Is(err, organization.ErrMembershipLimit))
			continue
		}
		fmt.Println(member.Role)
	}
	// Output:
	// Acme owner <nil>
	// admin
	// true
}

// A guard goes to any adapter's Require.
func ExampleRequirePermission() {
	statements := organization.Statements()
	statements["bill"] = []string{"see", "pay"}
	control := access.New(statements)
	pay := control.Action("bill", "pay")

	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(),
		Plugins: []core.Plugin{organization.New(organization.Options{
			AccessControl: control,
			Roles:         access.Roles{"owner": control.Role(statements)},
		})},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	guard := organization.RequirePermission(pay)

	// What authecho.Require(auth, guard) and the others do with a request:
	visit := auth.Require(context.Background(), httptest.NewRequest(http.MethodPost, "/bills", nil), guard)
	fmt.Println(visit.Refusal.Status)
	// Output: 401
}
