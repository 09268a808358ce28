package core_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

func ExampleNew() {
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(), // an app takes memorystore.New() or bunstore.New(db)
		Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{})},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	auth.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/auth/ok", nil))
	fmt.Println(w.Code, w.Body)
	// Output: 200 {"ok":true}
}

func ExampleNew_problems() {
	_, err := core.New(core.Config{BaseURL: "http://localhost:8080", Secret: "short"})
	fmt.Println(err)
	// Output:
	// cardea: the configuration is not usable:
	//   - Config.Store is not set: give it a store, such as memorystore.New() to try things out or bunstore.New(db)
	//   - Config.Secret has 5 characters: make one of at least 32 with `openssl rand -base64 32`
}

// greeter is a plugin with one endpoint.
type greeter struct {
	Hello *core.Endpoint[helloInput, string]
}

type helloInput struct {
	Name string `query:"name" check:"min=1"`
}

func newGreeter() *greeter {
	return &greeter{Hello: core.Define(
		core.Spec{ID: "hello", Method: "GET", Path: "/hello", Access: core.Public},
		func(_ context.Context, _ *core.Exchange, in helloInput) (string, error) {
			return "Hello, " + in.Name, nil
		},
	)}
}

func (g *greeter) Manifest() core.Manifest {
	return core.Manifest{ID: "greeter", Endpoints: []core.AnyEndpoint{g.Hello}}
}

func exampleAuth(plugins []core.Plugin, hooks ...core.Hook) *core.Auth {
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080", Secret: "example-secret-0123456789-0123456789", Store: memdb.New(),
		Plugins: plugins, Hooks: hooks, Password: core.PasswordConfig{Hasher: authtest.Hasher{}},
	})
	if err != nil {
		panic(err)
	}
	return auth
}

func ExampleDefine() {
	g := newGreeter()
	auth := exampleAuth([]core.Plugin{g})

	text, err := g.Hello.Call(context.Background(), auth, helloInput{Name: "Ann"}) // in process
	fmt.Println(text, err)

	w := httptest.NewRecorder() // over HTTP
	auth.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/auth/hello", nil))
	fmt.Println(w.Code, w.Body)
	// Output:
	// Hello, Ann <nil>
	// 400 {"message":"[query.name] Invalid input: expected string, received undefined","code":"VALIDATION_ERROR"}
}

func ExampleBefore() {
	pw := emailpassword.New(emailpassword.Options{})
	errCompany := core.NewError(403, "COMPANY_ONLY", "Please use your company address")
	auth := exampleAuth([]core.Plugin{pw}, core.Before(pw.SignUp,
		func(_ context.Context, _ *core.Exchange, in *emailpassword.SignUpInput) error {
			if !strings.HasSuffix(in.Email, "@example.com") {
				return errCompany
			}
			return nil
		}))
	_, err := pw.SignUp.Call(context.Background(), auth, emailpassword.SignUpInput{Name: "Eve", Email: "eve@evil.example", Password: "correct horse"})
	fmt.Println(errors.Is(err, errCompany))
	// Output: true
}

func ExampleAuth_Call() {
	auth := exampleAuth([]core.Plugin{emailpassword.New(emailpassword.Options{})})
	res, err := auth.Call(context.Background(), "signUpEmail", core.CallInput{
		Body: map[string]any{"name": "Ann", "email": "ann@example.com", "password": "correct horse"},
	})
	fmt.Println(err, len(res.Cookies), res.Cookies[0].Name)
	// Output: <nil> 1 better-auth.session_token
}

func ExampleRedirectTo() {
	auth := exampleAuth(nil)
	// What an adapter's Require(auth, core.RedirectTo("/login")) does for a visitor without a session.
	v := auth.Require(context.Background(), httptest.NewRequest(http.MethodGet, "/account", nil), core.RedirectTo("/login"))
	fmt.Println(v.Refusal.Status, v.Refusal.Header.Get("Location"))
	// Output: 302 /login
}
