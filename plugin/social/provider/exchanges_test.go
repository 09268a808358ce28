package provider_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/recorded"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// record is testdata/exchanges.json: what better-auth's own providers do.
var record = sync.OnceValue(func() *wire.Object {
	o, err := recorded.Object("testdata/exchanges.json")
	if err != nil {
		panic(err)
	}
	return o
})

// network plays back the answers of a recorded case, and gives the record's keys to who asks for keys.
func network(c *wire.Object) *recorded.Network {
	answers, _ := recorded.Value(c, "answers").([]any)
	return &recorded.Network{Answers: answers, Document: func(r *http.Request) (*wire.Object, bool) {
		return recorded.Answer(200, recorded.Value(record(), "jwks")), regexp.MustCompile("keys|jwks|certs").MatchString(r.URL.Path)
	}}
}

// TestEveryProvider holds each provider to what better-auth's does: the URL it sends people to, the requests it makes, the
// tokens and the user it makes of the answers.
func TestEveryProvider(t *testing.T) {
	t.Parallel()
	for id := range recorded.Child(record(), "providers").All() {
		row := recorded.Child(record(), "providers", id)
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			if rows[id] == nil {
				t.Fatal("no constructor in rows")
			}
			p := build(id, usual(row))
			if p.ID != id || p.Name != recorded.Text(row, "name") || p.Invalid != nil {
				t.Errorf("got id %q, name %q, invalid %v", p.ID, p.Name, p.Invalid)
			}
			if takes := recorded.Value(row, "takesIdTokens") == true; takes != (p.VerifyIDToken != nil) {
				t.Errorf("takes ID tokens: got %v, want %v", p.VerifyIDToken != nil, takes)
			}
			testAuthorization(t, id, row)
			testTokens(t, id, row)
			testPeople(t, id, row, true)
			testPeople(t, id, row, false)
			testIDTokens(t, id, row)
		})
	}
}

// usual returns the options that a provider cannot do without.
func usual(row *wire.Object) *wire.Object {
	return recorded.Child(recorded.Cases(row, "authorization")[0], "options")
}

func testAuthorization(t *testing.T, id string, row *wire.Object) {
	for i, c := range recorded.Cases(row, "authorization") {
		want := recorded.Text(c, "url")
		got, err := build(id, recorded.Child(c, "options")).AuthorizationURL(t.Context(), recorded.Client(network(c), true), authorizationRequest(c))
		if err != nil {
			got = ""
		}
		if got != want {
			t.Errorf("authorization %d, options %s:\n got %s (%v)\nwant %s", i, recorded.JSON(recorded.Value(c, "options")), got, err, want)
		}
	}
}

func authorizationRequest(c *wire.Object) provider.AuthorizationRequest {
	r := recorded.Child(c, "request")
	out := provider.AuthorizationRequest{
		State: recorded.Text(r, "state"), CodeVerifier: recorded.Text(r, "codeVerifier"), RedirectURI: recorded.Text(r, "redirectURI"),
		Scopes: recorded.Texts(r, "scopes"), LoginHint: recorded.Text(r, "loginHint"), Display: recorded.Text(r, "display"),
	}
	for k, v := range recorded.Child(r, "additionalParams").All() {
		out.Params = append(out.Params, oauth.Param{Name: k, Value: fmt.Sprint(v)})
	}
	return out
}

func testTokens(t *testing.T, id string, row *wire.Object) {
	for i, c := range recorded.Cases(row, "exchange") {
		n := network(c)
		tokens, err := build(id, recorded.Child(c, "options")).Exchange(t.Context(), recorded.Client(n, true), provider.ExchangeRequest{
			Code: recorded.Text(c, "request", "code"), CodeVerifier: recorded.Text(c, "request", "codeVerifier"),
			RedirectURI: recorded.Text(c, "request", "redirectURI"), DeviceID: recorded.Text(c, "request", "deviceId"),
		})
		compareTokens(t, fmt.Sprintf("exchange %d", i), c, n, tokens, err)
	}
	refreshes := recorded.Cases(row, "refresh")
	for i, c := range refreshes {
		n := network(c)
		tokens, err := build(id, recorded.Child(c, "options")).Refresh(t.Context(), recorded.Client(n, true), provider.RefreshRequest{RefreshToken: "RT"})
		compareTokens(t, fmt.Sprintf("refresh %d", i), c, n, tokens, err)
	}
	if refresh := build(id, usual(row)).Refresh; (refresh == nil) != (len(refreshes) == 0) {
		t.Errorf("has a refresh: %v, but %d are recorded", refresh != nil, len(refreshes))
	}
}

func compareTokens(t *testing.T, what string, c *wire.Object, n *recorded.Network, tokens *oauth.Tokens, err error) {
	t.Helper()
	what += ", options " + recorded.JSON(recorded.Value(c, "options"))
	compareRequests(t, what, n, c)
	switch want := recorded.Child(c, "tokens"); {
	case want == nil:
		if err == nil {
			t.Errorf("%s: got tokens %+v, want an error", what, tokens)
		}
	case err != nil:
		t.Errorf("%s: %v", what, err)
	default:
		if diff := recorded.Tokens(tokens, want); diff != "" {
			t.Errorf("%s: tokens\n%s", what, diff)
		}
	}
}

func compareRequests(t *testing.T, what string, n *recorded.Network, c *wire.Object) {
	t.Helper()
	if want := recorded.Wanted(c, "requests"); !slices.Equal(n.Requests(), want) {
		t.Errorf("%s: requests\n got %s\nwant %s", what, strings.Join(n.Requests(), "\n"), strings.Join(want, "\n"))
	}
}

// testPeople runs what was recorded once as upstream does, and once with every ID token verified, which changes nothing for
// tokens that are good.
func testPeople(t *testing.T, id string, row *wire.Object, exact bool) {
	people := recorded.Cases(row, "people")
	if c := recorded.Child(row, "mapped"); c != nil {
		people = append(people, c)
	}
	if len(people) < 2 {
		t.Errorf("only %d recorded people", len(people))
	}
	for i, c := range people {
		n := network(c)
		tokens := &oauth.Tokens{
			AccessToken: recorded.Text(c, "tokens", "accessToken"), IDToken: recorded.Text(c, "tokens", "idToken"),
			Raw: recorded.Child(c, "tokens"), // WeChat's openid is among them
		}
		p := build(id, recorded.Child(c, "options"), func(o *provider.Options) {
			if m := recorded.Child(c, "map"); m != nil {
				o.MapProfile = mapped(m)
			}
		})
		got, err := p.UserInfo(t.Context(), recorded.Client(n, exact), provider.UserInfoRequest{Tokens: tokens, User: recorded.Child(c, "user")})
		what := fmt.Sprintf("person %d, exact %v", i, exact)
		want := recorded.Child(c, "identity")
		if want == nil {
			if !errors.Is(err, provider.ErrNoUserInfo) {
				t.Errorf("%s: got %v, %v; want ErrNoUserInfo", what, got, err)
			}
			continue
		}
		compareRequests(t, what, n, c)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if got.Subject != recorded.Text(want, "subject") {
			t.Errorf("%s: subject: got %q, want %q", what, got.Subject, recorded.Text(want, "subject"))
		}
		if g, w := recorded.JSON(got.User), recorded.JSON(recorded.Value(want, "user")); g != w {
			t.Errorf("%s: user\n got %s\nwant %s", what, g, w)
		}
		if g, w := recorded.JSON(got.Profile), recorded.JSON(recorded.Value(want, "profile")); g != w {
			t.Errorf("%s: profile\n got %s\nwant %s", what, g, w)
		}
	}
}

func testIDTokens(t *testing.T, id string, row *wire.Object) {
	good := 0
	cases := recorded.Cases(row, "idTokens")
	for i, c := range cases {
		want := recorded.Value(c, "good") == true
		token, nonce := recorded.Text(c, "token"), recorded.Text(c, "nonce")
		for _, exact := range []bool{true, false} {
			err := build(id, recorded.Child(c, "options")).VerifyIDToken(t.Context(), recorded.Client(network(c), exact), token, nonce)
			if (err == nil) != want {
				claims, _ := oauth.Claims(token)
				t.Errorf("ID token %d, options %s, claims %s, exact %v: got %v, want good %v",
					i, recorded.JSON(recorded.Value(c, "options")), recorded.JSON(claims), exact, err, want)
			}
		}
		if want {
			good++
		}
	}
	if len(cases) > 0 && (good < 3 || good == len(cases)) {
		t.Errorf("%d of %d ID tokens of the record are good", good, len(cases))
	}
}

// TestEveryProviderHasARow fails for a constructor without a row of recorded exchanges, and for one of the contract's
// providers without a constructor.
func TestEveryProviderHasARow(t *testing.T) {
	t.Parallel()
	contract, err := recorded.Object("testdata/contract.json")
	if err != nil {
		t.Fatal(err)
	}
	list := recorded.Cases(contract, "providers")
	if len(list) != 36 || len(rows) != 36 {
		t.Errorf("%d providers in the contract, %d in the table; want 36", len(list), len(rows))
	}
	for _, c := range list {
		id := recorded.Text(c, "id")
		t.Run(id, func(t *testing.T) {
			row := recorded.Child(record(), "providers", id)
			if row == nil || rows[id] == nil {
				t.Fatal("no row")
			}
			for _, part := range []string{"authorization", "exchange", "people"} {
				if n := len(recorded.Cases(row, part)); n < 2 {
					t.Errorf("%d recorded cases of %s", n, part)
				}
			}
			checkContract(t, id, c, row)
		})
	}
	table, err := os.ReadFile("rows_test.go")
	if err != nil {
		t.Fatal(err)
	}
	names := constructors(t)
	if len(names) != 36 {
		t.Errorf("%d constructors, want 36: %v", len(names), names)
	}
	for _, name := range names {
		if !regexp.MustCompile(`provider\.` + name + `\b`).Match(table) {
			t.Errorf("provider.%s is not in the table", name)
		}
	}
}

// checkContract compares with what the contract itself has observed, which was another run with another verifier.
func checkContract(t *testing.T, id string, c, row *wire.Object) {
	got, err := build(id, usual(row)).AuthorizationURL(t.Context(), recorded.Client(network(c), true), provider.AuthorizationRequest{
		State: "STATE", CodeVerifier: "any", RedirectURI: "https://auth.example.com/api/auth/callback/" + id,
		Scopes: []string{"EXTRA"}, LoginHint: "hint@x.co", Params: []oauth.Param{{Name: "xp", Value: "1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	const theirs = "code_challenge=2fg163orV16mNEJIV2ZOofT-GzVJN5qnoGaAjqRUEKM"
	if want := strings.Replace(recorded.Text(c, "observed", "authorizationURL"), theirs, "code_challenge="+oauth.Challenge("any"), 1); got != want {
		t.Errorf("observed\n got %s\nwant %s", got, want)
	}
}

var constructor = regexp.MustCompile(`(?m)^func ([A-Z]\w*)\(o Options[^)]*\) \*Provider \{$`)

func constructors(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		data, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range constructor.FindAllSubmatch(data, -1) {
			names = append(names, string(m[1]))
		}
	}
	return names
}
