package core_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/internal/memstorage"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// signedUpHeader makes a user and returns the headers with which their browser comes back.
func signedUpHeader(auth *core.Auth, pw *emailpassword.Plugin) http.Header {
	res, err := pw.SignUp.Do(context.Background(), auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: "correct horse"})
	if err != nil {
		panic(err)
	}
	h := http.Header{}
	for _, c := range res.Cookies {
		line, err := c.SetCookie()
		if err != nil {
			panic(err)
		}
		parsed, err := http.ParseSetCookie(line)
		if err != nil {
			panic(err)
		}
		h.Add("Cookie", parsed.Name+"="+parsed.Value)
	}
	return h
}

// Sessions in Redis, and an encrypted copy in the browser: most requests ask nobody.
func Example_sessions() {
	pw := emailpassword.New(emailpassword.Options{})
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080", Secret: "example-secret-0123456789-0123456789", Store: memdb.New(),
		SecondaryStorage: memstorage.New(memstorage.Options{}), // an app takes redisstorage.New(client, redisstorage.Options{})
		Session: core.SessionConfig{
			ExpiresIn:   30 * 24 * time.Hour,
			CookieCache: core.CookieCacheConfig{Enabled: true, Strategy: cache.JWE, MaxAge: time.Minute},
		},
		Plugins: []core.Plugin{pw}, Password: core.PasswordConfig{Hasher: authtest.Hasher{}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	browser := core.WithHeader(signedUpHeader(auth, pw))
	s, err := core.GetSession.Call(context.Background(), auth, core.GetSessionInput{}, browser)
	fmt.Println(s.User.Name, err)

	// Sign the user out everywhere. The copy still counts for a minute, but nothing that matters goes by it.
	if err := auth.DeleteSessions(context.Background(), s.User.ID); err != nil {
		fmt.Println(err)
	}
	s, err = core.GetSession.Call(context.Background(), auth, core.GetSessionInput{}, browser)
	fmt.Println(s.User.Name, err)
	_, err = core.ListSessions.Call(context.Background(), auth, core.None{}, browser)
	fmt.Println(err)
	// Output:
	// Ann <nil>
	// Ann <nil>
	// UNAUTHORIZED: Unauthorized
}

// An app that gives every new user a row of its own, in the same transaction, and greets them once that is certain.
func ExampleDatabaseHooks() {
	pw := emailpassword.New(emailpassword.Options{})
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080", Secret: "example-secret-0123456789-0123456789", Store: memdb.New(),
		Plugins: []core.Plugin{pw}, Password: core.PasswordConfig{Hasher: authtest.Hasher{}},
		DatabaseHooks: core.DatabaseHooks{User: core.RowHooks[model.User]{
			OnCreate: func(ctx context.Context, _ *core.Exchange, u *model.User) error {
				fmt.Println("a workspace for", u.Name, "in a transaction:", store.InTransaction(ctx))
				return nil // an error would undo the sign-up
			},
			AfterCreate: func(ctx context.Context, x *core.Exchange, u *model.User) error {
				x.Auth().Background(ctx, "greeting", func(context.Context) error { return nil }) // send a mail
				fmt.Println("welcome,", u.Name)
				return nil
			},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = pw.SignUp.Call(context.Background(), auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: "correct horse"})
	fmt.Println(err, auth.Close(context.Background()))
	// Output:
	// a workspace for Ann in a transaction: true
	// welcome, Ann
	// <nil> <nil>
}

func ExampleOnEvent() {
	pw := emailpassword.New(emailpassword.Options{})
	auth := exampleAuth([]core.Plugin{pw}, core.OnEvent(func(_ context.Context, _ *core.Exchange, e core.SignInFailed) {
		fmt.Println(e.EventName(), e.Method, e.Reason.Code)
	}))
	_, err := pw.SignIn.Call(context.Background(), auth, emailpassword.SignInInput{Email: "nobody@example.com", Password: "guess-123"})
	fmt.Println(err)
	// Output:
	// sign-in-failed email INVALID_EMAIL_OR_PASSWORD
	// INVALID_EMAIL_OR_PASSWORD: Invalid email or password
}
