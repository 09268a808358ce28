package provider_test

import (
	"testing"

	"github.com/cardea-auth/cardea/plugin/social/provider"
)

func BenchmarkAuthorizationURL(b *testing.B) {
	for name, p := range map[string]*provider.Provider{
		"github": provider.GitHub(provider.Options{ClientID: "id", ClientSecret: "secret"}),
		"google": provider.Google(provider.Options{ClientID: "id", ClientSecret: "secret"}),
	} {
		b.Run(name, func(b *testing.B) {
			r := provider.AuthorizationRequest{
				State: "EzzhATHIN6RyPm4chvzodTLzK9pishZO", CodeVerifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
				RedirectURI: "https://app.example.com/api/auth/callback/" + name,
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.AuthorizationURL(b.Context(), nil, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
