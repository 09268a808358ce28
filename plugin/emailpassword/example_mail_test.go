package emailpassword_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// A forgotten password is replaced with the token from a mail.
func ExampleOptions_sendResetPassword() {
	sent := make(chan core.Mail, 1)
	pw := emailpassword.New(emailpassword.Options{
		SendResetPassword: func(_ context.Context, m core.Mail) error {
			sent <- m // an app sends m.URL to m.User.Email
			return nil
		},
	})
	auth, err := core.New(core.Config{
		BaseURL: "https://example.com",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(),
		Plugins: []core.Plugin{pw},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	_, err = pw.SignUp.Call(ctx, auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: "forgotten"})
	fmt.Println(err)
	page := "/new-password"
	_, err = pw.RequestPasswordReset.Call(ctx, auth, emailpassword.RequestPasswordResetInput{Email: "ann@example.com", RedirectTo: &page})
	fmt.Println(err)
	mail := <-sent
	fmt.Println(strings.Replace(mail.URL, mail.Token, "TOKEN", 1))
	_, err = pw.ResetPassword.Call(ctx, auth, emailpassword.ResetPasswordInput{New: "remembered", Token: &mail.Token})
	fmt.Println(err)
	_, err = pw.SignIn.Call(ctx, auth, emailpassword.SignInInput{Email: "ann@example.com", Password: "remembered"})
	fmt.Println(err)
	// Output:
	// <nil>
	// <nil>
	// https://example.com/api/auth/reset-password/TOKEN?callbackURL=%2Fnew-password
	// <nil>
	// <nil>
}

// Only those sign in who have followed the link.
func ExampleOptions_requireEmailVerification() {
	sent := make(chan core.Mail, 1)
	pw := emailpassword.New(emailpassword.Options{RequireEmailVerification: true})
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
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	up, err := pw.SignUp.Call(ctx, auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: "correct horse"})
	fmt.Println(up.Token, err)
	in := emailpassword.SignInInput{Email: "ann@example.com", Password: "correct horse"}
	_, err = pw.SignIn.Call(ctx, auth, in)
	fmt.Println(err)
	_, err = core.VerifyEmail.Call(ctx, auth, core.VerifyEmailInput{Token: (<-sent).Token})
	fmt.Println(err)
	_, err = pw.SignIn.Call(ctx, auth, in)
	fmt.Println(err)
	// Output:
	// <nil> <nil>
	// EMAIL_NOT_VERIFIED: Email not verified
	// <nil>
	// <nil>
}
