package genericoauth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/genericoauth"
	"github.com/cardea-auth/cardea/plugin/internal/recorded"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// record is testdata/exchanges.json: what better-auth's own plugin and presets do.
var record = sync.OnceValue(func() *wire.Object {
	o, err := recorded.Object("testdata/exchanges.json")
	if err != nil {
		panic(err)
	}
	return o
})

// network plays back answers; documents are found by URL.
func network(row, c *wire.Object) *recorded.Network {
	answers, _ := recorded.Value(c, "answers").([]any)
	return &recorded.Network{Answers: answers, Document: func(r *http.Request) (*wire.Object, bool) {
		a := recorded.Child(row, "documents", r.URL.String())
		return a, a != nil
	}}
}

// config makes a configuration of better-auth's. A preset comes by its name there.
func config(x *wire.Object) genericoauth.Config {
	g := genericoauth.Config{
		ProviderID: recorded.Text(x, "providerId"), Name: recorded.Text(x, "name"), DiscoveryURL: recorded.Text(x, "discoveryUrl"),
		RequireIDTokenVerification: recorded.Value(x, "requireIdTokenVerification") == true,
		AuthorizationURL:           recorded.Text(x, "authorizationUrl"), TokenURL: recorded.Text(x, "tokenUrl"),
		UserInfoURL: recorded.Text(x, "userInfoUrl"), PostLogoutRedirectURI: recorded.Text(x, "postLogoutRedirectURI"),
		DisableProviderLogout: recorded.Value(x, "disableProviderLogout") == true,
		ClientID:              "CLIENT_ID", ClientSecret: "CLIENT SECRET:ü",
		TokenAuth: oauth.AuthMethod(recorded.Text(x, "tokenEndpointAuth", "method")), Scopes: recorded.Texts(x, "scopes"),
		RedirectURI: recorded.Text(x, "redirectURI"), ResponseType: recorded.Text(x, "responseType"), ResponseMode: recorded.Text(x, "responseMode"),
		Prompt: recorded.Text(x, "prompt"), AccessType: recorded.Text(x, "accessType"), DisablePKCE: recorded.Value(x, "pkce") == false,
		DisableNonce:        recorded.Value(x, "disableIdTokenNonceBinding") == true,
		AuthorizationParams: params(recorded.Child(x, "authorizationUrlParams")),
		TokenParams:         params(recorded.Child(x, "tokenUrlParams")),
		RefreshParams:       params(recorded.Child(x, "refreshTokenParams")),
	}
	if v, ok := x.Get("clientSecret"); ok && v == nil {
		g.ClientSecret = ""
	}
	if recorded.Text(x, "authentication") == "basic" {
		g.TokenAuth = oauth.AuthBasic
	}
	if n, ok := recorded.Value(x, "accessTokenExpiresIn").(float64); ok {
		g.AccessTokenExpiresIn = time.Duration(n) * time.Second
	}
	for name, v := range recorded.Child(x, "authorizationHeaders").All() {
		if g.TokenHeader == nil {
			g.TokenHeader = http.Header{}
		}
		g.TokenHeader.Set(name, fmt.Sprint(v))
	}
	return preset(functions(g, recorded.Child(x, "returns")), x)
}

// functions gives a configuration functions that return what was recorded.
func functions(g genericoauth.Config, returns *wire.Object) genericoauth.Config {
	if recorded.Child(returns, "getUserInfo") != nil {
		g.GetUserInfo = func(context.Context, *oauth.Client, *oauth.Tokens) (*wire.Object, error) {
			return recorded.Child(returns, "getUserInfo"), nil
		}
	}
	if recorded.Child(returns, "getToken") != nil {
		g.GetToken = func(context.Context, *oauth.Client, provider.ExchangeRequest) (*oauth.Tokens, error) {
			return &oauth.Tokens{AccessToken: recorded.Text(returns, "getToken", "accessToken")}, nil
		}
	}
	if m := recorded.Child(returns, "mapProfileToUser"); m != nil {
		g.MapProfile = func(_ context.Context, _, user *wire.Object) error {
			for k, v := range m.All() {
				user.Set(k, v)
			}
			return nil
		}
	}
	return g
}

// presets are all that better-auth has.
var presets = map[string]func(g genericoauth.Config, x *wire.Object) genericoauth.Config{
	"auth0": func(g genericoauth.Config, x *wire.Object) genericoauth.Config {
		return genericoauth.Auth0(recorded.Text(x, "domain"), g)
	},
	"keycloak": func(g genericoauth.Config, x *wire.Object) genericoauth.Config {
		return genericoauth.Keycloak(recorded.Text(x, "issuer"), g)
	},
	"okta": func(g genericoauth.Config, x *wire.Object) genericoauth.Config {
		return genericoauth.Okta(recorded.Text(x, "issuer"), g)
	},
	"microsoftEntraId": func(g genericoauth.Config, x *wire.Object) genericoauth.Config {
		return genericoauth.MicrosoftEntraID(recorded.Text(x, "tenantId"), g)
	},
	"gumroad": plain(genericoauth.Gumroad),
	"hubspot": plain(genericoauth.HubSpot),
	"line":    plain(genericoauth.LINE),
	"patreon": plain(genericoauth.Patreon),
	"slack":   plain(genericoauth.Slack),
	"yandex":  plain(genericoauth.Yandex),
}

func plain(f func(genericoauth.Config) genericoauth.Config) func(genericoauth.Config, *wire.Object) genericoauth.Config {
	return func(g genericoauth.Config, _ *wire.Object) genericoauth.Config { return f(g) }
}

func preset(g genericoauth.Config, x *wire.Object) genericoauth.Config {
	if f := presets[recorded.Text(x, "preset")]; f != nil {
		return f(g, x)
	}
	return g
}

func params(o *wire.Object) []oauth.Param {
	var out []oauth.Param
	for k, v := range o.All() {
		out = append(out, oauth.Param{Name: k, Value: fmt.Sprint(v)})
	}
	return out
}

// TestExchanges holds every configuration and preset to what better-auth does with it.
func TestExchanges(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for name := range recorded.Child(record(), "cases").All() {
		row := recorded.Child(record(), "cases", name)
		x := recorded.Child(row, "config")
		seen[recorded.Text(x, "preset")] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := config(x).Provider().Load(t.Context(), recorded.Client(network(row, nil), true))
			want := recorded.Child(row, "provider")
			if want == nil {
				if !errors.Is(err, provider.ErrUnavailable) {
					t.Errorf("got %v, %v; want ErrUnavailable", p, err)
				}
				return
			}
			if err != nil || p.Invalid != nil {
				t.Fatal(err, p.Invalid)
			}
			got := fmt.Sprint(p.ID, "|", p.Name, "|", p.Issuer, "|", p.RequireNonce, "|", p.VerifyIDToken != nil)
			if w := fmt.Sprint(recorded.Text(want, "id"), "|", recorded.Text(want, "name"), "|", recorded.Text(want, "issuer"), "|",
				recorded.Value(want, "nonce"), "|", recorded.Value(want, "takesIdTokens")); got != w {
				t.Errorf("got %s, want %s", got, w)
			}
			testAuthorization(t, p, row)
			testTokens(t, p, row)
			testPeople(t, p, row)
			testLogout(t, p, row)
		})
	}
	for name := range presets {
		if !seen[name] {
			t.Errorf("preset %s has no recorded case", name)
		}
	}
}

func testAuthorization(t *testing.T, p *provider.Provider, row *wire.Object) {
	for i, c := range recorded.Cases(row, "authorization") {
		r := recorded.Child(c, "request")
		got, err := p.AuthorizationURL(t.Context(), nil, provider.AuthorizationRequest{
			State: recorded.Text(r, "state"), CodeVerifier: recorded.Text(r, "codeVerifier"), RedirectURI: recorded.Text(r, "redirectURI"),
			Scopes: recorded.Texts(r, "scopes"), LoginHint: recorded.Text(r, "loginHint"), Nonce: recorded.Text(r, "idTokenNonce"),
			Params: params(recorded.Child(r, "additionalParams")),
		})
		if want := recorded.Text(c, "url"); err != nil || got != want {
			t.Errorf("authorization %d:\n got %s (%v)\nwant %s", i, got, err, want)
		}
	}
}

func testTokens(t *testing.T, p *provider.Provider, row *wire.Object) {
	compare := func(what string, c *wire.Object, n *recorded.Network, got *oauth.Tokens, err error) {
		if want := recorded.Wanted(c, "requests"); !slices.Equal(n.Requests(), want) {
			t.Errorf("%s: requests\n got %s\nwant %s", what, strings.Join(n.Requests(), "\n"), strings.Join(want, "\n"))
		}
		want := recorded.Child(c, "tokens")
		if (want == nil) != (err != nil) {
			t.Errorf("%s: got %v, %v; want %s", what, got, err, recorded.JSON(want))
		} else if want != nil && recorded.Tokens(got, want) != "" {
			t.Errorf("%s: %s", what, recorded.Tokens(got, want))
		}
	}
	id := recorded.Text(row, "provider", "id")
	for i, c := range recorded.Cases(row, "exchange") {
		n := network(row, c)
		got, err := p.Exchange(t.Context(), recorded.Client(n, true), provider.ExchangeRequest{
			Code: "CODE", CodeVerifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
			RedirectURI: "https://auth.example.com/api/auth/callback/" + id,
		})
		compare(fmt.Sprintf("exchange %d", i), c, n, got, err)
	}
	for i, c := range recorded.Cases(row, "refresh") {
		n := network(row, c)
		got, err := p.Refresh(t.Context(), recorded.Client(n, true), provider.RefreshRequest{RefreshToken: "RT"})
		compare(fmt.Sprintf("refresh %d", i), c, n, got, err)
	}
}

func testPeople(t *testing.T, p *provider.Provider, row *wire.Object) {
	for i, c := range recorded.Cases(row, "people") {
		tokens := &oauth.Tokens{AccessToken: recorded.Text(c, "tokens", "accessToken"), IDToken: recorded.Text(c, "tokens", "idToken")}
		n := network(row, c)
		got, err := p.UserInfo(t.Context(), recorded.Client(n, true), provider.UserInfoRequest{Tokens: tokens, Nonce: recorded.Text(c, "nonce")})
		compareIdentity(t, fmt.Sprintf("person %d", i), got, err, recorded.Child(c, "identity"))
		if want := recorded.Wanted(c, "requests"); err == nil && !slices.Equal(n.Requests(), want) {
			t.Errorf("person %d: requests\n got %s\nwant %s", i, strings.Join(n.Requests(), "\n"), strings.Join(want, "\n"))
		}
		if _, there := c.Get("good"); !there {
			continue
		}
		n = network(row, c)
		err = p.VerifyIDToken(t.Context(), recorded.Client(n, true), tokens.IDToken, recorded.Text(c, "nonce"))
		if good := recorded.Value(c, "good") == true; good != (err == nil) {
			t.Errorf("person %d: ID token: got %v, want good %v", i, err, good)
		} else if good {
			got, err := p.UserInfo(t.Context(), recorded.Client(n, true), provider.UserInfoRequest{
				Tokens: &oauth.Tokens{AccessToken: "SOMEBODY ELSE'S", IDToken: tokens.IDToken}, IDTokenVerified: true,
			})
			want := recorded.Child(c, "direct")
			if want != nil {
				want.Set("subject", recorded.Text(c, "identity", "subject"))
			}
			compareIdentity(t, fmt.Sprintf("person %d, by ID token", i), got, err, want)
			if len(n.Requests()) > 0 {
				t.Errorf("person %d: an access token that came beside an ID token was used: %s", i, n.Requests())
			}
		}
	}
}

func compareIdentity(t *testing.T, what string, got *provider.Identity, err error, want *wire.Object) {
	t.Helper()
	if want == nil {
		if !errors.Is(err, provider.ErrNoUserInfo) {
			t.Errorf("%s: got %v, %v; want ErrNoUserInfo", what, got, err)
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	g := got.Subject + "\n" + recorded.JSON(got.User) + "\n" + recorded.JSON(got.Profile)
	if w := recorded.Text(want, "subject") + "\n" + recorded.JSON(recorded.Value(want, "user")) + "\n" + recorded.JSON(recorded.Value(want, "profile")); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func testLogout(t *testing.T, p *provider.Provider, row *wire.Object) {
	for i, c := range recorded.Cases(row, "logout") {
		got, err := p.EndSessionURL(t.Context(), provider.EndSessionRequest{
			IDToken: recorded.Text(c, "request", "idToken"), State: recorded.Text(c, "request", "state"),
			PostLogoutRedirectURI: recorded.Text(c, "request", "postLogoutRedirectURI"), BaseURL: "https://auth.example.com/api/auth",
		})
		if want := recorded.Text(c, "url"); err != nil || got != want {
			t.Errorf("logout %d: got %s (%v), want %s", i, got, err, want)
		}
	}
}
