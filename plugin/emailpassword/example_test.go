package emailpassword_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

func Example() {
	pw := emailpassword.New(emailpassword.Options{MinPasswordLength: 10})
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(), // an app takes memorystore.New() or bunstore.New(db)
		Plugins: []core.Plugin{pw},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	_, err = pw.SignUp.Call(ctx, auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: "correct horse"})
	fmt.Println(err)
	res, err := pw.SignIn.Do(ctx, auth, emailpassword.SignInInput{Email: "Ann@Example.com", Password: "correct horse"})
	fmt.Println(res.Value.User.Name, len(res.Cookies), err)
	_, err = pw.SignIn.Call(ctx, auth, emailpassword.SignInInput{Email: "ann@example.com", Password: "wrong"})
	fmt.Println(errors.Is(err, emailpassword.ErrInvalidEmailOrPassword))
	// Output:
	// <nil>
	// Ann 1 <nil>
	// true
}
