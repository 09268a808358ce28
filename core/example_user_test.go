package core_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// The address changes when the link in the mail to the new one is followed; then the user goes.
func ExampleUserConfig() {
	sent := make(chan core.Mail, 1)
	pw := emailpassword.New(emailpassword.Options{})
	auth, err := core.New(core.Config{
		BaseURL: "https://example.com",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(),
		Plugins: []core.Plugin{pw},
		EmailVerification: core.EmailVerificationConfig{
			Send: func(_ context.Context, m core.Mail) error {
				sent <- m
				return nil
			},
		},
		User: core.UserConfig{
			ChangeEmail: core.ChangeEmailConfig{Enabled: true},
			DeleteUser:  core.DeleteUserConfig{Enabled: true},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	up, err := pw.SignUp.Do(ctx, auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: "correct horse"})
	if err != nil {
		fmt.Println(err)
		return
	}
	line, err := up.Cookies[0].SetCookie()
	if err != nil {
		fmt.Println(err)
		return
	}
	session, _, _ := strings.Cut(line, ";")
	browser := core.WithHeader(http.Header{"Cookie": {session}}) // an app has core.WithRequest(r)

	_, err = core.ChangeEmail.Call(ctx, auth, core.ChangeEmailInput{NewEmail: "new@example.com"}, browser)
	fmt.Println(err)
	mail := <-sent
	fmt.Println(mail.User.Email)
	out, err := core.VerifyEmail.Call(ctx, auth, core.VerifyEmailInput{Token: mail.Token}, browser)
	user, _ := out.User.Get()
	fmt.Println(user.Email, err)

	password := "correct horse"
	gone, err := core.DeleteUser.Call(ctx, auth, core.DeleteUserInput{Password: &password}, browser)
	fmt.Println(gone.Message, err)
	// Output:
	// <nil>
	// new@example.com
	// new@example.com <nil>
	// User deleted <nil>
}
