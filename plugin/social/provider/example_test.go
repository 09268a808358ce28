package provider_test

import (
	"context"
	"fmt"
	"log"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// Google for one Workspace domain, whose refresh tokens are kept, and whose locale becomes a field of the user.
func ExampleGoogle() {
	p := provider.Google(provider.Options{
		ClientID:     "1234.apps.googleusercontent.com",
		ClientSecret: "secret",
		Scopes:       []string{"https://www.googleapis.com/auth/calendar"},
		MapProfile: func(_ context.Context, profile, user *wire.Object) error {
			user.Set("locale", provider.Text(profile, "locale"))
			return nil
		},
	}, provider.GoogleOptions{HostedDomain: "example.com", AccessType: "offline"})

	u, err := p.AuthorizationURL(context.Background(), oauth.NewClient(oauth.ClientOptions{}), provider.AuthorizationRequest{
		State: "4f1c", CodeVerifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", RedirectURI: "https://app.example.com/api/auth/callback/google",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(u)
	// Output:
	// https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=1234.apps.googleusercontent.com&state=4f1c&scope=email+profile+openid+https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcalendar&redirect_uri=https%3A%2F%2Fapp.example.com%2Fapi%2Fauth%2Fcallback%2Fgoogle&hd=example.com&access_type=offline&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&include_granted_scopes=true
}
