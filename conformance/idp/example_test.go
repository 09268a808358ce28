package idp_test

import (
	"fmt"
	"net/url"

	"github.com/cardea-auth/cardea/conformance/idp"
)

// An application sends somebody to Google, who approves, and redeems the code that comes back. The first time Google does
// not want it.
func Example() {
	p := idp.New(idp.Options{
		Clients: []idp.Client{{ID: "app", Secret: "secret"}},
		Users:   []idp.User{{Subject: "1", Name: "Ann", Email: "ann@example.com", EmailVerified: true}},
	})
	p.AddFault(idp.Fault{Endpoint: idp.Token, Times: 1, Error: "invalid_grant"})

	app := p.HTTPClient() // all that the application asks the outside world
	for range 2 {
		back, err := p.Visit("https://accounts.google.com/o/oauth2/v2/auth?response_type=code&scope=openid&client_id=app&redirect_uri=https://app.example/callback", "1")
		if err != nil {
			fmt.Println(err)
			return
		}
		u, _ := url.Parse(back.URL)
		res, err := app.PostForm("https://oauth2.googleapis.com/token", url.Values{
			"grant_type": {"authorization_code"}, "code": {u.Query().Get("code")}, "redirect_uri": {"https://app.example/callback"},
			"client_id": {"app"}, "client_secret": {"secret"},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(u.Path, res.StatusCode)
		_ = res.Body.Close()
	}
	fmt.Println(len(p.Requests(idp.Token)), "token requests")

	// Output:
	// /callback 400
	// /callback 200
	// 2 token requests
}
