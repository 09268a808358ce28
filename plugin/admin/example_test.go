package admin_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/access"
	"github.com/cardea-auth/cardea/plugin/admin"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// newExample is an installation with an admin, whom the app has made, and a user who has signed up.
func newExample(o admin.Options) (auth *core.Auth, adm *admin.Plugin, pw *emailpassword.Plugin, cookies http.Header, err error) {
	adm, pw = admin.New(o), emailpassword.New(emailpassword.Options{})
	auth, err = core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(), // an app takes memorystore.New() or bunstore.New(db)
		Plugins: []core.Plugin{pw, adm},
	})
	if err != nil {
		return
	}
	ctx, password := context.Background(), "correct horse"
	_, err = adm.CreateUser.Call(ctx, auth, admin.CreateUserInput{ // without headers the app itself calls
		Name: "Ann", Email: "ann@example.com", Password: &password, Role: admin.RoleNames{"admin"},
	})
	if err != nil {
		return
	}
	if _, err = pw.SignUp.Call(ctx, auth, emailpassword.SignUpInput{Name: "Bob", Email: "bob@example.com", Password: password}); err != nil {
		return
	}
	res, err := pw.SignIn.Do(ctx, auth, emailpassword.SignInInput{Email: "ann@example.com", Password: password})
	if err == nil {
		cookies = http.Header{"Cookie": {res.Cookies[0].Name + "=" + res.Cookies[0].Value}} // those of Ann's browser
	}
	return
}

func Example() {
	auth, adm, pw, ann, err := newExample(admin.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	name := "bob"
	list, err := adm.ListUsers.Call(ctx, auth, admin.ListUsersInput{Search: &name}, core.WithHeader(ann))
	if err != nil {
		fmt.Println(err)
		return
	}
	bob, reason := list.Users[0], "spam"
	_, err = adm.BanUser.Call(ctx, auth, admin.BanUserInput{UserID: bob.ID, Reason: &reason}, core.WithHeader(ann))
	fmt.Println(bob.Name, err)
	_, err = pw.SignIn.Call(ctx, auth, emailpassword.SignInInput{Email: "bob@example.com", Password: "correct horse"})
	fmt.Println(errors.Is(err, admin.ErrBanned))
	// Output:
	// Bob <nil>
	// true
}

// An app with things of its own that not everybody may do.
func ExamplePlugin_Require() {
	control := access.New(admin.Statements().With(access.Statements{"bill": {"read", "pay"}}))
	pay := control.Action("bill", "pay")
	roles := admin.DefaultRoles()
	roles["accountant"] = control.Role(access.Statements{"bill": {"read", "pay"}})

	auth, adm, _, ann, err := newExample(admin.Options{Roles: roles})
	if err != nil {
		fmt.Println(err)
		return
	}
	// An adapter takes it: authecho.Require(auth, adm.Require(pay)), authhttp.Require(auth, adm.Require(pay)) …
	ask := func() {
		r, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://localhost:8080/bills", nil)
		r.Header = ann
		visit := auth.Require(context.Background(), r, adm.Require(pay))
		fmt.Println(visit.Refusal == nil)
	}
	ask()
	user, err := auth.FindUserByEmail(context.Background(), "ann@example.com")
	if err == nil {
		_, err = auth.UpdateUser(context.Background(), user.ID, map[string]any{"role": "admin,accountant"})
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	ask()
	// Output:
	// false
	// true
}
