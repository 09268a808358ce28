package oauth_test

import (
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/cardea-auth/cardea/core/oauth"
)

func BenchmarkAuthorizationURL(b *testing.B) {
	a := oauth.Authorization{
		Endpoint: "https://accounts.google.com/o/oauth2/v2/auth", ClientID: "1234567890-abcdefghijklmnop.apps.googleusercontent.com",
		State: "EzzhATHIN6RyPm4chvzodTLzK9pishZO", Scopes: []string{"email", "profile", "openid"},
		RedirectURI:  "https://app.example.com/api/auth/callback/google",
		CodeVerifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXkdBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
		Params:       []oauth.Param{{Name: "include_granted_scopes", Value: "true"}},
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.URL(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyIDToken(b *testing.B) {
	p := newIDP(public(key1().Public(), "k1", jose.RS256))
	token := p.sign(b, key1(), jose.RS256, map[string]any{"kid": "k1"}, nil)
	c := p.client(false)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.VerifyIDToken(b.Context(), token, policy(), ""); err != nil {
			b.Fatal(err)
		}
	}
}
