package genericoauth_test

import (
	"fmt"

	"github.com/cardea-auth/cardea/plugin/genericoauth"
)

// A realm of Keycloak, and a server that speaks OAuth 2.0 without discovery.
func Example() {
	keycloak := genericoauth.Keycloak("https://id.example.com/realms/acme", genericoauth.Config{ClientID: "app", ClientSecret: "secret"})
	forum := genericoauth.Config{
		ProviderID:       "forum",
		AuthorizationURL: "https://forum.example.com/oauth/authorize",
		TokenURL:         "https://forum.example.com/oauth/token",
		UserInfoURL:      "https://forum.example.com/api/me",
		ClientID:         "app",
		ClientSecret:     "secret",
		Scopes:           []string{"profile", "email"},
	}
	for _, p := range []genericoauth.Config{keycloak, forum} {
		fmt.Println(p.Provider().ID, p.DiscoveryURL, p.Scopes, p.Provider().Invalid)
	}
	// Output:
	// keycloak https://id.example.com/realms/acme/.well-known/openid-configuration [openid profile email] <nil>
	// forum  [profile email] <nil>
}
