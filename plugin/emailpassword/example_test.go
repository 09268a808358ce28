package emailpassword_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/password"
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

// A user whose bcrypt hash was imported signs in, and has better-auth's hash from then on.
func Example_import() {
	pw := emailpassword.New(emailpassword.Options{})
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(), // an app takes memorystore.New() or bunstore.New(db)
		Plugins: []core.Plugin{pw},
		Password: core.PasswordConfig{
			Hasher: password.Import(new(password.Scrypt), password.Bcrypt{Truncates: true}),
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	user, err := auth.CreateUser(ctx, model.User{Name: "Ann", Email: "ann@example.com", EmailVerified: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = auth.SetPassword(ctx, user.ID, "$2y$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe")
	fmt.Println(err)

	_, err = pw.SignIn.Call(ctx, auth, emailpassword.SignInInput{Email: "ann@example.com", Password: "password"})
	fmt.Println(err)

	_ = auth.Close(ctx) // the upgrade does not keep the user waiting; Close does wait for it
	account, err := auth.FindCredential(ctx, user.ID)
	fmt.Println(len(*account.Password), new(password.Scrypt).Outdated(*account.Password), err)
	// Output:
	// <nil>
	// <nil>
	// 161 false <nil>
}
