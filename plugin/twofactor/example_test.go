package twofactor_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	"github.com/cardea-auth/cardea/plugin/twofactor"
)

// Ann turns on codes that are sent to her. Her next sign-in ends in a challenge, which the code completes.
func Example() {
	sent := make(chan string, 1)
	pw := emailpassword.New(emailpassword.Options{})
	second := twofactor.New(twofactor.Options{
		Issuer: "Acme",
		OTP: twofactor.OTPOptions{Send: func(_ context.Context, m twofactor.Message) error {
			sent <- m.Code // an app sends it to m.User
			return nil
		}},
	})
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(), // an app takes memorystore.New() or bunstore.New(db)
		Plugins: []core.Plugin{pw, second},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	signUp, err := pw.SignUp.Do(ctx, auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: "correct horse"})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = second.Enable.Call(ctx, auth, twofactor.EnableInput{
		PasswordInput: twofactor.PasswordInput{Password: new("correct horse")}, Method: "otp",
	}, core.WithHeader(sendBack(signUp.Cookies)))
	fmt.Println("enabled:", err)

	signIn, err := pw.SignIn.Do(ctx, auth, emailpassword.SignInInput{Email: "ann@example.com", Password: "correct horse"})
	var challenge *core.Challenge
	if errors.As(err, &challenge) {
		fmt.Println("challenge:", challenge.Body.(twofactor.Challenge).TwoFactorMethods)
	}
	header := sendBack(signIn.Cookies)
	if _, err := second.SendOTP.Call(ctx, auth, twofactor.SendOTPInput{}, core.WithHeader(header)); err != nil {
		fmt.Println(err)
		return
	}
	out, err := second.VerifyOTP.Call(ctx, auth, twofactor.VerifyInput{Code: <-sent}, core.WithHeader(header))
	fmt.Println("signed in:", out.User.Name, err)
	// Output:
	// enabled: <nil>
	// challenge: [otp]
	// signed in: Ann <nil>
}

// sendBack returns the headers of a browser that has got cookies.
func sendBack(cookies []cookie.Cookie) http.Header {
	var pairs []string
	for _, c := range cookies {
		pairs = append(pairs, c.Name+"="+cookie.EncodeURIComponent(c.Value))
	}
	return http.Header{"Cookie": {strings.Join(pairs, "; ")}}
}
