package social_test

import (
	"context"
	"fmt"
	"net/url"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/social"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

func Example() {
	p := social.New(provider.GitHub(provider.Options{ClientID: "client-id", ClientSecret: "client-secret"}))
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(), // an app takes memorystore.New() or bunstore.New(db)
		Plugins: []core.Plugin{p},
		Account: core.AccountConfig{EncryptOAuthTokens: true},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	callback := "/dashboard"
	res, err := p.SignIn.Do(context.Background(), auth, social.SignInInput{Provider: "github", CallbackURL: &callback})
	if err != nil {
		fmt.Println(err)
		return
	}
	u, err := url.Parse(*res.Value.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u.Host, u.Query().Get("redirect_uri"), res.Cookies[0].Name)
	// Output: github.com http://localhost:8080/api/auth/callback/github better-auth.state
}
