package model_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// Columns of the app's own, declared and read by one struct.
func ExampleAs() {
	type AppUser struct {
		ID    string  `db:"id"`
		Email string  `db:"email,existing"` // core's: read, not declared
		Plan  string  `db:"plan,default=free,enum=free|paid,returned"`
		Phone *string `db:"phone,unique,returned,input"`
	}
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(), // an app takes memorystore.New() or bunstore.New(db)
		Schema:  []schema.Extension{schema.Of[AppUser]("user")},
		Rename:  []schema.Rename{{Table: "user", SQLName: "users"}},
		IDs:     core.IDConfig{Kind: schema.SerialIDs},
		Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{})},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest("POST", "/api/auth/sign-up/email",
		strings.NewReader(`{"name":"Ann","email":"ann@example.com","password":"correct horse","phone":"+49"}`))
	r.Header.Set("Content-Type", "application/json")
	auth.ServeHTTP(httptest.NewRecorder(), r)

	found, err := auth.FindUserByEmail(context.Background(), "ann@example.com")
	if err != nil {
		fmt.Println(err)
		return
	}
	user, err := model.As[AppUser](found)
	fmt.Println(user.ID, user.Email, user.Plan, *user.Phone, err)

	changed := user
	changed.Plan = "paid"
	fmt.Println(model.Patch(user, changed))
	// Output:
	// 1 ann@example.com free +49 <nil>
	// map[plan:paid]
}
