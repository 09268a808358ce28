package oauth_test

import (
	"fmt"
	"log"

	"github.com/cardea-auth/cardea/core/oauth"
)

// An authorization URL with PKCE, for a server of one's own.
func ExampleAuthorization() {
	u, err := oauth.Authorization{
		Endpoint:     "https://id.example.com/authorize",
		ClientID:     "my-app",
		State:        "4f1c",
		Scopes:       []string{"openid", "email"},
		RedirectURI:  "https://app.example.com/callback",
		CodeVerifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
	}.URL()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(u)
	// Output:
	// https://id.example.com/authorize?response_type=code&client_id=my-app&state=4f1c&scope=openid+email&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
}
